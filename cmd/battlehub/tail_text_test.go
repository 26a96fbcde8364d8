package main

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"battlehub/hub"
	"battlehub/hub/client"
)

// instant is 18:30:00 in the zone of the tests, which is not UTC.
var (
	instant  = hub.At(time.Date(2026, 11, 22, 17, 30, 0, 0, time.UTC))
	testZone = time.FixedZone("test", 3600)
)

func testText(colours palette) *tailText {
	return &tailText{paint: colours, now: func() time.Time { return instant.Time }, zone: testZone}
}

// duel is a battle of two, changed by fn.
func duel(fn func(*hub.Battle)) hub.Battle {
	b := hub.Battle{
		ID: "b", App: 1400000000, State: hub.StateLive, DurationMS: 60000,
		From: hub.Side{Room: "pk-3", Owner: "brennan"},
		To:   []hub.Side{{Room: "pk-5", Owner: "tandy"}},
	}
	fn(&b)
	return b
}

func pointer[T any](v T) *T { return &v }

func TestTailLines(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		battle hub.Battle
		kind   hub.Kind
		want   string
	}{
		"pending": {
			duel(func(b *hub.Battle) {
				b.State, b.NeedsResponse, b.RespondBy = hub.StatePending, pointer(true), instant.Plus(30000)
				b.From.Owner, b.To[0].Owner = "", ""
			}), hub.KindCreated,
			"18:30:00  pending  pk-3 vs pk-5                                        answer due in 30s; for 1m0s",
		},
		"pending-overdue": {
			duel(func(b *hub.Battle) {
				b.State, b.NeedsResponse, b.RespondBy, b.DurationMS = hub.StatePending, pointer(true), instant.Plus(-4000), 0
			}), hub.KindCreated,
			"18:30:00  pending  pk-3 vs pk-5            brennan vs tandy            answer due: overdue by 4s",
		},
		"pending-without-answer": {
			duel(func(b *hub.Battle) { b.State, b.NeedsResponse = hub.StatePending, pointer(false) }), hub.KindCreated,
			"18:30:00  pending  pk-3 vs pk-5            brennan vs tandy            starts without an answer; for 1m0s",
		},
		"live": {
			duel(func(b *hub.Battle) { b.EndsAt = instant.Plus(58600) }), hub.KindStarted,
			"18:30:00  live     pk-3 vs pk-5            brennan vs tandy            ends in 59s",
		},
		"live-of-unknown-length": {
			duel(func(b *hub.Battle) {}), hub.KindStarted,
			"18:30:00  live     pk-3 vs pk-5            brennan vs tandy",
		},
		"live-declined": {
			duel(func(b *hub.Battle) {
				b.EndsAt, b.To[0].Joined = instant.Plus(-3000), pointer(true)
				b.To = append(b.To, hub.Side{Room: "pk-6", Joined: pointer(false)})
			}), hub.KindStarted,
			"18:30:00  live     pk-3 vs pk-5, pk-6      brennan vs tandy, ?         ends: overdue by 3s; pk-6 did not join",
		},
		"live-late": {
			duel(func(b *hub.Battle) {}), hub.KindCreated,
			"18:30:00  live     pk-3 vs pk-5            brennan vs tandy            the created event came late",
		},
		"won": {
			duel(func(b *hub.Battle) {
				b.State, b.Outcome, b.Winner, b.From.Score, b.To[0].Score = hub.StateEnded, hub.OutcomeTimeUp, "pk-5", 7, 1<<53+1
			}), hub.KindEnded,
			"18:30:00  ended    pk-3 vs pk-5            brennan vs tandy            7:9007199254740993, pk-5 wins; time is up",
		},
		"draw": {
			duel(func(b *hub.Battle) { b.State, b.Outcome = hub.StateEnded, hub.OutcomeAllLeft }), hub.KindEnded,
			"18:30:00  ended    pk-3 vs pk-5            brennan vs tandy            0:0, a draw; all owners left",
		},
		"not-started": {
			duel(func(b *hub.Battle) { b.State, b.Outcome = hub.StateEnded, hub.OutcomeNotStarted }), hub.KindEnded,
			"18:30:00  ended    pk-3 vs pk-5            brennan vs tandy            never started",
		},
		"presumed": {
			duel(func(b *hub.Battle) { b.State, b.Outcome = hub.StateEnded, hub.OutcomePresumedEnded }), hub.KindPresumedEnded,
			"18:30:00  ended?   pk-3 vs pk-5            brennan vs tandy            presumed: no End came",
		},
		"started-after-the-end": {
			duel(func(b *hub.Battle) { b.State, b.Outcome = hub.StateEnded, hub.OutcomeNotStarted }), hub.KindStarted,
			"18:30:00  ended    pk-3 vs pk-5            brennan vs tandy            never started; the started event came late",
		},
		"nothing-known": {
			hub.Battle{ID: "b", State: hub.StateEnded, Outcome: hub.OutcomeNotStarted}, hub.KindEnded,
			"18:30:00  ended    ? vs ?                                              never started",
		},
		"newer-hub": {
			duel(func(b *hub.Battle) { b.State = "frozen\x1b" }), "thawed",
			`18:30:00  frozen\x1b  pk-3 vs pk-5            brennan vs tandy`,
		},
		"wide": {
			duel(func(b *hub.Battle) { b.From.Room, b.To[0].Owner = "新年房", "한글e\u0301🎉" }), hub.KindStarted,
			"18:30:00  live     新年房 vs pk-5          brennan vs 한글e\u0301🎉",
		},
		"long": {
			duel(func(b *hub.Battle) {
				b.From.Room, b.State, b.Outcome = strings.Repeat("r", 30), hub.StateEnded, hub.OutcomeNotStarted
			}), hub.KindEnded,
			"18:30:00  ended    rrrrrrrrrrrrrrrrrrrrrrrrrrrrrr vs pk-5  brennan vs tandy            never started",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := testText(false).lines(&client.Event{At: instant, Kind: test.kind, Battle: test.battle})
			if string(got) != test.want+"\n" {
				t.Errorf("got\n%swant\n%s", got, test.want)
			}
		})
	}
}

// A battle of a snapshot stands at the moment when it came to its state.
func TestTailLinesOfASnapshot(t *testing.T) {
	t.Parallel()
	battle := func(state hub.State) hub.Battle {
		return duel(func(b *hub.Battle) {
			b.State, b.Outcome = state, hub.OutcomeNotStarted
			b.CreatedAt, b.StartedAt, b.EndedAt = instant.Plus(1000), instant.Plus(2000), instant.Plus(3000)
		})
	}
	unknown := duel(func(b *hub.Battle) {})
	got := testText(false).lines(&client.Snapshot{Battles: []hub.Battle{
		battle(hub.StatePending), battle(hub.StateLive), battle(hub.StateEnded), unknown,
	}})
	want := `18:30:01  pending  pk-3 vs pk-5            brennan vs tandy            for 1m0s
18:30:02  live     pk-3 vs pk-5            brennan vs tandy
18:30:03  ended    pk-3 vs pk-5            brennan vs tandy            never started
--:--:--  live     pk-3 vs pk-5            brennan vs tandy
`
	if string(got) != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestTailLinesInColour(t *testing.T) {
	t.Parallel()
	won := duel(func(b *hub.Battle) { b.State, b.Outcome, b.Winner = hub.StateEnded, hub.OutcomeTimeUp, "pk-5" })
	got := testText(true).lines(&client.Event{At: instant, Kind: hub.KindEnded, Battle: won})
	want := "\x1b[2m18:30:00\x1b[0m  \x1b[36mended  \x1b[0m  pk-3 vs pk-5            brennan vs tandy            0:0, \x1b[1mpk-5 wins\x1b[0m; time is up\n"
	if string(got) != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// hostile is what a room could be called to take over a terminal: clear it, move the
// cursor, set the title, begin a line of its own, run right to left.
const hostile = "\x1b[2J\r\n\x07\u009b31m\u202eroom\u2066\u200b\ufeff\x7f\b\xff"

func TestTailShowsHostileTextEscaped(t *testing.T) {
	t.Parallel()
	battle := hub.Battle{
		ID: hostile, State: hub.StateEnded, Outcome: hub.OutcomeTimeUp, Winner: hostile,
		From: hub.Side{Room: hostile, Owner: hostile},
		To:   []hub.Side{{Room: hostile, Owner: hostile, Joined: pointer(false)}},
	}
	frames := []client.Frame{
		&client.Event{At: instant, Kind: hostile, Battle: battle},
		&client.Snapshot{Battles: []hub.Battle{battle, {State: hostile}, {State: hub.StateEnded, Outcome: hostile}}},
	}
	for _, f := range frames {
		got := testText(false).lines(f)
		checkHarmless(t, got)
		if !strings.Contains(string(got), `\x1b[2J\r\n\a\u009b31m\u202eroom\u2066\u200b\ufeff\x7f\b\xff`) {
			t.Errorf("the room is not shown: %q", got)
		}
	}
	for _, f := range []client.Frame{
		&hub.Hello{Node: hostile, Rooms: []string{hostile}}, &hub.Gap{Reason: hostile}, &hub.ErrorFrame{Message: hostile},
		&client.Down{Err: &hub.ResetError{Reason: hostile}},
	} {
		checkHarmless(t, []byte(connectionNote(f)))
	}
}

// checkHarmless fails the test if a terminal would do more than show the lines.
func checkHarmless(t *testing.T, lines []byte) {
	t.Helper()
	if !utf8.Valid(lines) {
		t.Errorf("not UTF-8: %q", lines)
	}
	for line := range strings.Lines(string(lines)) {
		for _, r := range strings.TrimSuffix(line, "\n") {
			if r < ' ' || r >= 0x7f && r <= 0x9f || r >= 0x200b && r <= 0x200f || r >= 0x202a && r <= 0x202e ||
				r >= 0x2066 && r <= 0x2069 || r == 0xfeff {
				t.Errorf("%U in %q", r, line)
			}
		}
	}
}

func TestPrintable(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"pk-3":      "pk-3",
		`a"b`:       `a"b`,
		`a\"b`:      `a\\"b`,
		`back\`:     `back\\`,
		`\x1b`:      `\\x1b`, // not to be mistaken for an escaped escape
		"新年 🎉":      "新年 🎉",
		"tab\there": `tab\there`,
		"":          "",
	} {
		if got := printable(text); got != want {
			t.Errorf("%q is shown as %s, want %s", text, got, want)
		}
	}
}

func FuzzTailText(f *testing.F) {
	f.Add(hostile, hostile, "live")
	f.Add("pk-3", `a"b\`, "ended")
	f.Fuzz(func(t *testing.T, room, owner, state string) {
		battle := duel(func(b *hub.Battle) { b.From.Room, b.To[0].Owner, b.State = room, owner, hub.State(state) })
		got := string(testText(false).lines(&client.Event{At: instant, Battle: battle}))
		if strings.Count(got, "\n") != 1 || strings.ContainsFunc(got, func(r rune) bool { return r < ' ' && r != '\n' || r >= 0x7f && r <= 0x9f }) {
			t.Errorf("%q", got)
		}
	})
}
