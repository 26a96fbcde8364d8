// Package logtest is the conformance suite that every hub.Log passes. What it asks is
// the contract in hub's log.go, seen from outside: a log that passes can stand in for
// any other.
package logtest

import (
	"context"
	"io"
	"testing"

	"battlehub/hub"
)

// App is the app whose log the suite asks for.
const App hub.App = 1400000000

// Features say what a log can do besides the contract. A feature that is left zero is
// not tested.
type Features struct {
	// Storage prepares an empty place for a durable log, and returns what opens the
	// log in it. The suite closes a log before it opens it again.
	Storage func(t *testing.T) (open func() hub.Log)
	// Expire makes the log forget everything but its newest entry, as its retention
	// would in time.
	Expire func(t *testing.T, l hub.Log)
	// These say that the log is a hub.Boards, a hub.Tickets, a hub.Backwards.
	Boards, Tickets, Backwards bool
}

// test is one requirement, tried on an empty log.
type test struct {
	name string
	run  func(t *testing.T, l hub.Log)
}

// Run tests the logs that open returns. Each is to be new and empty, with a history of
// its own, and is to be closed by open through t.Cleanup; Close must be idempotent.
// The tests run in parallel.
func Run(t *testing.T, open func(t *testing.T) hub.Log, f Features) {
	groups := map[string][]test{
		"Append": appendTests,
		"Repeat": repeatTests,
		"Event":  eventTests,
		"Read":   readTests,
		"Find":   findTests,
		"Tail":   tailTests,
		"Close":  closeTests,
	}
	if f.Tickets {
		groups["Tickets"] = ticketTests
	}
	if f.Expire != nil {
		groups["Expire"] = expireTests(f.Expire)
	}
	if f.Backwards {
		groups["Backwards"] = backwardsTests
	}
	if f.Boards {
		groups["Boards"] = boardTests
	}
	for name, tests := range groups {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, tt := range tests {
				t.Run(tt.name, func(t *testing.T) {
					t.Parallel()
					tt.run(t, open(t))
				})
			}
		})
	}
	if f.Storage != nil {
		t.Run("Reopen", func(t *testing.T) {
			t.Parallel()
			testReopen(t, f)
		})
	}
}

// mustAppend appends the events as one group.
func mustAppend(t *testing.T, l hub.Log, events ...hub.Event) []hub.Appended {
	t.Helper()
	got, err := l.Append(t.Context(), events)
	if err != nil {
		t.Fatalf("Append: %v", err)
	}
	if len(got) != len(events) {
		t.Fatalf("Append of %d events told of %d", len(events), len(got))
	}
	return got
}

// ReadAll reads everything after from, page by page, and proves that it continues from
// there without a gap: by its numbers, its tags and its times.
func ReadAll(t *testing.T, l hub.Log, from hub.Position) []hub.Entry {
	t.Helper()
	var all []hub.Entry
	at := from
	for {
		page, err := l.Read(t.Context(), at, 0)
		if err != nil {
			t.Fatalf("Read(%v): %v", at, err)
		}
		if len(page) == 0 {
			checkChain(t, from, all)
			return all
		}
		all = append(all, page...)
		at = page[len(page)-1].Position
	}
}

// top returns the position of the newest entry.
func top(t *testing.T, l hub.Log) hub.Position {
	t.Helper()
	all := ReadAll(t, l, hub.Position{})
	return all[len(all)-1].Position
}

// checkChain proves that the entries follow from, and each other, without a gap. Only
// the zero position may be followed by anything.
func checkChain(t *testing.T, from hub.Position, entries []hub.Entry) {
	t.Helper()
	var at hub.Time
	for i, e := range entries {
		if e.Position.Tag == 0 {
			t.Fatalf("entry %d: %v has no tag", i, e.Position)
		}
		if e.At.Before(at.Time) {
			t.Fatalf("entry %d: time runs back from %v to %v", i, at, e.At)
		}
		if !from.IsZero() {
			checkNext(t, from, e)
		}
		from, at = e.Position, e.At
	}
}

func checkNext(t *testing.T, p hub.Position, e hub.Entry) {
	t.Helper()
	if e.Prev != p.Tag {
		t.Fatalf("entry %v has predecessor %08x: it cannot follow %v", e.Position, e.Prev, p)
	}
	sameEpoch := e.Position.Epoch == p.Epoch && e.Position.Seq == p.Seq+1 && e.Event != nil
	newEpoch := e.Position.Epoch > p.Epoch && e.Position.Seq == 0 && e.Event == nil
	if !sameEpoch && !newEpoch {
		t.Fatalf("entry %v (event: %t) does not follow %v", e.Position, e.Event != nil, p)
	}
}

// mustClose closes the log. A log that cannot be closed cannot be tested.
func mustClose(t *testing.T, l hub.Log) {
	t.Helper()
	if err := l.(io.Closer).Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
}

// cancelled returns a context that has ended.
func cancelled(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}
