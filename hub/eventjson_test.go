package hub

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"testing"
)

// oddTexts cannot stand in JSON as they are, or look as if they could not.
var oddTexts = []string{"", `"`, `\`, "\x00\x1f\x7f", "<b>&amp;", "\u2028\u2029", "\xff\xfe", "房间😀", "a/b+c=", `{"id":"x"}`, "\ud7ff"}

// everyEvent are the events of a battle's life, each with odd texts and numbers too, and
// those about no battle.
func everyEvent() (events []*Event) {
	no := false
	for _, e := range lifeOf("bat/t+le=") {
		events = append(events, e)
		for _, text := range oddTexts {
			odd := *e
			odd.ID, odd.Battle, odd.Kind = text, text, Kind(text)
			odd.From = Side{Room: text, Owner: text, Score: math.MinInt64, Joined: &no}
			odd.To = []Side{{}, {Room: text, Score: math.MaxInt64}}
			odd.App, odd.NeedsResponse, odd.DurationMS = math.MaxUint64, &no, -1
			odd.Operator, odd.Extension, odd.Outcome = text, text, Outcome(text)
			odd.StartedAt, odd.EndedAt = UnixMilli(-62167219200000), UnixMilli(253402300799999)
			events = append(events, &odd)
		}
	}
	return append(events, &Event{Kind: KindRoomCreated, From: Side{Room: "pk-3", Owner: "o"}},
		&Event{Kind: KindRevoked, Revoked: &Revocation{User: "<u>"}})
}

// TestEventJSON: what is written by hand must be what encoding/json writes, and be read back
// without its help.
func TestEventJSON(t *testing.T) {
	t.Parallel()
	for _, e := range everyEvent() {
		text := e.AppendJSON(nil)
		if want := encode(e); !bytes.Equal(text, want) {
			t.Errorf("event written as\n%s, want\n%s", text, want)
		}
		r := jsonReader{rest: string(text)}
		if r.event(); r.lost != (e.Revoked != nil) {
			t.Errorf("encoding/json needed to read %s: %v", text, r.lost)
		}
		sameAsJSON(t, string(text))
	}
}

// TestBattleJSON: the same of the battles that the events make.
func TestBattleJSON(t *testing.T) {
	t.Parallel()
	battles := []Battle{{}}
	var life facts
	for _, e := range everyEvent() {
		if f := (facts{}); e.ofKindOfBattle() {
			f.add(e)
			life.add(e)
			battles = append(battles, f.battle(), life.battle())
		}
	}
	for _, b := range battles {
		b.LeavesAt = b.EndedAt
		if text, want := b.appendJSON(nil), encode(&b); !bytes.Equal(text, want) {
			t.Errorf("battle written as\n%s, want\n%s", text, want)
		}
	}
}

// ofKindOfBattle reports whether facts keep the event.
func (e *Event) ofKindOfBattle() bool {
	var f facts
	f.add(e)
	return len(f.all()) == 1
}

// TestHelloJSON: the same of what a session begins with.
func TestHelloJSON(t *testing.T) {
	t.Parallel()
	for _, rooms := range [][]string{nil, {}, oddTexts} {
		for _, resumed := range []bool{true, false} {
			h := Hello{FrameHello, Protocol, "s", "node <1>", math.MaxUint64, rooms, Position{1, 2, 3}, resumed, UnixMilli(1795449274000), 25_000}
			if text, want := h.appendJSON(nil), encode(&h); !bytes.Equal(text, want) {
				t.Errorf("hello written as\n%s, want\n%s", text, want)
			}
		}
	}
}

// sameAsJSON checks that ParseEvent reads a text as encoding/json does, or refuses it.
func sameAsJSON(t *testing.T, text string) {
	t.Helper()
	got, err := ParseEvent(text)
	want := new(Event)
	if wantErr := json.Unmarshal([]byte(text), want); (err == nil) != (wantErr == nil) {
		t.Fatalf("%q gives %v, want %v", text, err, wantErr)
	}
	if err == nil && !reflect.DeepEqual(got, want) {
		t.Errorf("%q is read as\n%+v, want\n%+v", text, got, want)
	}
}

// FuzzParseEvent reads any text, and text that begins as an event does.
func FuzzParseEvent(f *testing.F) {
	for _, e := range everyEvent() {
		f.Add(string(e.AppendJSON(nil)))
	}
	for _, text := range []string{`{}`, `null`, `{"id":"x","app":007}`, `{"id":"x","app":-0}`, `{"id":"`, `{"id":"\`, `{"id":"\u00"`, `{"id":1}`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		sameAsJSON(t, text)
		if e, err := ParseEvent(text); err == nil && e.Check(e.App) == nil {
			e.Raw = nil
			if got, want := e.AppendJSON(nil), encode(e); !bytes.Equal(got, want) {
				t.Errorf("written as\n%s, want\n%s", got, want)
			}
		}
	})
}

// TestEventJSONAllocates: each event is written by the node that takes it, and read by all.
func TestEventJSONAllocates(t *testing.T) {
	e := lifeOf("b1")[KindEnded]
	room := make([]byte, 0, 1024)
	text := string(e.AppendJSON(room))
	if n := testing.AllocsPerRun(100, func() { e.AppendJSON(room) }); n > 0 {
		t.Errorf("writing allocates %v times", n)
	}
	const most = 3 // the event, and its sides twice as they grow
	if n := testing.AllocsPerRun(100, func() { _, _ = ParseEvent(text) }); n > most {
		t.Errorf("reading allocates %v times, want at most %d", n, most)
	}
}

func BenchmarkEventJSON(b *testing.B) {
	e := lifeOf("b1")[KindEnded]
	room := make([]byte, 0, 1024)
	text := string(e.AppendJSON(room))
	b.Run("append", func(b *testing.B) {
		for b.Loop() {
			e.AppendJSON(room)
		}
	})
	b.Run("parse", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = ParseEvent(text)
		}
	})
	b.Run("reflection", func(b *testing.B) {
		for b.Loop() {
			_, _ = json.Marshal(e)
			_ = json.Unmarshal([]byte(text), new(Event))
		}
	})
}
