package logtest

import (
	"context"
	"errors"
	"reflect"
	"testing"

	"golang.org/x/sync/errgroup"

	"battlehub/hub"
)

var tailTests = []test{
	{"SeesEverythingOnce", testTails},
	{"IsLiveOnceItHasWhatWasThere", func(t *testing.T, l hub.Log) {
		mustAppend(t, l, newEvents(0, 2500)...) // more than one page
		r := tail(t, l, hub.Position{})
		r.waitLive()
		if r.before != 2501 {
			t.Errorf("live after %d entries: want 2501", r.before)
		}
	}},
	{"IsLiveAtTheTop", func(t *testing.T, l hub.Log) {
		r := tail(t, l, top(t, l))
		r.waitLive()
		if n := len(r.seen()); n != 0 {
			t.Errorf("a tail from the top was handed %d entries", n)
		}
		a := mustAppend(t, l, newEvent(0))[0]
		if got := r.waitFor(1)[0].Position; got != a.Position {
			t.Errorf("the tail got %v: want %v", got, a.Position)
		}
	}},
	{"FromTheMiddle", func(t *testing.T, l hub.Log) {
		a := mustAppend(t, l, newEvents(0, 10)...)
		r := tail(t, l, a[4].Position)
		mustAppend(t, l, newEvents(10, 10)...)
		got := r.waitFor(15)
		checkChain(t, a[4].Position, got)
		checkEvents(t, got, newEvents(5, 15))
	}},
	{"RepeatsAreNotTold", func(t *testing.T, l hub.Log) {
		r := tail(t, l, hub.Position{})
		mustAppend(t, l, newEvent(0))
		mustAppend(t, l, newEvent(0), withBody(newEvent(0), `{}`))
		mustAppend(t, l, newEvent(1))
		checkEvents(t, r.waitFor(3), newEvents(0, 2))
	}},
	{"EndsWithItsContext", func(t *testing.T, l hub.Log) {
		if err := l.Tail(cancelled(t), hub.Position{}, newRecorder(t)); !errors.Is(err, context.Canceled) {
			t.Errorf("Tail with an ended context: %v", err)
		}
		tail(t, l, hub.Position{}).waitLive() // and its end is checked by tail
	}},
	{"SlowHandlerHoldsNobodyBack", func(t *testing.T, l hub.Log) {
		slow := newSlowHandler(t)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- l.Tail(ctx, hub.Position{}, slow) }()
		<-slow.busy
		quick := tail(t, l, hub.Position{})
		mustAppend(t, l, newEvents(0, 50)...)
		quick.waitFor(51)
		close(slow.release)
		checkEvents(t, slow.waitFor(51), newEvents(0, 50))
		cancel()
		if err := await(t, done); !errors.Is(err, context.Canceled) {
			t.Errorf("Tail: %v", err)
		}
	}},
}

// slowHandler stays in its first Apply until it is released.
type slowHandler struct {
	*recorder
	busy, release chan struct{}
	stalled       bool
}

func newSlowHandler(t *testing.T) *slowHandler {
	return &slowHandler{recorder: newRecorder(t), busy: make(chan struct{}), release: make(chan struct{})}
}

func (h *slowHandler) Apply(entries []hub.Entry) {
	if !h.stalled {
		h.stalled = true
		close(h.busy)
		<-h.release
	}
	h.recorder.Apply(entries)
}

// testTails follows the log by several tails, some from before and some begun in the
// midst of concurrent appends: all get the same, the log.
func testTails(t *testing.T, l hub.Log) {
	const callers, n = 4, 50
	tails := []*recorder{tail(t, l, hub.Position{}), tail(t, l, hub.Position{})}
	var calls errgroup.Group
	for c := range callers {
		calls.Go(func() error {
			for i := range n {
				if _, err := l.Append(t.Context(), newEvents(c*n+i, 1)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	tails[0].waitFor(n)
	tails = append(tails, tail(t, l, hub.Position{}), tail(t, l, hub.Position{}))
	if err := calls.Wait(); err != nil {
		t.Fatalf("Append: %v", err)
	}
	all := ReadAll(t, l, hub.Position{})
	if len(all) != 1+callers*n {
		t.Fatalf("the log has %d entries: want %d", len(all), 1+callers*n)
	}
	for i, r := range tails {
		if got := r.waitFor(len(all)); !reflect.DeepEqual(got, all) {
			t.Errorf("tail %d: %d entries that are not the log's %d", i, len(got), len(all))
		}
		r.waitLive()
	}
}
