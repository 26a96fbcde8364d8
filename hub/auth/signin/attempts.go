package signin

import (
	"net/http"
	"net/netip"

	"battlehub/hub"
)

// What one network may try: an office whose moderators all sign in at once is not held up,
// and guessing stays as hopeless as the keys make it, without load on the hub or on the
// provider.
const (
	attemptsBurst   = 30
	attemptsASecond = 1
)

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
	wait := h.attempts.Take(network(hub.ClientAddr(r, h.opts.TrustedProxies)))
	if wait == 0 {
		return nil
	}
	return &problem{Status: http.StatusTooManyRequests, Detail: "too many attempts to sign in from this address; wait a little",
		retry: wait, result: resultLimited}
}
