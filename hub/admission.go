package hub

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// refusalReason says why a session was not admitted. Its text is a metric label.
type refusalReason string

const (
	refusedSessions refusalReason = "max_sessions"
	refusedPerIP    refusalReason = "max_per_ip"
	refusedRate     refusalReason = "accept_rate"
	refusedDraining refusalReason = "draining"
	refusedNotReady refusalReason = "not_ready"
	refusedOrigin   refusalReason = "origin"
	refusedGrant    refusalReason = "grant"
	refusedRequest  refusalReason = "bad_request"
)

var refusalReasons = []refusalReason{refusedSessions, refusedPerIP, refusedRate, refusedDraining,
	refusedNotReady, refusedOrigin, refusedGrant, refusedRequest}

// admission bounds the sessions of a node, before anything is spent on them.
type admission struct {
	maxSessions int // 0: no bound
	maxPerIP    int // 0: no bound
	rate        *rate.Limiter

	places   sync.WaitGroup // that were taken and not left
	mu       sync.Mutex
	sessions int
	perIP    map[netip.Addr]int
	draining bool
}

func newAdmission(o *Options) *admission {
	a := &admission{maxSessions: o.MaxSessions, maxPerIP: o.MaxPerIP, perIP: map[netip.Addr]int{}}
	if o.AcceptRate > 0 {
		a.rate = rate.NewLimiter(rate.Limit(o.AcceptRate), max(1, int(o.AcceptRate)))
	}
	return a
}

// enter takes a place for a client at addr, or says why there is none. Whoever enters
// must leave once, by the function returned.
func (a *admission) enter(addr netip.Addr) (release func(), refusal *problem) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case a.draining:
		return nil, unavailable(refusedDraining, "this node is shutting down")
	case a.maxSessions > 0 && a.sessions >= a.maxSessions:
		return nil, unavailable(refusedSessions, "this node has as many sessions as it may (--max-sessions)")
	case a.maxPerIP > 0 && a.perIP[addr] >= a.maxPerIP:
		return nil, &problem{status: http.StatusTooManyRequests, retry: comeBack(), reason: refusedPerIP,
			detail: fmt.Sprintf("at most %d sessions from one address (--max-per-ip)", a.maxPerIP)}
	case a.rate != nil && !a.rate.Allow():
		return nil, unavailable(refusedRate, "too many sessions are being opened (--accept-rate)")
	}
	a.places.Add(1)
	a.sessions++
	a.perIP[addr]++
	return func() { a.leave(addr) }, nil
}

func (a *admission) leave(addr netip.Addr) {
	defer a.places.Done()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sessions--
	if a.perIP[addr]--; a.perIP[addr] == 0 {
		delete(a.perIP, addr)
	}
}

// drain lets nobody in from now on.
func (a *admission) drain() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.draining = true
}

// comeBack spreads the return of the refused, so that they do not come back together.
func comeBack() time.Duration { return time.Second + rand.N(4*time.Second) }

func unavailable(reason refusalReason, detail string) *problem {
	return &problem{status: http.StatusServiceUnavailable, retry: comeBack(), reason: reason, detail: detail}
}
