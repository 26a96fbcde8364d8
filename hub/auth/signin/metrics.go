package signin

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// method is a way to sign in. Its text is a metric label.
type method string

const (
	byToken method = "token"
	byOIDC  method = "oidc"
)

// result is what came of an attempt to sign in. Its text is a metric label.
type result string

const (
	resultOK          result = "ok"
	resultRefused     result = "refused"     // the token, or what the provider said, is not good
	resultForbidden   result = "forbidden"   // known to the provider, and to have no part here
	resultStale       result = "stale"       // no sign-in that this browser began within ten minutes
	resultMalformed   result = "malformed"   // of another origin, or not what the dashboard sends
	resultLimited     result = "limited"     // too many attempts from the address
	resultUnavailable result = "unavailable" // tokens cannot be judged, or the provider cannot be reached
)

var results = []result{resultOK, resultRefused, resultForbidden, resultStale, resultMalformed, resultLimited, resultUnavailable}

// metrics counts attempts to sign in.
type metrics struct {
	signIns map[method]map[result]prometheus.Counter
}

func newMetrics(reg prometheus.Registerer) *metrics {
	vec := promauto.With(reg).NewCounterVec(prometheus.CounterOpts{
		Name: "battlehub_sign_ins_total", Help: "Attempts to sign in to the dashboard, by method and by what came of them.",
	}, []string{"method", "result"})
	m := &metrics{map[method]map[result]prometheus.Counter{}}
	for _, by := range []method{byToken, byOIDC} {
		m.signIns[by] = map[result]prometheus.Counter{}
		for _, r := range results {
			m.signIns[by][r] = vec.WithLabelValues(string(by), string(r))
		}
	}
	return m
}

func (m *metrics) count(by method, r result) { m.signIns[by][r].Inc() }
