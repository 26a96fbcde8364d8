package webhook

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"battlehub/hub"
)

// metrics counts webhooks. Every series exists from the start, so that an alert on a
// first failure has a zero to compare with.
type metrics struct {
	requests   *prometheus.CounterVec
	rejections *prometheus.CounterVec
	duration   prometheus.Histogram
	accepted   *prometheus.GaugeVec

	// The series that every webhook counts in, looked up once.
	requestsOf map[series]prometheus.Counter
	acceptedOf map[hub.App]prometheus.Gauge
}

// series are the labels of requests.
type series struct {
	command command
	result  result
}

// results are the results that a command can have. What is refused before its command
// is read has the command unknown: a URL can claim any.
var results = map[command][]result{
	command(hub.KindCreated):       battleResults,
	command(hub.KindStarted):       battleResults,
	command(hub.KindEnded):         battleResults,
	command(hub.KindRoomCreated):   roomResults,
	command(hub.KindRoomDestroyed): roomResults,
	command(hub.KindOwnerChanged):  roomResults,
	commandOther:                   {resultIgnored},
	commandUnknown: {resultBadRequest, resultUnauthorized, resultWrongApp, resultWrongMethod,
		resultTooLarge, resultWrongType, resultBusy},
}

var (
	battleResults = []result{resultFresh, resultDuplicate, resultConflict, resultSpooled, resultBadRequest, resultUnavailable}
	// Another body is another event, so the webhooks of rooms cannot conflict.
	roomResults = []result{resultFresh, resultDuplicate, resultSpooled, resultBadRequest, resultUnavailable}
)

// newMetrics registers the metrics; a nil reg leaves them unregistered.
func newMetrics(reg prometheus.Registerer, apps map[hub.App]App) *metrics {
	auto := promauto.With(reg)
	m := &metrics{
		requestsOf: map[series]prometheus.Counter{},
		acceptedOf: map[hub.App]prometheus.Gauge{},
		requests: auto.NewCounterVec(prometheus.CounterOpts{
			Name: "battlehub_webhook_requests_total",
			Help: "Webhooks by command and by what became of them.",
		}, []string{"command", "result"}),
		rejections: auto.NewCounterVec(prometheus.CounterOpts{
			Name: "battlehub_webhook_signature_rejections_total",
			Help: "Webhooks refused as not Tencent's, by what is wrong: with their Sign, or with the address that they came from.",
		}, []string{"reason"}),
		duration: auto.NewHistogram(prometheus.HistogramOpts{
			Name:    "battlehub_webhook_duration_seconds",
			Help:    "Time from a webhook's header to its answer; Tencent waits 2 s.",
			Buckets: []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 1.5, 2},
		}),
		accepted: auto.NewGaugeVec(prometheus.GaugeOpts{
			Name: "battlehub_webhook_last_accepted_timestamp_seconds",
			Help: "Unix time of an app's last webhook that was answered OK; 0 before the first.",
		}, []string{"app"}),
	}
	m.createSeries(apps)
	return m
}

// createSeries creates the closed sets of labels.
func (m *metrics) createSeries(apps map[hub.App]App) {
	for cmd, possible := range results {
		for _, res := range possible {
			m.requestsOf[series{cmd, res}] = m.requests.WithLabelValues(string(cmd), string(res))
		}
	}
	for _, fault := range senderFaults {
		m.rejections.WithLabelValues(string(fault))
	}
	for app := range apps {
		m.acceptedOf[app] = m.accepted.WithLabelValues(app.String())
	}
}

// request returns the counter of a series. One that is not expected is made when it happens.
func (m *metrics) request(s series) prometheus.Counter {
	if c := m.requestsOf[s]; c != nil {
		return c
	}
	return m.requests.WithLabelValues(string(s.command), string(s.result))
}

// count notes an answered webhook.
func (m *metrics) count(d *delivery, res result) {
	m.request(series{d.command, res}).Inc()
	m.duration.Observe(time.Since(d.received).Seconds())
	if statuses[res] == http.StatusOK {
		m.acceptedOf[d.app].SetToCurrentTime()
	}
}
