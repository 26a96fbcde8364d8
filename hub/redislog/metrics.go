package redislog

import (
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"battlehub/hub"
)

// Metrics count what the logs of a process do with Redis, each app's under its label.
type Metrics struct {
	reg      prometheus.Registerer
	appends  *prometheus.HistogramVec
	batches  *prometheus.HistogramVec
	failures *prometheus.CounterVec
	errors   *prometheus.CounterVec
	missed   *prometheus.CounterVec
	lost     *prometheus.CounterVec
	repairs  *prometheus.CounterVec
	repaired *prometheus.CounterVec
	trimmed  *prometheus.CounterVec
}

// NewMetrics registers the metrics; a nil reg leaves them unregistered.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	auto := promauto.With(reg)
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return auto.NewCounterVec(prometheus.CounterOpts{Name: "battlehub_redis_" + name, Help: help}, append([]string{"app"}, labels...))
	}
	return &Metrics{
		reg: reg,
		appends: auto.NewHistogramVec(prometheus.HistogramOpts{
			Name: "battlehub_redis_append_seconds", Help: "Time that a group of appends took with Redis, attempts included.",
			Buckets: []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 1.5},
		}, []string{"app"}),
		batches: auto.NewHistogramVec(prometheus.HistogramOpts{
			Name: "battlehub_redis_append_batch_events", Help: "Events in one group of appends.",
			Buckets: prometheus.ExponentialBuckets(1, 2, 10),
		}, []string{"app"}),
		failures: counter("append_failures_total", "Failed attempts to append a group, by kind: ambiguous (no answer, may have been done), passing or lasting (refused). Most are followed by another.", "kind"),
		errors:   counter("append_errors_total", "Groups of appends that were given up."),
		missed:   counter("pubsub_missed_total", "Times that the stream had an entry which pub/sub did not bring."),
		lost:     counter("subscriptions_lost_total", "Subscriptions that ended, by reason: each is followed by a new one, and by reading what was missed.", "reason"),
		repairs:  counter("repairs_total", "Times that this node gave Redis back what it had lost."),
		repaired: counter("repaired_events_total", "Lost events that this node appended again, before another node did."),
		trimmed:  counter("trimmed_entries_total", "Entries forgotten by age or size."),
	}
}

// appMetrics are the children of one app, resolved once, and what its gauges show.
type appMetrics struct {
	appends, batches                           prometheus.Observer
	failures                                   map[fault]prometheus.Counter
	errors, missed, repairs, repaired, trimmed prometheus.Counter
	lostBy                                     map[error]prometheus.Counter
	lostOther                                  prometheus.Counter

	reg    prometheus.Registerer
	gauges []prometheus.Collector
	at     atomic.Pointer[hub.Position] // how far the tail has got
	top    atomic.Pointer[hub.Position] // where the log stands, as last heard
	recent atomic.Int64                 // how many entries could be given back
}

// of returns the metrics of an app.
func (m *Metrics) of(app hub.App) *appMetrics {
	if m == nil {
		m = NewMetrics(nil)
	}
	a := app.String()
	lost := func(reason string) prometheus.Counter { return m.lost.WithLabelValues(a, reason) }
	am := &appMetrics{
		appends: m.appends.WithLabelValues(a), batches: m.batches.WithLabelValues(a),
		failures: map[fault]prometheus.Counter{},
		errors:   m.errors.WithLabelValues(a), missed: m.missed.WithLabelValues(a),
		repairs: m.repairs.WithLabelValues(a), repaired: m.repaired.WithLabelValues(a), trimmed: m.trimmed.WithLabelValues(a),
		lostBy: map[error]prometheus.Counter{}, lostOther: lost("connection"), reg: m.reg,
	}
	for _, f := range []fault{faultAmbiguous, faultPassing, faultLasting} {
		am.failures[f] = m.failures.WithLabelValues(a, string(f))
	}
	for _, err := range []error{errSilent, errMissed, errUnconfirmed, errMovedAway} {
		am.lostBy[err] = lost(err.Error())
	}
	return am
}

// watch adds the gauges of a log, which are read when scraped.
func (m *appMetrics) watch(l *Log) {
	if m.reg == nil {
		return
	}
	gauge := func(name, help string, value func() float64) {
		g := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "battlehub_" + name, Help: help,
			ConstLabels: prometheus.Labels{"app": l.opts.App.String()}}, value)
		m.gauges = append(m.gauges, g)
		m.reg.MustRegister(g)
	}
	began := time.Now()
	gauge("log_heartbeat_age_seconds", "Time since this node last heard anything over Redis' channel; somebody speaks every second or so.", func() float64 {
		if at := l.heard.Load(); at != 0 {
			return time.Since(time.Unix(0, at)).Seconds()
		}
		return time.Since(began).Seconds()
	})
	gauge("log_lag_entries", "Entries that the log is known to have and this node has not applied.", m.lag)
	gauge("log_recent_entries", "Entries that this node holds and could give back, should Redis lose them.", func() float64 { return float64(m.recent.Load()) })
	gauge("log_misconfigured", "Whether Redis' settings contradict what the log promises; /readyz says which.", func() float64 {
		if l.Inspect() != nil {
			return 1
		}
		return 0
	})
}

func (m *appMetrics) unwatch(*Log) {
	for _, g := range m.gauges {
		m.reg.Unregister(g)
	}
}

func (m *appMetrics) lag() float64 {
	at, top := m.at.Load(), m.top.Load()
	switch {
	case top == nil || at != nil && at.Compare(*top) >= 0:
		return 0
	case at == nil || at.Epoch != top.Epoch:
		return float64(top.Seq + 1)
	}
	return float64(top.Seq - at.Seq)
}

// reached notes how far the tail has got.
func (m *appMetrics) reached(p hub.Position) { m.at.Store(&p) }

// told notes where the log stands.
func (m *appMetrics) told(p hub.Position) {
	if !p.IsZero() {
		m.top.Store(&p)
	}
}

// committed counts a group and what became of it.
func (m *appMetrics) committed(events int, took time.Duration, err error) {
	if err != nil {
		m.errors.Inc()
		return
	}
	m.appends.Observe(took.Seconds())
	m.batches.Observe(float64(events))
}

func (m *appMetrics) appendFailed(f fault) { m.failures[f].Inc() }

// lostSubscription counts the end of a subscription.
func (m *appMetrics) lostSubscription(err error) {
	for reason, c := range m.lostBy {
		if err == reason {
			c.Inc()
			return
		}
	}
	m.lostOther.Inc()
}
