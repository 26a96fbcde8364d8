package redislog

import (
	"context"
	"math"
	"sort"
	"time"

	"github.com/redis/go-redis/v9"

	"battlehub/hub"
)

// reset ends a tail. If history was rewritten, Redis is first given back what it lost of
// what this tail has handed out, and of what this node has acknowledged. Every node does
// so; an event's identity makes it happen once.
func (t *tail) reset(ctx context.Context, reset *hub.ResetError) error {
	if reset.Reason != hub.GapRewritten {
		return reset
	}
	t.tell(false)
	for pause := firstPause; ; pause = min(2*pause, mostPause) {
		lost, err := t.lost(ctx)
		if err == nil {
			err = t.log.giveBack(ctx, lost)
		}
		if err == nil {
			return reset
		}
		t.log.log.Warn("history was rewritten, and redis cannot yet be given back what it lost; trying again", "err", err)
		if !t.log.pause(ctx, pause) {
			return t.log.alive(ctx)
		}
	}
}

// lost returns the events that Redis no longer has, oldest first.
func (t *tail) lost(ctx context.Context) ([]hub.Event, error) {
	at, err := t.fork(ctx)
	if err != nil {
		return nil, err
	}
	var events []hub.Event
	for i := range t.recent.records[at:] {
		e, err := t.recent.records[at+i].entry()
		if err != nil {
			return nil, err
		}
		if e.Event != nil {
			events = append(events, *e.Event)
		}
	}
	return append(events, t.log.acked.before(math.MaxUint64)...), nil
}

// fork finds the first of the recent records that is not in the stream. What two histories
// share is their beginning, so it is found by halving.
func (t *tail) fork(ctx context.Context) (int, error) {
	first, err := t.log.after(ctx, hub.Position{}, 1)
	if err != nil {
		return 0, err
	}
	records := t.recent.records
	trimmed := 0            // these are not missed
	if first[0].prev != 0 { // else nothing was trimmed: the log begins there
		trimmed = sort.Search(len(records), func(i int) bool { return records[i].position.Compare(first[0].position) >= 0 })
	}
	at := trimmed + sort.Search(len(records)-trimmed, func(i int) bool {
		var kept bool
		if err == nil {
			kept, err = t.log.has(ctx, records[trimmed+i].position)
		}
		return !kept
	})
	return at, err
}

// has reports whether the stream has the entry at p.
func (l *Log) has(ctx context.Context, p hub.Position) (bool, error) {
	records, err := l.xrange(ctx, streamID(p), 1)
	return len(records) > 0 && records[0].position == p, err
}

// appendLost gives back what this node has acknowledged in an earlier epoch and no tail has
// come across since: the master died before anybody heard of it, and history goes on as if
// it had never been.
func (t *tail) appendLost(ctx context.Context) error {
	return t.log.giveBack(ctx, t.log.acked.before(t.follow.at.Epoch))
}

// giveBack appends events that Redis had, and acknowledged, and lost.
func (l *Log) giveBack(ctx context.Context, events []hub.Event) error {
	if len(events) == 0 {
		return nil
	}
	began := time.Now()
	appended, err := l.append(ctx, events, true)
	if err != nil {
		return err
	}
	fresh := 0
	for _, a := range appended {
		if a.Verdict == hub.Fresh {
			fresh++
		}
	}
	l.acked.forget(events)
	l.metrics.repairs.Inc()
	l.metrics.repaired.Add(float64(fresh))
	l.log.Warn("gave redis back what it had lost", "events", len(events), "by_this_node", fresh, "took", time.Since(began))
	return nil
}

// refillPage is how many older records a tail reads at each check.
const refillPage = 2000

// refill reads some of what the log had before the tail began. A node that has just started,
// from the stored board, would otherwise have little to give back.
func (t *tail) refill(ctx context.Context) error {
	room, first := t.recent.missing()
	if room <= 0 {
		return nil
	}
	var older []record
	err := t.log.read(ctx, func(c *redis.Client) error {
		page, err := c.XRevRangeN(ctx, t.log.keys.log, "("+streamID(first.position), "-", int64(min(room, refillPage))).Result()
		if err == nil {
			older, err = recordsOf(page)
		}
		return err
	})
	if err != nil {
		return err
	}
	t.recent.prepend(older)
	t.log.metrics.recent.Store(int64(len(t.recent.records)))
	return nil
}
