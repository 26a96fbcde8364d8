package bench

import (
	"bytes"
	"context"
	"os/exec"
	"strings"
	"testing"
	"time"

	"battlehub/hub/proctest"
)

// TestRow measures a small row as the table does: with processes for everything.
func TestRow(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	small := owners(20, 20, 300, 100*time.Millisecond)
	small.Warm, small.Rest, small.Prime, small.Storm = 0, 0, 5, 10
	_, noRedis := exec.LookPath("redis-server")
	w := row{Name: "small", Load: small, JWT: true, Redis: noRedis == nil, Beside: besideFew, Few: small,
		Goals: []goal{{Figure: "lost"}, {Figure: cpuPerEvent, Limit: 1000, Ratio: true}, {Figure: "storm: replayed from the log"}}}
	k, r := kit{program: proctest.Battlehub(t), log: t.Output()}, newReport()
	if err := k.row(ctx, w, 1, r); err != nil {
		t.Fatal(err)
	}
	for _, g := range w.Goals {
		if v := r.judge(w, g); !v.Reached {
			t.Errorf("%s: %+v", g.Figure, v)
		}
	}
}

// TestRowThatFails: the others are still measured, and the reason is told.
func TestRowThatFails(t *testing.T) {
	t.Parallel()
	k, r := kit{program: "/nonexistent", log: t.Output()}, newReport()
	if err := k.row(t.Context(), rows[0], 1, r); err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := r.writeTable(&text, r); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text.String(), "fan-100, CPU per delivery: not measured: starting a server") || strings.Contains(text.String(), "reached") {
		t.Error(text.String())
	}
}

func TestMedians(t *testing.T) {
	t.Parallel()
	run := func(v float64, refused string) figures { return figures{{"x", "ms", v, refused}} }
	for name, test := range map[string]struct {
		runs []figures
		want figure
	}{
		"odd":            {[]figures{run(5, ""), run(1, ""), run(3, "")}, figure{"x", "ms", 3, ""}},
		"one refused":    {[]figures{run(0, "busy"), run(7, ""), run(9, "")}, figure{"x", "ms", 9, ""}},
		"mostly refused": {[]figures{run(0, "busy"), run(0, "busy"), run(9, "")}, figure{"x", "ms", 0, "busy"}},
	} {
		if got := medians(test.runs)[0]; got != test.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestVerdicts(t *testing.T) {
	t.Parallel()
	w := row{Name: "w", Beside: besideReference}
	r := &report{Results: []result{{"w", figures{{"a", "ms", 6, ""}, {"b", "ms", 0, "busy"}}}, {"w" + besideSuffix, figures{{"a", "ms", 4, ""}}}}}
	for name, test := range map[string]struct {
		goal    goal
		reached bool
		text    string
	}{
		"most":         {goal{Figure: "a", Limit: 6}, true, "6.00 ms|4.00 ms|1.50|≤ 6 ms|reached"},
		"too much":     {goal{Figure: "a", Limit: 5}, false, "6.00 ms|4.00 ms|1.50|≤ 5 ms|missed"},
		"ratio":        {goal{Figure: "a", Limit: 1.2, Ratio: true}, false, "6.00 ms|4.00 ms|1.50|≤ 1.2 ×|missed"},
		"least":        {goal{Figure: "a", Limit: 5, Least: true}, true, "6.00 ms|4.00 ms|1.50|≥ 5 ms|reached"},
		"not measured": {goal{Figure: "b", Limit: 5}, false, "not measured|0.00|||"},
	} {
		v := r.judge(w, test.goal)
		text := strings.ReplaceAll(v.text(test.goal, w.Beside), "\t", "|")
		if v.Reached != test.reached || name != "not measured" && text != test.text {
			t.Errorf("%s: %+v, %s", name, v, text)
		}
	}
}
