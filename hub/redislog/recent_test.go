package redislog

import (
	"context"
	"sync"
	"testing"

	"battlehub/hub"
	"battlehub/hub/redislog/redistest"
)

// TestAckedForgetsWhatTailsSaw: often a tail sees an event before Redis' answer to its append
// is read. What was remembered only then stayed for ever, until nothing more fitted.
func TestAckedForgetsWhatTailsSaw(t *testing.T) {
	t.Parallel()
	l := openLog(t, Options{URL: hub.Secret(redistest.Start(t).URL())})
	w := follow(t, l)
	const callers, each = 32, 100
	var appends sync.WaitGroup
	for c := range callers {
		appends.Go(func() {
			for i := range each {
				if _, err := l.Append(context.Background(), newEvents(c*each+i, 1)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	appends.Wait()
	waitFor(t, "all events", func() bool { return w.sawAll(newEvents(0, callers*each)) })
	waitFor(t, "nothing is remembered", func() bool {
		l.acked.mu.Lock()
		defer l.acked.mu.Unlock()
		return len(l.acked.events) == 0
	})
}

// TestAcked takes one event through what can happen to it.
func TestAcked(t *testing.T) {
	t.Parallel()
	event := newEvent(1)
	answered := func(v hub.Verdict) *request {
		return &request{events: []hub.Event{event}, appended: []hub.Appended{{Position: hub.Position{Epoch: 1, Seq: 2, Tag: 3}, Verdict: v}}}
	}
	fresh, again, failed := answered(hub.Fresh), answered(hub.Duplicate), &request{events: []hub.Event{event}}
	seen := []hub.Entry{{Event: &event}}
	cases := map[string]struct {
		do   func(a *acked)
		kept int
	}{
		"under way":                {func(a *acked) { a.sending(fresh) }, 0},
		"acknowledged":             {func(a *acked) { a.sending(fresh); a.sent(fresh) }, 1},
		"acknowledged, then seen":  {func(a *acked) { a.sending(fresh); a.sent(fresh); a.seen(seen) }, 0},
		"seen, then acknowledged":  {func(a *acked) { a.sending(fresh); a.seen(seen); a.sent(fresh) }, 0},
		"acknowledged, then again": {func(a *acked) { a.sending(fresh); a.sent(fresh); a.sending(again); a.sent(again) }, 1},
		"again":                    {func(a *acked) { a.sending(again); a.sent(again) }, 0},
		"failed":                   {func(a *acked) { a.sending(failed); a.sent(failed) }, 0},
		"nobody watches":           {func(a *acked) { a.watch(-1); a.sending(fresh); a.sent(fresh) }, 0},
	}
	for name, c := range cases {
		a := &acked{most: 10}
		a.watch(1)
		c.do(a)
		if kept := a.before(9); len(kept) != c.kept {
			t.Errorf("%s: %d events are kept for repair, want %d", name, len(kept), c.kept)
		}
	}
}
