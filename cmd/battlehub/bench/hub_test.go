package bench

import (
	"testing"

	"battlehub/hub/proctest"
)

// TestHub measures a real hub with all that bench can do, on a small scale.
func TestHub(t *testing.T) {
	t.Parallel()
	k := kit{program: proctest.Battlehub(t), log: t.Output()}
	hub, stop, err := k.hub(t.Context(), hubSettings{App: 1400000001, Token: "a token of webhooks", Secret: "a secret of 32 bytes or rather more"})
	t.Cleanup(stop)
	if err != nil {
		t.Fatal(err)
	}
	l := smallLoad()
	l.Owners, l.Slow, l.Storm, l.Workers = 0.5, 0.25, 30, 2
	m := measureFor(t, l, hub)
	for name, got := range map[string]tally{"steady": m.Crowd.Tally, "slow": m.Crowd.Slow, "storm": m.Storms.Tally} {
		if got.Lost+got.Duplicates+got.Disordered+got.Strays+sum(got.Closed) != 0 || got.Deliveries == 0 {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if resumed := m.Storms.Tally.Resumed + m.Storms.Slow.Resumed; resumed != l.Sessions {
		t.Errorf("%d sessions resumed, want %d", resumed, l.Sessions)
	}
	if m.Steady.CPU <= 0 || m.Full.RSS <= 0 || m.Answers.TotalCount() != int64(m.Events) {
		t.Errorf("CPU %v, RSS %d, %d answers", m.Steady.CPU, m.Full.RSS, m.Answers.TotalCount())
	}
}

// TestReferenceLooksLikeTheHub: what is compared must be as long.
func TestReferenceLooksLikeTheHub(t *testing.T) {
	t.Parallel()
	k := kit{program: proctest.Battlehub(t), log: t.Output()}
	hub, stop, err := k.hub(t.Context(), hubSettings{App: 1400000000})
	t.Cleanup(stop)
	if err != nil {
		t.Fatal(err)
	}
	theirs := measureFor(t, smallLoad(), hub).Crowd.Tally
	ours := measureFor(t, smallLoad(), serveReference(t, nil)).Crowd.Tally
	each := func(t tally) float64 { return float64(t.Bytes) / float64(t.Deliveries) }
	if ratio := each(ours) / each(theirs); ratio < 0.95 || ratio > 1.05 {
		t.Errorf("the reference server writes %.0f bytes an event, the hub %.0f", each(ours), each(theirs))
	}
}

// TestBadTargets: what cannot be measured says why, and starts nothing that stays.
func TestBadTargets(t *testing.T) {
	t.Parallel()
	k := kit{program: proctest.Battlehub(t), log: t.Output()}
	_, stop, err := k.hub(t.Context(), hubSettings{App: 1400000000, Secret: "too short"})
	t.Cleanup(stop)
	if err == nil {
		t.Error("a hub started with a secret that is too short")
	}
	hub, stopHub, err := k.hub(t.Context(), hubSettings{App: 1400000000, Token: "a token"})
	t.Cleanup(stopHub)
	if err != nil {
		t.Fatal(err)
	}
	hub.Token = "another"
	r := run{load: smallLoad(), target: hub, start: inside}
	if _, err := r.measure(t.Context()); err == nil {
		t.Error("webhooks with a wrong signature were measured")
	}
}
