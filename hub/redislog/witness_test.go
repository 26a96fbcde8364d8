package redislog

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"battlehub/hub"
	"battlehub/hub/logtest"
)

// patience is how long a test waits for what must happen. It only matters when something
// is broken.
const patience = 20 * time.Second

// waitFor waits until a condition holds.
func waitFor(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !holds(); {
		if time.Now().After(deadline) {
			t.Fatalf("not in time: %s", what)
		}
		<-time.After(2 * time.Millisecond)
	}
}

// newEvent makes the n-th of any number of different events.
func newEvent(n int) hub.Event {
	battle := fmt.Sprintf("battle-%d", n)
	at := hub.UnixMilli(1795600000000 + int64(n))
	return hub.Event{
		ID: hub.EventID(logtest.App, hub.KindCreated, battle), App: logtest.App, Kind: hub.KindCreated, Battle: battle,
		At: at, ReceivedAt: at, From: hub.Side{Room: "pk-3"}, To: []hub.Side{{Room: "pk-5"}},
		Raw: fmt.Appendf(nil, `{"BattleId":%q}`, battle),
	}
}

func newEvents(first, n int) []hub.Event {
	events := make([]hub.Event, n)
	for i := range events {
		events[i] = newEvent(first + i)
	}
	return events
}

func mustAppend(t testing.TB, l *Log, events ...hub.Event) []hub.Appended {
	t.Helper()
	told, err := l.Append(t.Context(), events)
	if err != nil {
		t.Fatalf("Append: %v", err)
	}
	return told
}

// checkOnce proves that the log has each of the events exactly once, and nothing else.
func checkOnce(t testing.TB, entries []hub.Entry, want []hub.Event) {
	t.Helper()
	times := map[string]int{}
	for _, e := range entries {
		if e.Event != nil {
			times[e.Event.Battle]++
		}
	}
	for _, e := range want {
		if n := times[e.Battle]; n != 1 {
			t.Errorf("%s is there %d times", e.Battle, n)
		}
		delete(times, e.Battle)
	}
	if len(times) > 0 {
		t.Errorf("nobody appended %v", times)
	}
}

// witness follows a log as a node does: after a reset it starts over.
type witness struct {
	mu      sync.Mutex
	entries []hub.Entry
	heard   bool
	resets  []hub.GapReason
}

// follow follows the log from its beginning until the test ends.
func follow(t testing.TB, l *Log) *witness {
	w := &witness{}
	followAs(t, l, w)
	return w
}

// followAs goes on where the witness stands.
func followAs(t testing.TB, l *Log, w *witness) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			err := l.Tail(ctx, w.head(), w)
			if reset, ok := errors.AsType[*hub.ResetError](err); ok {
				w.startOver(reset.Reason)
			} else if ctx.Err() == nil {
				t.Errorf("Tail: %v", err)
				return
			}
		}
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	waitFor(t, "the log is heard", w.live)
}

func (w *witness) Apply(entries []hub.Entry) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.entries = append(w.entries, entries...)
}

func (w *witness) Live(heard bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.heard = heard
}

func (w *witness) startOver(reason hub.GapReason) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.entries, w.resets = nil, append(w.resets, reason)
}

func (w *witness) live() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.heard
}

func (w *witness) head() hub.Position {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.entries) == 0 {
		return hub.Position{}
	}
	return w.entries[len(w.entries)-1].Position
}

// has reports whether the log as the witness knows it has the event.
func (w *witness) has(e hub.Event) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range w.entries {
		if w.entries[i].Event != nil && w.entries[i].Event.ID == e.ID {
			return true
		}
	}
	return false
}

func (w *witness) sawAll(events []hub.Event) bool {
	for _, e := range events {
		if !w.has(e) {
			return false
		}
	}
	return true
}

func (w *witness) seen() []hub.Entry {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.entries[:len(w.entries):len(w.entries)]
}

func (w *witness) resetCount() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.resets)
}
