package webhook

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

func TestSpoolMetrics(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		reg := prometheus.NewPedanticRegistry()
		m := NewSpoolMetrics(reg)
		away := newMoody(openMemory(t), refuses)
		s := openSpool(t, dir, away, func(o *SpoolOptions) { o.Metrics = m })
		other := openSpool(t, dir, away, func(o *SpoolOptions) { o.Metrics, o.App = m, testApp+1 })
		if problems, err := testutil.GatherAndLint(reg); err != nil || len(problems) > 0 {
			t.Errorf("lint: %v %v", problems, err)
		}
		if n, err := testutil.GatherAndCount(reg); n != 2*9 || err != nil {
			t.Errorf("%d series, want 18 (%v)", n, err)
		}
		for _, e := range spoolEvents(3) {
			mustAppend(t, s, e)
			pass(10 * time.Second)
		}
		want := func(want map[string]float64) {
			t.Helper()
			got := spoolSeries(t, reg)
			for name, value := range want {
				if got[name] != value {
					t.Errorf("%s is %v, want %v", name, got[name], value)
				}
			}
		}
		want(map[string]float64{"events": 3, "oldest_age_seconds": 30, "taken_total": 3, "drained_total": 0})
		if bytes := spoolSeries(t, reg)["bytes"]; bytes < 3*500 || bytes > 3*2000 {
			t.Errorf("3 events of 600 bytes count as %v bytes", bytes)
		}
		away.be(works)
		waitDrained(t, s)
		want(map[string]float64{"events": 0, "bytes": 0, "oldest_age_seconds": 0, "taken_total": 3, "drained_total": 3})
		closeSpool(t, s)
		closeSpool(t, other)
		if n, err := testutil.GatherAndCount(reg); n != 2*6 || err != nil {
			t.Errorf("%d series after Close, want the 12 counters (%v)", n, err)
		}
	})
}

// TestSpoolGaugesAfterARestart: what an earlier run left is there at once, with its age.
func TestSpoolGaugesAfterARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		backlogOf(t, dir, spoolEvents(2)...)
		pass(time.Hour)
		s := openSpool(t, dir, newMoody(nil, refuses), nil)
		if l := s.backlog.now(); l.events != 2 || l.bytes < 1000 || time.Since(l.oldest).Round(time.Second) != time.Hour {
			t.Errorf("found %+v", l)
		}
	})
}

// spoolSeries returns the metrics of the app, by the end of their names.
func spoolSeries(t *testing.T, reg prometheus.Gatherer) map[string]float64 {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	series := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			if m.GetLabel()[0].GetValue() == testApp.String() {
				name := strings.TrimPrefix(f.GetName(), "battlehub_spool_")
				series[name] = m.GetGauge().GetValue() + m.GetCounter().GetValue()
			}
		}
	}
	return series
}
