package hub

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// Hop is a place on an event's way at which its age is measured.
type Hop string

// The hops, in order.
const (
	HopReceived Hop = "received" // the webhook arrived
	HopAppended Hop = "appended" // the log has it
	HopApplied  Hop = "applied"  // this node's board shows it
	HopWritten  Hop = "written"  // it was handed to a client's socket
)

// Ages measures how old events are at each hop, counted from Tencent's EventTime, so
// that a delay can be told apart by where it arose. The clocks of Tencent and of this
// node differ; an age below zero counts as zero.
type Ages map[Hop]prometheus.Observer

// NewAges registers the histogram; a nil reg leaves it unregistered.
func NewAges(reg prometheus.Registerer) Ages {
	vec := promauto.With(reg).NewHistogramVec(prometheus.HistogramOpts{
		Name:    "battlehub_event_age_seconds",
		Help:    "Age of an event at each hop of its way, counted from Tencent's EventTime.",
		Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300},
	}, []string{"hop"})
	a := Ages{}
	for _, hop := range []Hop{HopReceived, HopAppended, HopApplied, HopWritten} {
		a[hop] = vec.WithLabelValues(string(hop))
	}
	return a
}

// Observe notes the age of something that happened at, as of now.
func (a Ages) Observe(hop Hop, at Time, now time.Time) {
	if o := a[hop]; o != nil {
		o.Observe(max(0, now.Sub(at.Time).Seconds()))
	}
}
