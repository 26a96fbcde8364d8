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
	bytes   int
	whole   bool // there is nothing older, or nothing that continues
}

// averageRecord bounds the memory, in most × this: a webhook may be a megabyte.
const averageRecord = 4 << 10

func newRecent(most int) recent { return recent{most: most} }

func (r *record) bytes() int { return len(r.event) + len(r.raw) }

// add remembers records and forgets the oldest as needed.
func (rs *recent) add(records []record) {
	rs.records = append(rs.records, records...)
	for i := range records {
		rs.bytes += records[i].bytes()
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
		older, next = append(older, r), r
		rs.bytes += r.bytes()
	}
	rs.whole = len(older) == 0
	slices.Reverse(older)
	rs.records = append(older, rs.records...)
}

// acked is what this node has acknowledged and its tails have not yet seen. If the master
// dies before it published it, nobody else knows of it.
type acked struct {
	mu     sync.Mutex
	most   int
	tails  int // how many watch; without one, nothing is remembered
	events map[string]ackedEvent
}

type ackedEvent struct {
	position hub.Position
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

// add remembers what was fresh of an acknowledged request.
func (a *acked) add(r *request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for i := range r.events {
		e := &r.events[i]
		if a.tails == 0 || len(a.events) >= a.most || r.appended[i].Verdict != hub.Fresh {
			continue
		}
		if a.events == nil {
			a.events = map[string]ackedEvent{}
		}
		a.events[e.ID] = ackedEvent{r.appended[i].Position, e}
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
		if e.position.Epoch < epoch {
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
