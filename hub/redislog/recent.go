package redislog

import (
	"slices"
	"sync"

	"battlehub/hub"
)

// recent is the newest records that a tail has handed out, kept as they came, for Redis to
// be given back what it may lose.
type recent struct {
	most    int // records
	records []record
	texts   texts // theirs
	bytes   int
	whole   bool // there is nothing older, or nothing that continues
}

// averageRecord bounds the memory, in most × this: a webhook may be a megabyte.
const averageRecord = 4 << 10

func newRecent(most int) recent { return recent{most: most} }

func (r *record) bytes() int { return len(r.event) + len(r.raw) }

// add remembers records and forgets the oldest as needed.
func (rs *recent) add(records []record) {
	for _, r := range records {
		r.event, r.raw = rs.texts.copy(r.event), rs.texts.copy(r.raw)
		rs.records = append(rs.records, r)
		rs.bytes += r.bytes()
	}
	n := 0
	for ; n < len(rs.records) && (len(rs.records)-n > rs.most || rs.bytes > rs.most*averageRecord); n++ {
		rs.bytes -= rs.records[n].bytes()
		rs.records[n] = record{} // the array lives on; its texts must not
	}
	rs.records = rs.records[n:]
}

// missing returns how many older records there is room for, and before which position; none
// before anything was added, and none once the log's beginning has been met.
func (rs *recent) missing() (n int, before record) {
	if len(rs.records) == 0 || rs.whole || rs.bytes > rs.most*averageRecord/2 {
		return 0, record{}
	}
	return rs.most - len(rs.records), rs.records[0]
}

// prepend adds older records, newest first, as far as they are what came before. If there
// are none, there is nothing older.
func (rs *recent) prepend(newestFirst []record) {
	older := make([]record, 0, len(newestFirst)+len(rs.records))
	next := rs.records[0]
	for _, r := range newestFirst {
		if !next.follows(r.position) {
			break
		}
		r.event, r.raw = rs.texts.copy(r.event), rs.texts.copy(r.raw)
		older, next = append(older, r), r
		rs.bytes += r.bytes()
	}
	rs.whole = len(older) == 0
	slices.Reverse(older)
	rs.records = append(older, rs.records...)
}

// acked is what this node has acknowledged and its tails have not yet seen. If the master
// dies before it published it, nobody else knows of it.
//
// An event is entered before it is sent, since a tail often sees it before Redis' answer has
// been read: entered only then, it would stay for ever.
type acked struct {
	mu     sync.Mutex
	most   int
	tails  int // how many watch; without one, nothing is remembered
	events map[string]ackedEvent
}

type ackedEvent struct {
	position hub.Position // zero until it is acknowledged
	event    *hub.Event
}

// watch begins or ends the remembering for one tail.
func (a *acked) watch(tails int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.tails += tails
	if a.tails == 0 {
		a.events = nil
	}
}

// sending remembers what a request is about to append.
func (a *acked) sending(r *request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for i := range r.events {
		e := &r.events[i]
		if _, known := a.events[e.ID]; known || a.tails == 0 || len(a.events) >= a.most {
			continue
		}
		if a.events == nil {
			a.events = map[string]ackedEvent{}
		}
		a.events[e.ID] = ackedEvent{event: e}
	}
}

// sent keeps what is acknowledged now, unless a tail has seen it by then, and forgets what
// was not fresh. Nothing of a request that failed is acknowledged.
func (a *acked) sent(r *request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for i := range r.events {
		e, waits := a.events[r.events[i].ID]
		switch {
		case !waits || !e.position.IsZero(): // seen, or another request's
		case r.appended != nil && r.appended[i].Verdict == hub.Fresh:
			e.position = r.appended[i].Position
			a.events[r.events[i].ID] = e
		default:
			delete(a.events, r.events[i].ID)
		}
	}
}

// seen forgets what a tail has seen.
func (a *acked) seen(entries []hub.Entry) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, e := range entries {
		if e.Event != nil {
			delete(a.events, e.Event.ID)
		}
	}
}

// forget removes events that Redis has again.
func (a *acked) forget(events []hub.Event) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, e := range events {
		delete(a.events, e.ID)
	}
}

// before returns what stands in an earlier epoch than this one. A tail that has come so far
// has seen all that is left of those.
func (a *acked) before(epoch uint64) []hub.Event {
	a.mu.Lock()
	defer a.mu.Unlock()
	var lost []ackedEvent
	for _, e := range a.events {
		if !e.position.IsZero() && e.position.Epoch < epoch {
			lost = append(lost, e)
		}
	}
	slices.SortFunc(lost, func(x, y ackedEvent) int { return x.position.Compare(y.position) })
	events := make([]hub.Event, len(lost))
	for i, e := range lost {
		events[i] = *e.event
	}
	return events
}
