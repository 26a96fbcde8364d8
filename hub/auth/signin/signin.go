// Package signin lets people sign in to the dashboard: with a token that they were given, or,
// by OpenID Connect, with the account that they have elsewhere. Either way their browser
// keeps a token in [hub.SessionCookie], and the hub judges that as it judges any other.
//
// Nothing is kept here about who has signed in or is about to: whatever node the next request
// reaches can serve it. session.go is what the dashboard asks, oidc.go the way by OpenID
// Connect, and flow.go what ties its two ends together.
package signin

import (
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/time/rate"

	"battlehub/hub"
	"battlehub/web"
)

// Options say how people sign in, and to what.
type Options struct {
	// Authorize judges the token that a browser is to keep; see [hub.Hub.Authorize]. Nil: the
	// hub is open, and there is nothing to sign in to.
	Authorize hub.Authorizer
	// Identify says what the sender of a request is granted, by whatever it shows; see
	// [hub.Hub.Identify]. It is not called on an open hub.
	Identify func(*http.Request) (hub.Grant, error)

	Origin         string         // the hub's own; see [hub.OwnOrigin]
	TrustedProxies []netip.Prefix // see [hub.ClientAddr]
	Tokens         bool           // Authorize takes tokens that people have from elsewhere
	OIDC           *OIDC          // nil: not by OpenID Connect

	Log        *slog.Logger          // default: discard
	Registerer prometheus.Registerer // nil: metrics are kept but not registered
}

type handler struct {
	opts     Options
	attempts *hub.Throttle[netip.Prefix]
	metrics  *metrics
	provider *discovery     // nil without OIDC
	unjudged rate.Sometimes // bounds what is logged while tokens cannot be judged: anybody can send some
}

// New serves /v1/session, and below /v1/signin/ the way by OpenID Connect. It asks the
// provider nothing until somebody signs in, so that a hub starts without it.
func New(o Options) http.Handler {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	h := &handler{opts: o, attempts: hub.NewThrottle[netip.Prefix](attemptsASecond, attemptsBurst), metrics: newMetrics(o.Registerer)}
	h.unjudged.Interval = 10 * time.Second
	mux := http.NewServeMux()
	mux.HandleFunc("/v1/session", h.serveSession)
	if o.OIDC != nil {
		h.provider = newDiscovery(o.OIDC)
		mux.HandleFunc("/v1/signin/oidc", h.begin)
		mux.HandleFunc("/v1/signin/callback", h.finish)
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		(&problem{Status: http.StatusNotFound, Detail: "nothing is served here; see /openapi.yaml"}).write(w)
	})
	return secured(mux)
}

// secured gives every answer the headers of the dashboard, and lets none be stored: a back
// button must not show who was signed in.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		web.Secure(w.Header())
		w.Header().Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// allow answers other methods than those. It reports whether it did not.
func allow(w http.ResponseWriter, r *http.Request, methods ...string) bool {
	if slices.Contains(methods, r.Method) {
		return true
	}
	w.Header().Set("Allow", strings.Join(methods, ", "))
	(&problem{Status: http.StatusMethodNotAllowed, Detail: "use " + strings.Join(methods, ", ")}).write(w)
	return false
}
