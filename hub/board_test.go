package hub

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"
)

// boardOf applies a battle's events as entries of epoch 1, a second apart from start.
func boardOf(t *testing.T, start Time, events ...*Event) *board {
	t.Helper()
	b := newBoard()
	for i, e := range events {
		b.apply(&Entry{Position: Position{1, uint64(i), 1}, At: start.Plus(int64(i) * 1000), Event: e})
	}
	return &b
}

func TestEndedBattleLeavesAfterItsEndWasRecorded(t *testing.T) {
	t.Parallel()
	life, start := lifeOf("b1"), UnixMilli(1795449274000)
	b := boardOf(t, start, life[KindStarted], life[KindEnded])
	leaves := start.Add(time.Second + leaveAfter) // not counted from EndedAt, a year before
	b.sweep(leaves.Add(-time.Millisecond))
	if b.battles["b1"] == nil || len(b.of([]string{"pk-3"})) != 1 {
		t.Fatal("left too early")
	}
	b.sweep(leaves)
	if len(b.battles)+len(b.open)+len(b.rooms)+len(b.leaving) != 0 {
		t.Errorf("something stays: %+v", b)
	}
}

// A battle whose events disagree on who challenged must not stay with the room that a later
// one makes a stranger of.
func TestBattleLeavesTheRoomsThatItLost(t *testing.T) {
	t.Parallel()
	life, start := lifeOf("b1"), UnixMilli(1795449274000)
	other := *life[KindStarted]
	other.From.Room = "pk-4"
	b := boardOf(t, start, &other, life[KindCreated])
	if had := b.of([]string{"pk-4"}); len(had) != 0 {
		t.Errorf("pk-4 still has %s", had[0].json)
	}
	if has := b.of([]string{"pk-3"}); len(has) != 1 {
		t.Error("pk-3 has not got it")
	}
	b.remove(b.battles["b1"])
	if len(b.rooms) != 0 {
		t.Errorf("something stays: %+v", b.rooms)
	}
}

func TestCorrectedEndLeavesLater(t *testing.T) {
	t.Parallel()
	life, start := lifeOf("b1"), UnixMilli(1795449274000)
	b := boardOf(t, start, life[KindStarted], life[KindPresumedEnded])
	b.apply(&Entry{Position: Position{1, 9, 1}, At: start.Plus(60_000), Event: life[KindEnded]})
	b.sweep(start.Add(leaveAfter + 30*time.Second))
	r := b.battles["b1"]
	var shown Battle
	if r == nil || json.Unmarshal(r.json, &shown) != nil || shown.Outcome != OutcomeTimeUp || shown.Winner != "pk-5" {
		t.Fatalf("after the real end: %+v", r)
	}
	b.sweep(start.Add(leaveAfter + time.Minute))
	if b.battles["b1"] != nil {
		t.Error("stays")
	}
}

func TestPresumedEnd(t *testing.T) {
	t.Parallel()
	life := lifeOf("b1")
	yes, no := true, false
	created := UnixMilli(1739954005000)
	create := func(needs *bool, timeout, duration int64) *Event {
		return &Event{App: 1, Kind: KindCreated, Battle: "b1", At: created, CreatedAt: created, NeedsResponse: needs,
			TimeoutMS: timeout, DurationMS: duration, From: Side{Room: "a"}, To: []Side{{Room: "b"}}}
	}
	tests := map[string]struct {
		event *Event
		heard Time
		end   Time // what the battle is presumed to have ended at
		due   Time
	}{
		"live":                {life[KindStarted], created, UnixMilli(1739954073000), UnixMilli(1739954103000)},
		"live_heard_late":     {life[KindStarted], created.Plus(900_000), UnixMilli(1739954073000), created.Plus(930_000)},
		"no_answer":           {create(&yes, 30000, 60000), created, created.Plus(30_000), created.Plus(60_000)},
		"started_unseen":      {create(&no, 30000, 60000), created, created.Plus(60_000), created.Plus(90_000)},
		"length_unknown":      {create(&no, 0, 0), created, created, created.Plus(3_600_000)},
		"clock_of_years_past": {create(&yes, 30000, 60000), UnixMilli(1795449274000), created.Plus(30_000), UnixMilli(1795449304000)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := boardOf(t, test.heard, test.event).battles["b1"]
			if due := r.presumedEnd(); !due.Equal(test.due.Time) {
				t.Errorf("due %s, want %s", At(due), test.due)
			}
			e := r.presume(test.due.Time)
			if e.EndedAt != test.end || e.Kind != KindPresumedEnded || e.ID != EventID(e.App, KindPresumedEnded, "b1") {
				t.Errorf("presumed %+v, want end %s", e, test.end)
			}
			later := r.presume(test.due.Add(time.Hour))
			if e.Digest() != later.Digest() {
				t.Error("two nodes that infer the same end would be in conflict")
			}
		})
	}
}

// TestCheckpoint stores and restores a board; nothing that shows may change.
func TestCheckpoint(t *testing.T) {
	t.Parallel()
	start := UnixMilli(1795449274000)
	var events []*Event
	for i, kinds := range [][]Kind{{KindCreated}, {KindStarted}, {KindStarted, KindEnded}, {KindCreated, KindPresumedEnded}} {
		for _, k := range kinds {
			events = append(events, lifeOf(fmt.Sprint("b", i))[k])
		}
	}
	b := boardOf(t, start, events...)
	f := &feed{board: *b}
	c, err := parseCheckpoint(encode(f.checkpoint()))
	if err != nil {
		t.Fatal(err)
	}
	restored := c.board()
	want, got := b.all(), restored.all()
	if len(got) != len(want) || len(restored.open) != len(b.open) || len(restored.leaving) != 2 {
		t.Fatalf("restored %d battles, %d open", len(got), len(restored.open))
	}
	for i := range want {
		if string(got[i].json) != string(want[i].json) || got[i].heard != want[i].heard || got[i].first != want[i].first {
			t.Errorf("restored\n%s\nwant\n%s", got[i].json, want[i].json)
		}
	}
	restored.sweep(start.Add(leaveAfter + time.Minute))
	if len(restored.battles) != 2 {
		t.Errorf("%d battles stay, want the open ones", len(restored.battles))
	}
}

func TestRestoreRefuses(t *testing.T) {
	t.Parallel()
	for _, data := range []string{"", "{", "[]", `{"version":2}`, `{"version":1,"battles":[{"first":"x"}]}`} {
		if _, err := parseCheckpoint([]byte(data)); err == nil {
			t.Errorf("%q was accepted", data)
		}
	}
	c, err := parseCheckpoint([]byte(`{"version":1,"battles":[{"first":"1-2-00000003","heard":"2026-11-22T10:00:00Z"}]}`))
	if err != nil || len(c.board().battles) != 0 {
		t.Errorf("a battle without events: %v, %v", c, err)
	}
}
