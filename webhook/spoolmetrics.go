package webhook

import (
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"battlehub/hub"
)

// SpoolMetrics counts what the spools do, by app. One serves all of them.
type SpoolMetrics struct {
	taken, drained, conflicts, refused, damaged, invalid *prometheus.CounterVec
	gauges                                               *spoolGauges
}

// NewSpoolMetrics registers the metrics; a nil reg leaves them unregistered. They exist
// once per registerer, and an app's series once its spool is open.
func NewSpoolMetrics(reg prometheus.Registerer) *SpoolMetrics {
	auto := promauto.With(reg)
	counter := func(name, help string) *prometheus.CounterVec {
		return auto.NewCounterVec(prometheus.CounterOpts{Name: "battlehub_spool_" + name, Help: help}, []string{"app"})
	}
	m := &SpoolMetrics{
		taken:     counter("taken_total", "Events written to disk because the log did not take them."),
		drained:   counter("drained_total", "Events appended to the log from disk."),
		conflicts: counter("conflicts_total", "Events from disk that the log kept out, since it has another body for the same battle."),
		refused:   counter("refused_total", "Events refused because the spool is full."),
		damaged:   counter("damaged_total", "Events lost because the disk did not keep what was written."),
		invalid:   counter("invalid_total", "Events dropped because the log will never take them."),
		gauges:    newSpoolGauges(),
	}
	if reg != nil {
		reg.MustRegister(m.gauges)
	}
	return m
}

// spoolCounters are those of one app.
type spoolCounters struct {
	taken, drained, conflicts, refused, damaged, invalid prometheus.Counter
}

func (m *SpoolMetrics) of(app hub.App) spoolCounters {
	label := app.String()
	return spoolCounters{
		taken:     m.taken.WithLabelValues(label),
		drained:   m.drained.WithLabelValues(label),
		conflicts: m.conflicts.WithLabelValues(label),
		refused:   m.refused.WithLabelValues(label),
		damaged:   m.damaged.WithLabelValues(label),
		invalid:   m.invalid.WithLabelValues(label),
	}
}

// spoolGauges reads the open spools' backlogs when it is scraped.
type spoolGauges struct {
	events, bytes, age *prometheus.Desc

	mu       sync.Mutex
	backlogs map[hub.App]*backlog
}

func newSpoolGauges() *spoolGauges {
	desc := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc("battlehub_spool_"+name, help, []string{"app"}, nil)
	}
	return &spoolGauges{
		events:   desc("events", "Events on disk that wait for the log."),
		bytes:    desc("bytes", "Bytes of the events on disk that wait for the log."),
		age:      desc("oldest_age_seconds", "Time since the oldest event on disk was put there; 0 if there is none."),
		backlogs: map[hub.App]*backlog{},
	}
}

func (g *spoolGauges) show(app hub.App, b *backlog) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.backlogs[app] = b
}

// hide forgets the backlog, unless another has taken its place.
func (g *spoolGauges) hide(app hub.App, b *backlog) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.backlogs[app] == b {
		delete(g.backlogs, app)
	}
}

// Describe implements [prometheus.Collector].
func (g *spoolGauges) Describe(ch chan<- *prometheus.Desc) {
	ch <- g.events
	ch <- g.bytes
	ch <- g.age
}

// Collect implements [prometheus.Collector].
func (g *spoolGauges) Collect(ch chan<- prometheus.Metric) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for app, b := range g.backlogs {
		l, age := b.now(), 0.0
		if !l.oldest.IsZero() {
			age = max(0, time.Since(l.oldest).Seconds())
		}
		for desc, value := range map[*prometheus.Desc]float64{g.events: float64(l.events), g.bytes: float64(l.bytes), g.age: age} {
			ch <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, app.String())
		}
	}
}
