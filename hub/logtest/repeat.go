package logtest

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"golang.org/x/sync/errgroup"

	"battlehub/hub"
)

var repeatTests = []test{
	{"Duplicate", func(t *testing.T, l hub.Log) {
		first := mustAppend(t, l, newEvents(0, 2)...)
		want := first[0]
		want.Verdict = hub.Duplicate
		if got := mustAppend(t, l, newEvent(0))[0]; got != want {
			t.Errorf("the same event again: %+v, want %+v", got, want)
		}
		checkEvents(t, ReadAll(t, l, hub.Position{}), newEvents(0, 2))
	}},
	{"Conflict", func(t *testing.T, l hub.Log) {
		first := mustAppend(t, l, newEvents(0, 2)...)
		want := first[1]
		want.Verdict = hub.Conflict
		if got := mustAppend(t, l, withBody(newEvent(1), `{"forged":true}`))[0]; got != want {
			t.Errorf("the same id with another body: %+v, want %+v", got, want)
		}
		checkEvents(t, ReadAll(t, l, hub.Position{}), newEvents(0, 2))
	}},
	{"WithinOneCall", func(t *testing.T, l hub.Log) {
		a, b := newEvent(0), newEvent(1)
		got := mustAppend(t, l, a, a, b, withBody(a, `{}`), b)
		want := []hub.Verdict{hub.Fresh, hub.Duplicate, hub.Fresh, hub.Conflict, hub.Duplicate}
		first := []int{0, 0, 2, 0, 2}
		for i := range want {
			if got[i].Verdict != want[i] || got[i].Position != got[first[i]].Position {
				t.Errorf("event %d: %+v, want %s of %v", i, got[i], want[i], got[first[i]].Position)
			}
		}
		checkEvents(t, ReadAll(t, l, hub.Position{}), []hub.Event{a, b})
	}},
	{"AcrossConcurrentCalls", testConcurrentRepeats},
	{"AreRemembered", func(t *testing.T, l hub.Log) {
		e := newEvent(0)
		mustAppend(t, l, e, e)
		mustAppend(t, l, withBody(e, `{"n":1}`))
		found := mustFind(t, l, e.ID)[0]
		want := []hub.Repeat{{Verdict: hub.Duplicate}, {Verdict: hub.Conflict, Raw: []byte(`{"n":1}`)}}
		checkRepeats(t, found, want)
	}},
	{"AreRememberedUpToALimit", func(t *testing.T, l hub.Log) {
		e := newEvent(0)
		mustAppend(t, l, e)
		var want []hub.Repeat
		for i := range hub.MaxRepeats + 3 {
			body := fmt.Sprintf(`{"n":%d}`, i)
			mustAppend(t, l, withBody(e, body))
			want = append(want, hub.Repeat{Verdict: hub.Conflict, Raw: []byte(body)})
		}
		checkRepeats(t, mustFind(t, l, e.ID)[0], want[:hub.MaxRepeats])
	}},
}

// testConcurrentRepeats has several callers append the same events: each is fresh for
// exactly one of them, and all are told the same place.
func testConcurrentRepeats(t *testing.T, l hub.Log) {
	const callers, n = 8, 40
	var mu sync.Mutex
	told := map[string][]hub.Appended{}
	var calls errgroup.Group
	for c := range callers {
		calls.Go(func() error {
			events := newEvents(0, n)
			events = append(events[c*n/callers:], events[:c*n/callers]...)
			for pair := range slices.Chunk(events, 2) {
				got, err := l.Append(t.Context(), pair)
				if err != nil {
					return err
				}
				mu.Lock()
				for i, a := range got {
					told[pair[i].ID] = append(told[pair[i].ID], a)
				}
				mu.Unlock()
			}
			return nil
		})
	}
	if err := calls.Wait(); err != nil {
		t.Fatalf("Append: %v", err)
	}
	if got := len(ReadAll(t, l, hub.Position{})); got != 1+n {
		t.Errorf("the log has %d entries: want %d", got, 1+n)
	}
	for id, as := range told {
		fresh := 0
		for _, a := range as {
			if a.Verdict == hub.Fresh {
				fresh++
			}
			if a.Position != as[0].Position || a.Published != as[0].Published {
				t.Errorf("event %s: told %+v and %+v", id, as[0], a)
			}
		}
		if fresh != 1 || len(as) != callers {
			t.Errorf("event %s: fresh %d times of %d: want 1 of %d", id, fresh, len(as), callers)
		}
	}
}

// checkRepeats compares verdicts and bodies, and that the times make sense.
func checkRepeats(t *testing.T, f hub.Found, want []hub.Repeat) {
	t.Helper()
	if len(f.Repeats) != len(want) {
		t.Fatalf("%d repeats are remembered: want %d", len(f.Repeats), len(want))
	}
	at := f.At
	for i, r := range f.Repeats {
		if r.Verdict != want[i].Verdict || string(r.Raw) != string(want[i].Raw) {
			t.Errorf("repeat %d: %s %s, want %s %s", i, r.Verdict, r.Raw, want[i].Verdict, want[i].Raw)
		}
		if r.At.Before(at.Time) {
			t.Errorf("repeat %d came at %v, before %v", i, r.At, at)
		}
		at = r.At
	}
}
