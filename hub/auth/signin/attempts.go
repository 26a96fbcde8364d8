package signin

import (
	"net/http"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"battlehub/hub"
)

// What one address may try: an office whose moderators all sign in at once is not held up,
// and guessing stays as hopeless as the keys make it, without load on the hub or on the
// provider.
const (
	attemptsBurst   = 30
	attemptsASecond = 1
)

// maxAddrs bounds the addresses remembered, twice: whoever has more of them than that could
// go on as long with new ones.
const maxAddrs = 4096

// attempts bounds how often an address tries to sign in. The addresses seen lately are kept
// in two generations, so that forgetting costs no search.
type attempts struct {
	mu         sync.Mutex
	young, old map[netip.Prefix]*rate.Limiter
}

func newAttempts() *attempts { return &attempts{young: map[netip.Prefix]*rate.Limiter{}} }

// take counts an attempt. If there were too many, it returns how long to wait.
func (a *attempts) take(addr netip.Addr) time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	reservation := a.limiter(network(addr)).Reserve()
	wait := reservation.Delay()
	if wait > 0 {
		reservation.Cancel()
	}
	return wait
}

// limiter returns that of the network. The caller holds mu.
func (a *attempts) limiter(n netip.Prefix) *rate.Limiter {
	if l := a.young[n]; l != nil {
		return l
	}
	l := a.old[n]
	if l == nil {
		l = rate.NewLimiter(attemptsASecond, attemptsBurst)
	}
	if len(a.young) == maxAddrs {
		a.young, a.old = map[netip.Prefix]*rate.Limiter{}, a.young
	}
	a.young[n] = l
	return l
}

// network is who an address counts as: of IPv6, a subscriber has a /64 at least (RFC 6177).
func network(addr netip.Addr) netip.Prefix {
	bits := addr.BitLen()
	if addr.Is6() {
		bits = 64
	}
	n, _ := addr.Prefix(bits) // of no address, the zero prefix, which is then shared
	return n
}

// limit refuses a request of somebody who tried too often.
func (h *handler) limit(r *http.Request) *problem {
	wait := h.attempts.take(hub.ClientAddr(r, h.opts.TrustedProxies))
	if wait == 0 {
		return nil
	}
	return &problem{Status: http.StatusTooManyRequests, Detail: "too many attempts to sign in from this address; wait a little",
		retry: wait, result: resultLimited}
}
