package simulate

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"testing"
	"time"

	"battlehub/hub"
)

// aScript returns the config of a script of n battles with enough rooms for its rate.
func aScript(n int) scriptConfig {
	return scriptConfig{
		app:       1400000000,
		seed:      1,
		begin:     time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC),
		rate:      30,
		rooms:     100,
		battles:   n,
		speed:     1,
		lost:      0.02,
		repeated:  0.05,
		reordered: 0.05,
	}
}

// allCalls plays a script to its end.
func allCalls(t *testing.T, cfg scriptConfig) []simCall {
	t.Helper()
	s := newScript(cfg)
	var calls []simCall
	for c, more := s.nextCall(); more; c, more = s.nextCall() {
		calls = append(calls, c)
	}
	return calls
}

func TestScriptIsTheSameForTheSameSeed(t *testing.T) {
	t.Parallel()
	first, again := allCalls(t, aScript(200)), allCalls(t, aScript(200))
	if !slices.EqualFunc(first, again, sameCall) {
		t.Error("two scripts of one config differ")
	}
	other := aScript(200)
	other.seed = 2
	if slices.EqualFunc(first, allCalls(t, other), sameCall) {
		t.Error("scripts of two seeds are the same")
	}
}

func sameCall(a, b simCall) bool {
	return samePace(a, b) && bytes.Equal(a.body, b.body)
}

func samePace(a, b simCall) bool {
	return a.at == b.at && a.command == b.command && a.trouble == b.trouble &&
		a.platform == b.platform && a.clientIP == b.clientIP && a.running == b.running
}

func TestScriptPlayedLaterIsTheSameStoryOfOtherBattles(t *testing.T) {
	t.Parallel()
	later := aScript(100)
	later.begin = later.begin.Add(time.Hour)
	first, second := allCalls(t, aScript(100)), allCalls(t, later)
	if !slices.EqualFunc(first, second, samePace) {
		t.Error("the stories differ")
	}
	ids := map[string]bool{}
	for _, e := range decodeAll(t, first) {
		ids[e.ID] = true
	}
	for _, e := range decodeAll(t, second) {
		if ids[e.ID] {
			t.Fatalf("event %s of battle %s is in both: a hub would call it a conflict", e.Kind, e.Battle)
		}
	}
}

func TestScriptCallsComeInOrder(t *testing.T) {
	t.Parallel()
	calls := allCalls(t, aScript(2000))
	for i := range calls[1:] {
		if calls[i].at > calls[i+1].at {
			t.Fatalf("call %d at %s is followed by one at %s", i, calls[i].at, calls[i+1].at)
		}
	}
	if calls[0].at != 0 {
		t.Errorf("the first call is at %s, want 0: nobody likes to wait", calls[0].at)
	}
}

func TestScriptHoldsItsRate(t *testing.T) {
	t.Parallel()
	for _, rate := range []float64{0.5, 30, 12000} {
		cfg := aScript(3000)
		cfg.rate = rate
		s := newScript(cfg)
		for s.goesOn() {
			s.nextCall()
		}
		want := time.Duration(float64(cfg.battles) / rate * float64(time.Minute))
		if off := math.Abs(float64(s.next-want)) / float64(want); off > 0.06 {
			t.Errorf("rate %g: 3000 battles took %s, want %s", rate, s.next, want)
		}
	}
}

func TestScriptEnds(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		limit       func(*scriptConfig)
		least, most int // battles
	}{
		"after-battles":   {func(c *scriptConfig) { c.battles = 7 }, 7, 7},
		"after-duration":  {func(c *scriptConfig) { c.battles, c.duration = 0, time.Minute }, 15, 50},
		"whichever-first": {func(c *scriptConfig) { c.battles, c.duration = 5, time.Hour }, 5, 5},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := aScript(0)
			test.limit(&cfg)
			begun, running := 0, 0
			for _, c := range allCalls(t, cfg) {
				begun += max(0, c.running)
				running += c.running
			}
			if begun < test.least || begun > test.most {
				t.Errorf("%d battles, want %d to %d", begun, test.least, test.most)
			}
			if running != 0 {
				t.Errorf("%d battles are not played to their end", running)
			}
		})
	}
}

func TestScriptMakesTroubleByShare(t *testing.T) {
	t.Parallel()
	cfg := aScript(5000)
	cfg.lost, cfg.repeated, cfg.reordered = 0.1, 0.2, 0.3
	counts, losable, battle := map[trouble]float64{}, 0.0, 0.0
	for _, c := range allCalls(t, cfg) {
		counts[c.trouble]++
		if kind := battleKind(c.command); kind != "" && c.trouble != troubleRepeated {
			battle++
			if kind != hub.KindCreated {
				losable++
			}
		}
	}
	// A held-back webhook may also be lost, and what is lost is not repeated.
	checkShare(t, "lost", counts[troubleLost]/losable, cfg.lost)
	checkShare(t, "repeated", counts[troubleRepeated]/(battle-counts[troubleLost]), cfg.repeated)
	checkShare(t, "reordered", counts[troubleReordered]/5000, cfg.reordered*(1-cfg.lost*0.6))
}

func checkShare(t *testing.T, name string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 0.02 {
		t.Errorf("%s: share %.3f, want %.3f", name, got, want)
	}
}

func TestScriptWithoutTroubleHasNone(t *testing.T) {
	t.Parallel()
	cfg := aScript(500)
	cfg.lost, cfg.repeated, cfg.reordered = 0, 0, 0
	for _, c := range allCalls(t, cfg) {
		if c.trouble != troubleNone {
			t.Fatalf("%s is %s", c.command, c.trouble)
		}
	}
}

func TestBattleIDsLookLikeTencents(t *testing.T) {
	t.Parallel()
	s := newScript(aScript(0))
	const sample = "4siHsNsWN/T3aub9zKraqPbSEGRX2z6gs3LDFi+d/3M="
	seen := map[string]bool{}
	special := ""
	for n := range 1000 {
		id := s.battleID(n)
		if len(id) != len(sample) || seen[id] {
			t.Fatalf("battle %d has the id %s", n, id)
		}
		seen[id] = true
		special += id
	}
	for _, char := range "/+=" {
		if !bytes.ContainsRune([]byte(special), char) {
			t.Errorf("no id has a %c, which receivers must escape in a path", char)
		}
	}
}

// TestPacketsHaveTencentsShape compares each packet with Tencent's sample, field by
// field: names, order and JSON types.
func TestPacketsHaveTencentsShape(t *testing.T) {
	t.Parallel()
	samples := map[string][]string{
		commandCreateBattle: {"create.json", "create-needs-response.json"},
		commandStartBattle:  {"start.json"},
		commandEndBattle:    {"end.json", "end-never-started.json"}, // owners in digits, and not
		commandCreateRoom:   {"create-room.json"},
		commandDestroyRoom:  {"destroy-room.json"},
		commandChangeOwner:  {"change-owner.json"},
		commandSendGift:     {"before-send-gift.json"},
	}
	shapes := map[string]bool{}
	for _, c := range allCalls(t, aScript(500)) {
		shapes[shapeOf(t, c.body)] = true
	}
	for command, names := range samples {
		for _, name := range names {
			if want := shapeOf(t, readSample(t, name)); !shapes[want] {
				t.Errorf("%s: no packet has the shape of %s: %s", command, name, want)
			}
		}
	}
}

// shapeOf writes a JSON value with every scalar replaced by its type, and of an array
// only its first element.
func shapeOf(t *testing.T, body []byte) string {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var shape func() string
	shape = func() string {
		token, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		switch v := token.(type) {
		case json.Number:
			return "number"
		case string:
			return "string"
		case bool:
			return "bool"
		case json.Delim:
			text, elements := "", 0
			for d.More() {
				switch {
				case v == '{':
					name, _ := d.Token()
					text += name.(string) + ":" + shape() + " "
				case elements == 0:
					text = shape()
				default:
					shape()
				}
				elements++
			}
			_, _ = d.Token()
			return v.String() + text
		}
		return "null"
	}
	return shape()
}
