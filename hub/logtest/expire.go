package logtest

import (
	"context"
	"errors"
	"testing"

	"battlehub/hub"
)

// expireTests are about what is left when the log has forgotten.
func expireTests(expire func(*testing.T, hub.Log)) []test {
	return []test{
		{"ForgetsTheOldest", func(t *testing.T, l hub.Log) { testExpire(t, l, expire) }},
		{"NothingStandsBefore", func(t *testing.T, l hub.Log) { testBackwardsExpire(t, l, expire) }},
		{"SlowTailIsToldOrMissesNothing", func(t *testing.T, l hub.Log) { testSlowTail(t, l, expire) }},
	}
}

// testSlowTail lets the log forget what a tail has not yet handed out. It may have it
// already; but if not, it must say so.
func testSlowTail(t *testing.T, l hub.Log, expire func(*testing.T, hub.Log)) {
	events := newEvents(0, 10)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	slow := &sated{newSlowHandler(t), 1 + len(events), cancel}
	done := make(chan error, 1)
	go func() { done <- l.Tail(ctx, hub.Position{}, slow) }()
	<-slow.busy
	mustAppend(t, l, events...)
	expire(t, l)
	close(slow.release)
	err := await(t, done)
	if errors.Is(err, context.Canceled) {
		checkEvents(t, slow.seen(), events)
	} else if !isReset(err, hub.GapExpired) {
		t.Errorf("Tail whose place was forgotten: %v, want reason %s, or everything", err, hub.GapExpired)
	}
}

// sated is a handler that ends its tail once it has enough entries.
type sated struct {
	*slowHandler
	enough int
	stop   func()
}

func (h *sated) Apply(entries []hub.Entry) {
	h.slowHandler.Apply(entries)
	if len(h.seen()) >= h.enough {
		h.stop()
	}
}

func testExpire(t *testing.T, l hub.Log, expire func(*testing.T, hub.Log)) {
	events := newEvents(0, 10)
	a := mustAppend(t, l, events...)
	expire(t, l)
	checkEvents(t, ReadAll(t, l, hub.Position{}), events[9:])
	if got := ReadAll(t, l, a[8].Position); len(got) != 1 {
		t.Errorf("after the newest forgotten entry: %d entries, want 1", len(got))
	}
	checkReset(t, l, a[0].Position, hub.GapExpired)
	checkReset(t, l, a[7].Position, hub.GapExpired)
	if found := mustFind(t, l, events[9].ID); found[0].Position != a[9].Position {
		t.Errorf("the newest event is found at %v: want %v", found[0].Position, a[9].Position)
	}
	if found, err := l.Find(t.Context(), []string{events[0].ID}); err != nil || len(found) != 0 {
		t.Errorf("Find of a forgotten event: %d found, %v", len(found), err)
	}
	next := mustAppend(t, l, newEvent(10))[0]
	if want := a[9].Position.Seq + 1; next.Position.Seq != want {
		t.Errorf("the log goes on at %v: want sequence %d", next.Position, want)
	}
}
