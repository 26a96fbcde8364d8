package hub

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// A battle's whole life, with all that webhooks can tell, from one challenger to three
// rooms of which one declined.
func lifeOf(battle string) map[Kind]*Event {
	yes := true
	base := UnixMilli(1739954004210)
	owners := []Side{{Room: "pk-5", Owner: "tandy"}, {Room: "pk-7", Owner: "144115245442327522"}}
	events := map[Kind]*Event{
		KindCreated: {
			At: base, From: Side{Room: "pk-3"}, To: []Side{{Room: "pk-5"}, {Room: "pk-7"}, {Room: "pk-9"}},
			Operator: "brennanli", NeedsResponse: &yes, TimeoutMS: 30000, DurationMS: 60000, Extension: "<b>&", CreatedAt: base,
		},
		KindStarted: {
			At: base.Plus(9000), From: Side{Room: "pk-3", Owner: "brennan"}, To: owners,
			DurationMS: 60000, CreatedAt: UnixMilli(1739954005000), StartedAt: UnixMilli(1739954013000),
		},
		KindEnded: {
			At: base.Plus(70000), From: Side{Room: "pk-3", Owner: "brennan", Score: 120},
			To:         []Side{{Room: "pk-5", Owner: "tandy", Score: 300}, {Room: "pk-7", Owner: "144115245442327522", Score: 7}},
			DurationMS: 60000, CreatedAt: UnixMilli(1739954005000), StartedAt: UnixMilli(1739954013000),
			EndedAt: UnixMilli(1739954073000), Outcome: OutcomeTimeUp,
		},
		KindPresumedEnded: {At: base.Plus(99000), EndedAt: base.Plus(99000), Outcome: OutcomePresumedEnded,
			From: Side{Room: "pk-3"}, To: []Side{{Room: "pk-5"}}},
	}
	for kind, e := range events {
		e.App, e.Kind, e.Battle, e.ID = 1400000000, kind, battle, EventID(1400000000, kind, battle)
	}
	return events
}

// TestMergeOrderFree merges every subset of a battle's events in every order, with
// repeats: each subset has one result.
func TestMergeOrderFree(t *testing.T) {
	t.Parallel()
	life := lifeOf("b1")
	for subset := 1; subset < 1<<len(Kinds); subset++ {
		var kinds []Kind
		for i, k := range Kinds {
			if subset&(1<<i) != 0 {
				kinds = append(kinds, k)
			}
		}
		var want []byte
		permute(kinds, func(order []Kind) {
			for range 3 {
				got := mergeOf(life, repeated(order))
				if want == nil {
					want = got
				}
				if !bytes.Equal(got, want) {
					t.Fatalf("order %v gives\n%s\nanother order gave\n%s", order, got, want)
				}
			}
		})
	}
}

// mergeOf folds the events into a battle, and encodes it.
func mergeOf(life map[Kind]*Event, order []Kind) []byte {
	var f facts
	for _, k := range order {
		f.add(life[k])
	}
	b := f.battle()
	return encode(&b)
}

// repeated inserts repeats of what came before, at random.
func repeated(order []Kind) []Kind {
	var out []Kind
	for _, k := range order {
		out = append(out, k)
		for rand.IntN(2) == 0 {
			out = append(out, out[rand.IntN(len(out))])
		}
	}
	return out
}

func permute(kinds []Kind, do func([]Kind)) {
	var rec func(n int)
	rec = func(n int) {
		if n == len(kinds) {
			do(kinds)
			return
		}
		for i := n; i < len(kinds); i++ {
			kinds[n], kinds[i] = kinds[i], kinds[n]
			rec(n + 1)
			kinds[n], kinds[i] = kinds[i], kinds[n]
		}
	}
	rec(0)
}

// TestStateOnlyMovesForward checks, along every order, that no event takes a battle back.
func TestStateOnlyMovesForward(t *testing.T) {
	t.Parallel()
	rank := map[State]int{StatePending: 1, StateLive: 2, StateEnded: 3}
	life := lifeOf("b1")
	permute(append([]Kind{}, Kinds...), func(order []Kind) {
		var f facts
		last := 0
		for _, k := range order {
			f.add(life[k])
			b := f.battle()
			if rank[b.State] < last {
				t.Fatalf("order %v: %s after a later state", order, b.State)
			}
			last = rank[b.State]
		}
	})
}

func TestMergedBattle(t *testing.T) {
	t.Parallel()
	life := lifeOf("b1")
	tests := map[string]struct {
		kinds []Kind
		want  string
	}{
		"created": {[]Kind{KindCreated}, `{"id":"b1","app":1400000000,"state":"pending","from":{"room":"pk-3","score":0},` +
			`"to":[{"room":"pk-5","score":0},{"room":"pk-7","score":0},{"room":"pk-9","score":0}],"operator":"brennanli",` +
			`"needs_response":true,"timeout_ms":30000,"duration_ms":60000,"extension":"<b>&",` +
			`"created_at":"2025-02-19T08:33:24.210Z","respond_by":"2025-02-19T08:33:54.210Z"}`},
		"started_alone": {[]Kind{KindStarted}, `{"id":"b1","app":1400000000,"state":"live","from":{"room":"pk-3","owner":"brennan","score":0},` +
			`"to":[{"room":"pk-5","owner":"tandy","score":0,"joined":true},{"room":"pk-7","owner":"144115245442327522","score":0,"joined":true}],` +
			`"duration_ms":60000,"created_at":"2025-02-19T08:33:25.000Z","started_at":"2025-02-19T08:33:33.000Z","ends_at":"2025-02-19T08:34:33.000Z"}`},
		"whole": {[]Kind{KindCreated, KindStarted, KindEnded}, `{"id":"b1","app":1400000000,"state":"ended","from":{"room":"pk-3","owner":"brennan","score":120},` +
			`"to":[{"room":"pk-5","owner":"tandy","score":300,"joined":true},{"room":"pk-7","owner":"144115245442327522","score":7,"joined":true},` +
			`{"room":"pk-9","score":0,"joined":false}],"operator":"brennanli",` +
			`"needs_response":true,"timeout_ms":30000,"duration_ms":60000,"extension":"<b>&",` +
			`"created_at":"2025-02-19T08:33:24.210Z","respond_by":"2025-02-19T08:33:54.210Z","started_at":"2025-02-19T08:33:33.000Z",` +
			`"ends_at":"2025-02-19T08:34:33.000Z","ended_at":"2025-02-19T08:34:33.000Z","outcome":"time_up","winner":"pk-5"}`},
		"presumed": {[]Kind{KindStarted, KindPresumedEnded}, `{"id":"b1","app":1400000000,"state":"ended","from":{"room":"pk-3","owner":"brennan","score":0},` +
			`"to":[{"room":"pk-5","owner":"tandy","score":0,"joined":true},{"room":"pk-7","owner":"144115245442327522","score":0,"joined":true}],` +
			`"duration_ms":60000,"created_at":"2025-02-19T08:33:25.000Z","started_at":"2025-02-19T08:33:33.000Z","ends_at":"2025-02-19T08:34:33.000Z",` +
			`"ended_at":"2025-02-19T08:35:03.210Z","outcome":"presumed_ended"}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := string(mergeOf(life, test.kinds)); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

func TestWinner(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		from int64
		to   []int64
		want string
	}{
		"challenger":     {5, []int64{3}, "from"},
		"challenged":     {5, []int64{3, 9}, "b"},
		"tie":            {5, []int64{5}, ""},
		"tie_at_the_top": {3, []int64{7, 7}, ""},
		"tie_below":      {9, []int64{7, 7}, "from"},
		"no_scores":      {0, []int64{0, 0}, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := &Battle{From: Side{Room: "from", Score: test.from}}
			for i, score := range test.to {
				b.To = append(b.To, Side{Room: string(rune('a' + i)), Score: score})
			}
			if got := winner(b); got != test.want {
				t.Errorf("winner %q, want %q", got, test.want)
			}
		})
	}
}
