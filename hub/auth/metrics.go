package auth

import (
	"math"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// fetchMetrics count fetches of published keys.
type fetchMetrics struct {
	fetches map[fetchResult]prometheus.Counter
}

func newFetchMetrics(s *keySource, reg prometheus.Registerer) *fetchMetrics {
	auto := promauto.With(reg)
	auto.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "battlehub_jwks_age_seconds",
		Help: "How long ago the published keys in use were fetched; infinite while there are none.",
	}, func() float64 {
		if age, ever := s.age(); ever {
			return age.Seconds()
		}
		return math.Inf(1)
	})
	refreshes := auto.NewCounterVec(prometheus.CounterOpts{
		Name: "battlehub_jwks_refreshes_total", Help: "Fetches of published keys, by what came of them.",
	}, []string{"result"})
	m := &fetchMetrics{fetches: map[fetchResult]prometheus.Counter{}}
	for _, result := range fetchResults {
		m.fetches[result] = refreshes.WithLabelValues(string(result))
	}
	return m
}
