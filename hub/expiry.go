package hub

import (
	"math/rand/v2"
	"time"
)

// mostSpread bounds by how much a session may outlive its grant, so that those that expire
// in the same second do not come back in the same second. It stays within the leeway in
// which a token is accepted anyway.
const mostSpread = 10 * time.Second

// setExpiryLocked lets the session end when its grant does, or a little later: by up to a
// tenth of the time that is left, so that short grants stay short.
func (s *session) setExpiryLocked() {
	if s.expiry != nil {
		s.expiry.Stop()
		s.expiry = nil
	}
	if s.grant.Expires.IsZero() || s.ended {
		return
	}
	left := max(0, time.Until(s.grant.Expires))
	spread := min(mostSpread, left/10)
	s.expiry = time.AfterFunc(left+rand.N(spread+1), func() { s.leave(CloseNoGrant, 0) })
}
