package hub

import (
	"slices"
	"time"
)

// leaveAfter is how long an ended battle stays on the board, counted from when the log
// recorded its end.
const leaveAfter = 15 * time.Minute

// board is the battles as of now: every open one, and for a while the ended ones.
type board struct {
	battles map[string]*record
	open    map[string]*record // those not ended
	rooms   map[string][]*record
	leaving []leave // by time; a battle whose end was corrected stands here twice
}

// record is one battle on the board.
type record struct {
	facts  facts
	first  Position // of its first entry: the order of lists
	heard  Time     // when the log last heard of it
	ended  Time     // when the log recorded its newest end
	battle Battle
	// Of the battle: what follows is replaced, never changed, since frames and snapshots share it.
	json  []byte
	rooms []string

	presumed time.Time // when this node last asked the log to presume its end
}

// leave says that a battle leaves the board.
type leave struct {
	at     Time
	battle string
}

func newBoard() board {
	return board{battles: map[string]*record{}, open: map[string]*record{}, rooms: map[string][]*record{}}
}

// apply merges the entry's event and returns the battle's record.
func (b *board) apply(e *Entry) *record {
	r := b.battles[e.Event.Battle]
	if r == nil {
		r = &record{first: e.Position}
		b.battles[e.Event.Battle] = r
	}
	was := r.rooms
	r.apply(e)
	for _, room := range was { // a Create that comes late has the last word on who challenged
		if !slices.Contains(r.rooms, room) {
			b.unfile(r, room)
		}
	}
	b.place(r)
	return r
}

// apply merges one entry. The raw packet stays in the log: the board would only double
// its memory.
func (r *record) apply(e *Entry) {
	event := *e.Event
	event.Raw = nil
	r.facts.add(&event)
	r.heard = e.At
	if event.Kind == KindEnded || event.Kind == KindPresumedEnded {
		r.ended = e.At
	}
	r.encode()
}

// battleRoom is more than what most battles take as JSON.
const battleRoom = 640

// encode renews what follows from the facts.
func (r *record) encode() {
	r.battle = r.facts.battle()
	if !r.ended.IsZero() {
		r.battle.LeavesAt = r.ended.Plus(leaveAfter.Milliseconds())
	}
	r.json = r.battle.appendJSON(make([]byte, 0, battleRoom))
	r.rooms = r.battle.Rooms()
}

// place files the record under its state and its rooms.
func (b *board) place(r *record) {
	if r.battle.State == StateEnded {
		delete(b.open, r.battle.ID)
		b.leaving = append(b.leaving, leave{r.battle.LeavesAt, r.battle.ID})
	} else {
		b.open[r.battle.ID] = r
	}
	for _, room := range r.rooms {
		if !slices.Contains(b.rooms[room], r) {
			b.rooms[room] = append(b.rooms[room], r)
		}
	}
}

// unfile takes the record out of a room's.
func (b *board) unfile(r *record, room string) {
	left := slices.DeleteFunc(b.rooms[room], func(o *record) bool { return o == r })
	if len(left) == 0 {
		delete(b.rooms, room)
	} else {
		b.rooms[room] = left
	}
}

// sweep removes the ended battles whose time has come.
func (b *board) sweep(now time.Time) {
	n := 0
	for ; n < len(b.leaving) && !b.leaving[n].at.After(now); n++ {
		r := b.battles[b.leaving[n].battle]
		if r != nil && !r.battle.LeavesAt.After(now) {
			b.remove(r)
		}
	}
	b.leaving = slices.Delete(b.leaving, 0, n)
}

func (b *board) remove(r *record) {
	delete(b.battles, r.battle.ID)
	delete(b.open, r.battle.ID)
	for _, room := range r.rooms {
		b.unfile(r, room)
	}
}

// all returns every record, oldest first.
func (b *board) all() []*record {
	records := make([]*record, 0, len(b.battles))
	for _, r := range b.battles {
		records = append(records, r)
	}
	return oldestFirst(records)
}

// of returns the records of the given rooms, each once, oldest first.
func (b *board) of(rooms []string) []*record {
	var records []*record
	seen := map[*record]bool{}
	for _, room := range rooms {
		for _, r := range b.rooms[room] {
			if !seen[r] {
				seen[r] = true
				records = append(records, r)
			}
		}
	}
	return oldestFirst(records)
}

// seenBy returns what a session that follows the rooms may see; nil rooms are all.
func (b *board) seenBy(rooms []string) []*record {
	if rooms == nil {
		return b.all()
	}
	return b.of(rooms)
}

func oldestFirst(records []*record) []*record {
	slices.SortFunc(records, func(a, c *record) int { return a.first.Compare(c.first) })
	return records
}

// encoded returns the battles of the records, encoded.
func encoded(records []*record) [][]byte {
	battles := make([][]byte, len(records))
	for i, r := range records {
		battles[i] = r.json
	}
	return battles
}
