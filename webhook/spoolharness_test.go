package webhook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"battlehub/hub"
	"battlehub/hub/logtest"
	"battlehub/hub/memlog"
)

// mood is what a log does when it is asked.
type mood string

const (
	works     mood = "works"
	refuses   mood = "refuses"
	hangs     mood = "hangs"     // until ctx ends
	denies    mood = "denies"    // takes the events and says that it failed
	hangsLate mood = "hangsLate" // takes the events and does not say so until ctx ends
)

var errMoody = errors.New("the log is in a bad mood")

// moody stands in front of a log and fails as told.
type moody struct {
	log Appender

	mu    sync.Mutex
	mood  func() mood
	calls int
}

func newMoody(log Appender, m mood) *moody {
	l := &moody{log: log}
	l.be(m)
	return l
}

// be sets the mood from now on.
func (l *moody) be(m mood) { l.beEach(func() mood { return m }) }

// beEach sets a mood for each call anew.
func (l *moody) beEach(m func() mood) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.mood = m
}

// asked returns how often the log was asked.
func (l *moody) asked() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.calls
}

func (l *moody) Append(ctx context.Context, events []hub.Event) ([]hub.Appended, error) {
	l.mu.Lock()
	l.calls++
	mood := l.mood()
	l.mu.Unlock()
	var appended []hub.Appended
	err := errMoody
	if mood == works || mood == denies || mood == hangsLate {
		appended, err = l.log.Append(ctx, events)
	}
	switch mood {
	case works:
		return appended, err
	case hangs, hangsLate:
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return nil, errMoody
}

// openMemory opens a log in memory.
func openMemory(t testing.TB) *memlog.Log {
	t.Helper()
	l, err := memlog.Open(memlog.Options{App: testApp})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// openSpool opens the spool of the app in front of the log; options may be nil.
func openSpool(t testing.TB, dir string, log Appender, options func(*SpoolOptions)) *Spool {
	t.Helper()
	o := SpoolOptions{App: testApp, Dir: dir, Log: log}
	if options != nil {
		options(&o)
	}
	s, err := OpenSpool(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeSpool(t, s) })
	return s
}

func closeSpool(t testing.TB, s *Spool) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}

// mustAppend appends an event and returns its verdict.
func mustAppend(t testing.TB, s *Spool, e hub.Event) hub.Verdict {
	t.Helper()
	a, err := s.Append(t.Context(), []hub.Event{e})
	if err != nil || len(a) != 1 {
		t.Fatalf("Append: %v, %v", a, err)
	}
	return a[0].Verdict
}

// waitDrained waits until the spool is empty. In a bubble that takes no time.
func waitDrained(t testing.TB, s *Spool) {
	t.Helper()
	deadline := time.After(time.Minute)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for s.backlog.now().events > 0 {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("still spooled: %+v", s.backlog.now())
		}
	}
}

// eventsIn returns the events in the log, in order, of which none is there twice.
func eventsIn(t *testing.T, l hub.Log) (events []hub.Event) {
	t.Helper()
	known := map[string]bool{}
	for _, e := range logtest.ReadAll(t, l, hub.Position{}) {
		if e.Event == nil {
			continue
		}
		if known[e.Event.ID] {
			t.Errorf("%s is in the log twice", e.Event.Battle)
		}
		known[e.Event.ID] = true
		events = append(events, *e.Event)
	}
	return events
}

// wantEvents compares the log to the events, down to their bytes and their order.
func wantEvents(t *testing.T, l hub.Log, want ...hub.Event) {
	t.Helper()
	got := eventsIn(t, l)
	if len(got) != len(want) {
		t.Fatalf("the log has %d events, want %d", len(got), len(want))
	}
	for i := range got {
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Fatalf("event %d:\n got %+v\nwant %+v", i, got[i], want[i])
		}
	}
}

// spoolEvent makes one of any number of different events, with a body that encoding/json
// would not leave as it is.
func spoolEvent(n int) hub.Event {
	battle := fmt.Sprintf("4siHsNsWN/T3aub9zKraqPbSEGRX2z6gs3LDFi+%08d=", n)
	at, no := hub.UnixMilli(1795341600123+int64(n)), false
	return hub.Event{
		ID: hub.EventID(testApp, hub.KindCreated, battle), App: testApp, Kind: hub.KindCreated,
		Battle: battle, At: at, ReceivedAt: at.Plus(40), From: hub.Side{Room: "pk-3 <&>", Owner: "brennan"},
		To: []hub.Side{{Room: "pk-5", Owner: "tandy", Score: 1<<62 + 1}}, Operator: "brennanli", NeedsResponse: &no,
		TimeoutMS: 30000, DurationMS: 60000, Extension: "extension \u2028 pk", CreatedAt: at,
		Raw: json.RawMessage(`{ "BattleId":"` + battle + `","b":1,"a":"<&\u00e9\/>","x":"` + strings.Repeat("x", 500) + `"}`),
	}
}

func spoolEvents(n int) []hub.Event {
	events := make([]hub.Event, n)
	for i := range events {
		events[i] = spoolEvent(i)
	}
	return events
}
