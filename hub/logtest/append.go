package logtest

import (
	"context"
	"errors"
	"slices"
	"testing"

	"golang.org/x/sync/errgroup"

	"battlehub/hub"
)

var appendTests = []test{
	{"BeginsWithAnEpoch", func(t *testing.T, l hub.Log) {
		all := ReadAll(t, l, hub.Position{})
		if len(all) != 1 {
			t.Fatalf("an empty log has %d entries: want its epoch's", len(all))
		}
		e := all[0]
		if e.Event != nil || e.Prev != 0 || e.Position.Seq != 0 || e.Position.Epoch == 0 || e.At.IsZero() {
			t.Errorf("a log begins with %+v: want an epoch's first entry", e)
		}
	}},
	{"KeepsTheOrder", func(t *testing.T, l hub.Log) {
		events := newEvents(0, 20)
		var told []hub.Appended
		for _, e := range events[:10] {
			told = append(told, mustAppend(t, l, e)...)
		}
		told = append(told, mustAppend(t, l, events[10:]...)...)
		all := ReadAll(t, l, hub.Position{})
		checkEvents(t, all, events)
		for i, e := range all[1:] {
			if want := (hub.Appended{Position: e.Position, Verdict: hub.Fresh, Published: e.At}); told[i] != want {
				t.Errorf("event %d: told %+v, want %+v", i, told[i], want)
			}
		}
	}},
	{"TakesNothing", func(t *testing.T, l hub.Log) {
		mustAppend(t, l)
		if n := len(ReadAll(t, l, hub.Position{})); n != 1 {
			t.Errorf("after an append of nothing, the log has %d entries: want 1", n)
		}
	}},
	{"TakesManyAtOnce", func(t *testing.T, l hub.Log) {
		events := newEvents(0, 3000)
		mustAppend(t, l, events...)
		checkEvents(t, ReadAll(t, l, hub.Position{}), events)
	}},
	{"TakesConcurrentCalls", testConcurrentAppends},
	{"HeedsItsContext", func(t *testing.T, l hub.Log) {
		e := newEvent(0)
		if _, err := l.Append(cancelled(t), []hub.Event{e}); !errors.Is(err, context.Canceled) {
			t.Errorf("Append with an ended context: %v, want its error", err)
		}
		mustAppend(t, l, e) // the outcome was unknown; this is safe
		checkEvents(t, ReadAll(t, l, hub.Position{}), []hub.Event{e})
	}},
	{"LeavesTheCallersSliceAlone", func(t *testing.T, l hub.Log) {
		events := newEvents(0, 3)
		want := slices.Clone(events)
		mustAppend(t, l, events...)
		clear(events)
		checkEvents(t, ReadAll(t, l, hub.Position{}), want)
	}},
}

// testConcurrentAppends has several callers, each with small groups: every event is
// there once, each caller's in its order.
func testConcurrentAppends(t *testing.T, l hub.Log) {
	const callers, groups, size = 8, 10, 3
	var calls errgroup.Group
	for c := range callers {
		calls.Go(func() error {
			for g := range groups {
				if _, err := l.Append(t.Context(), newEvents(c*1000+g*size, size)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := calls.Wait(); err != nil {
		t.Fatalf("Append: %v", err)
	}
	all := ReadAll(t, l, hub.Position{})[1:]
	for c := range callers {
		var own []hub.Entry
		for _, e := range all {
			if n := int(e.Event.At.Sub(base).Milliseconds()); n/1000 == c {
				own = append(own, e)
			}
		}
		checkEvents(t, own, newEvents(c*1000, groups*size))
	}
}
