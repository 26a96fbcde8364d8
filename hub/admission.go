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
	refusedPerUser  refusalReason = "max_per_user"
	refusedReads    refusalReason = "max_reads"
	refusedRate     refusalReason = "accept_rate"
	refusedDraining refusalReason = "draining"
	refusedNotReady refusalReason = "not_ready"
	refusedOrigin   refusalReason = "origin"
	refusedGrant    refusalReason = "grant"
	refusedRequest  refusalReason = "bad_request"
)

var refusalReasons = []refusalReason{refusedSessions, refusedPerIP, refusedPerUser, refusedReads, refusedRate, refusedDraining,
	refusedNotReady, refusedOrigin, refusedGrant, refusedRequest}

// admission bounds the sessions of a node, before anything is spent on them.
type admission struct {
	maxSessions int // 0: no bound
	maxPerIP    int // 0: no bound
	maxPerUser  int // 0: no bound
	rate        *rate.Limiter

	places   sync.WaitGroup // that were taken and not left
	mu       sync.Mutex
	sessions int
	perIP    map[netip.Addr]int
	perUser  map[account]int
	draining bool
}

func newAdmission(o *Options) *admission {
	a := &admission{maxSessions: o.MaxSessions, maxPerIP: o.MaxPerIP, maxPerUser: o.MaxPerUser,
		perIP: map[netip.Addr]int{}, perUser: map[account]int{}}
	if o.AcceptRate > 0 {
		a.rate = rate.NewLimiter(rate.Limit(o.AcceptRate), max(1, int(o.AcceptRate)))
	}
	return a
}

// place is one session's part of what the node has room for. Whoever has one must leave it
// once.
type place struct {
	of   *admission
	addr netip.Addr
	user account // zero until the credential was checked, or nobody says
}

// enter takes a place for a client at addr, or says why there is none.
func (a *admission) enter(addr netip.Addr) (*place, *problem) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case a.draining:
		return nil, unavailable(refusedDraining, "this node is shutting down")
	case a.maxSessions > 0 && a.sessions >= a.maxSessions:
		return nil, unavailable(refusedSessions, "this node has as many sessions as it may (--max-sessions)")
	case a.maxPerIP > 0 && a.perIP[addr] >= a.maxPerIP:
		return nil, tooMany(refusedPerIP, fmt.Sprintf("at most %d sessions from one address (--max-per-ip)", a.maxPerIP))
	case a.rate != nil && !a.rate.Allow():
		return nil, unavailable(refusedRate, "too many sessions are being opened (--accept-rate)")
	}
	a.places.Add(1)
	a.sessions++
	a.perIP[addr]++
	return &place{of: a, addr: addr}, nil
}

// claim takes the place for a user, now known, or says why not.
func (p *place) claim(user account) *problem {
	a := p.of
	a.mu.Lock()
	defer a.mu.Unlock()
	if user.user == "" {
		return nil
	}
	if a.maxPerUser > 0 && a.perUser[user] >= a.maxPerUser {
		return tooMany(refusedPerUser, fmt.Sprintf("at most %d sessions of one user on a node (--max-per-user)", a.maxPerUser))
	}
	p.user = user
	a.perUser[user]++
	return nil
}

func (p *place) leave() {
	a := p.of
	defer a.places.Done()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sessions--
	uncount(a.perIP, p.addr)
	if p.user != (account{}) {
		uncount(a.perUser, p.user)
	}
}

// uncount counts one less, and forgets what counts none.
func uncount[K comparable](counts map[K]int, key K) {
	if counts[key]--; counts[key] == 0 {
		delete(counts, key)
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

func tooMany(reason refusalReason, detail string) *problem {
	return &problem{status: http.StatusTooManyRequests, retry: comeBack(), reason: reason, detail: detail}
}
