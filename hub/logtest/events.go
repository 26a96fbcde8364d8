package logtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"battlehub/hub"
)

// base is when the suite's battles take place.
var base = time.Date(2026, 11, 22, 10, 0, 0, 123e6, time.UTC)

// newEvent makes the n-th of any number of different events.
func newEvent(n int) hub.Event {
	battle := fmt.Sprintf("4siHsNsWN/T3aub9zKraqPbSEGRX2z6gs3LDFi+%06d=", n)
	at := hub.At(base.Add(time.Duration(n) * time.Millisecond))
	return hub.Event{
		ID: hub.EventID(App, hub.KindCreated, battle), App: App, Kind: hub.KindCreated,
		Battle: battle, At: at, ReceivedAt: at.Plus(40),
		From: hub.Side{Room: "pk-3"}, To: []hub.Side{{Room: "pk-5"}},
		Raw: json.RawMessage(fmt.Sprintf(`{"BattleId":%q,"EventTime":%d}`, battle, at.UnixMilli())),
	}
}

// newEvents makes n events that differ from one another, beginning with the first.
func newEvents(first, n int) []hub.Event {
	events := make([]hub.Event, n)
	for i := range events {
		events[i] = newEvent(first + i)
	}
	return events
}

// withBody returns the event as it would be had another body come under its id.
func withBody(e hub.Event, body string) hub.Event {
	e.Raw = json.RawMessage(body)
	return e
}

// checkEvents compares the entries' events, epochs left out, to what was appended.
func checkEvents(t *testing.T, entries []hub.Entry, want []hub.Event) {
	t.Helper()
	var got []hub.Event
	for _, e := range entries {
		if e.Event != nil {
			got = append(got, *e.Event)
		}
	}
	if len(got) != len(want) {
		t.Fatalf("the log has %d events: want %d", len(got), len(want))
	}
	for i := range got {
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Fatalf("event %d:\n got %+v\nwant %+v", i, got[i], want[i])
		}
	}
}

var eventTests = []test{
	{"KeepsEveryField", func(t *testing.T, l hub.Log) {
		events := fullEvents()
		mustAppend(t, l, events...)
		checkEvents(t, ReadAll(t, l, hub.Position{}), events)
	}},
	{"KeepsRawToTheByte", func(t *testing.T, l hub.Log) {
		bodies := []string{
			`{"ExtensionInfo":"<a href=\"?x=1&y=2\">&amp;</a>"}`,
			"{\"ExtensionInfo\":\"\u2028\u2029 \U0001F94A ü\"}",
			`{"Owner_Account":144115245353757792,"Score":1e2,"x":-0.0}`,
			`{"b":1,"a":2,"b":3,"":null,"A":"\u00e9\/"}`,
			`[]`,
			`{"ExtensionInfo":"` + strings.Repeat("x", 1<<20) + `"}`,
		}
		var events []hub.Event
		for i, b := range bodies {
			events = append(events, withBody(newEvent(i), b))
		}
		mustAppend(t, l, events...)
		for i, e := range ReadAll(t, l, hub.Position{})[1:] {
			if !bytes.Equal(e.Event.Raw, []byte(bodies[i])) {
				t.Errorf("body %d: got %.200s, want %.200s", i, e.Event.Raw, bodies[i])
			}
		}
	}},
	{"TakesInferredEvents", func(t *testing.T, l hub.Log) {
		e := newEvent(0)
		e.Raw = nil
		first := mustAppend(t, l, e)[0]
		e.ReceivedAt = e.ReceivedAt.Plus(1000) // another node inferred it later
		if again := mustAppend(t, l, e)[0]; again.Verdict != hub.Duplicate || again.Position != first.Position {
			t.Errorf("the same inferred event again: %+v, want a duplicate of %v", again, first.Position)
		}
	}},
}

// fullEvents returns an event of each kind that has all that its packet can tell.
func fullEvents() []hub.Event {
	yes, no := true, false
	at := hub.At(base)
	created := newEvent(1)
	created.From = hub.Side{Room: "pk-3 <&> \u2028", Owner: "brennan"}
	created.To = []hub.Side{{Room: "pk-5", Owner: "tandy"}, {Room: "房间"}}
	created.Operator, created.Extension = "brennanli", "extension pk \" \\ \n"
	created.NeedsResponse, created.TimeoutMS, created.DurationMS = &no, 30000, 60000
	created.CreatedAt = at
	started := newEvent(2)
	started.Kind = hub.KindStarted
	started.To = []hub.Side{{Room: "pk-5", Owner: "144115245353757792", Joined: &yes}, {Room: "pk-6", Joined: &no}}
	started.NeedsResponse = &yes
	started.CreatedAt, started.StartedAt = at, at.Plus(1)
	ended := newEvent(3)
	ended.Kind, ended.Outcome = hub.KindEnded, hub.OutcomeTimeUp
	ended.From.Score = 1<<62 + 1
	ended.StartedAt, ended.EndedAt = at.Plus(1), at.Plus(60001)
	presumed := newEvent(4)
	presumed.Kind, presumed.Outcome = hub.KindPresumedEnded, hub.OutcomePresumedEnded
	presumed.EndedAt, presumed.Raw = at.Plus(90001), nil
	return []hub.Event{created, started, ended, presumed}
}
