package hub

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
)

// lookback is one look into the past: for whom, where from, and what was found.
type lookback struct {
	room, owner string // one of them
	limit       int
	at          Position // where it has got to; zero: the top of the log

	page  historyPage
	named map[Position]bool // entries that name the room or the owner
	ids   []string          // of the battles that these are about
}

// errForward says that a log cannot be read backwards. All of battlehub's can.
var errForward = errors.New("the log cannot be read backwards")

// read goes back through the log until it has enough, has looked at enough, or has reached
// the start.
func (l *lookback) read(ctx context.Context, f *feed) error {
	log, ok := f.log.(Backwards)
	if !ok {
		return errForward
	}
	for l.page.Looked < historyEntries {
		entries, err := log.ReadBack(ctx, l.at, historyRead)
		if err != nil {
			return err
		}
		if len(entries) == 0 {
			l.page.Next = ""
			return nil
		}
		for i := range entries {
			if l.note(&entries[i]); len(l.named) == l.limit {
				return nil
			}
		}
	}
	return nil
}

// note takes one more entry into account.
func (l *lookback) note(e *Entry) {
	l.at = e.Position
	l.page.Looked++
	l.page.BackTo, l.page.Next = e.At, e.Position.String()
	if !e.ofBattle() || !l.names(e.Event) {
		return
	}
	l.named[e.Position] = true
	for _, id := range eventIDs(e.Event.App, e.Event.Battle) {
		if !slices.Contains(l.ids, id) {
			l.ids = append(l.ids, id)
		}
	}
}

// names reports whether the event names the room or the owner.
func (l *lookback) names(e *Event) bool {
	is := func(s Side) bool { return l.room != "" && s.Room == l.room || l.owner != "" && s.Owner == l.owner }
	return is(e.From) || slices.ContainsFunc(e.To, is)
}

// merge makes battles of what was found. A battle's place is its first entry that names the
// room or the owner, which never changes: pages neither skip nor repeat.
func (l *lookback) merge(ctx context.Context, q *query) error {
	found, err := q.feed.log.Find(ctx, l.ids)
	if err != nil {
		return err
	}
	entitled := q.feed.entitledNow(&q.grant)
	l.page.Battles = []json.RawMessage{}
	for _, r := range slices.Backward(l.records(found)) {
		if l.named[r.first] && overlap(entitled, r.battle.Rooms()) {
			l.page.Battles = append(l.page.Battles, r.json)
		}
	}
	return nil
}

// records merges entries by battle, each record's first being the one that names the room or
// the owner. They come in that order.
func (l *lookback) records(found []Found) []*record {
	battles, records := map[string]*record{}, []*record{}
	for i := range found {
		e := &found[i].Entry
		r := battles[e.Event.Battle]
		if r == nil {
			r = &record{}
			battles[e.Event.Battle] = r
			records = append(records, r)
		}
		if r.apply(e); r.first.IsZero() && l.names(e.Event) {
			r.first = e.Position
		}
	}
	return oldestFirst(records)
}
