package logtest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"battlehub/hub"
)

// patience is how long the suite waits for what must happen before it gives up.
const patience = time.Minute

// recorder is a hub.Handler that keeps what a tail tells it.
type recorder struct {
	t      *testing.T
	inside atomic.Bool // to notice two calls at a time

	mu      sync.Mutex
	entries []hub.Entry
	heard   bool
	before  int // how many entries there were when the tail was first live
	changed chan struct{}
}

func newRecorder(t *testing.T) *recorder {
	return &recorder{t: t, changed: make(chan struct{})}
}

func (r *recorder) Apply(entries []hub.Entry) {
	if len(entries) == 0 {
		r.t.Error("Apply was called without entries")
	}
	r.note(func() { r.entries = append(r.entries, entries...) })
}

func (r *recorder) Live(heard bool) {
	r.note(func() {
		if heard && !r.heard {
			r.before = len(r.entries)
		}
		r.heard = heard
	})
}

func (r *recorder) note(change func()) {
	if !r.inside.CompareAndSwap(false, true) {
		r.t.Error("the handler was called twice at a time")
	}
	defer r.inside.Store(false)
	r.mu.Lock()
	defer r.mu.Unlock()
	change()
	close(r.changed)
	r.changed = make(chan struct{})
}

// wait blocks until ok, which is called with r.mu held.
func (r *recorder) wait(what string, ok func() bool) {
	r.t.Helper()
	late := time.After(patience)
	for {
		r.mu.Lock()
		done, changed := ok(), r.changed
		n := len(r.entries)
		r.mu.Unlock()
		if done {
			return
		}
		select {
		case <-changed:
		case <-late:
			r.t.Fatalf("waited in vain for %s; %d entries came", what, n)
		}
	}
}

// waitFor blocks until n entries have come, and returns them.
func (r *recorder) waitFor(n int) []hub.Entry {
	r.t.Helper()
	r.wait("entries", func() bool { return len(r.entries) >= n })
	return r.seen()
}

func (r *recorder) waitLive() {
	r.t.Helper()
	r.wait("the tail to be live", func() bool { return r.heard })
}

func (r *recorder) seen() []hub.Entry {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.entries[:len(r.entries):len(r.entries)]
}

// tail follows the log until the test's end, when it must return the context's error.
func tail(t *testing.T, l hub.Log, from hub.Position) *recorder {
	t.Helper()
	r := newRecorder(t)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- l.Tail(ctx, from, r) }()
	t.Cleanup(func() {
		cancel()
		if err := await(t, done); !errors.Is(err, context.Canceled) {
			t.Errorf("Tail returned %v: want the context's error", err)
		}
	})
	return r
}

// await returns what a call that runs elsewhere returned.
func await(t *testing.T, done <-chan error) error {
	t.Helper()
	select {
	case err := <-done:
		return err
	case <-time.After(patience):
		t.Fatal("a call does not return")
		return nil
	}
}
