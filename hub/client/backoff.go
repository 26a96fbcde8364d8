package client

import (
	"errors"
	"math/rand/v2"
	"time"
)

const (
	// firstDelay bounds the first wait after a drop. It is long because everyone lost
	// the connection at the same moment when a hub died (RFC 6455 §7.2.3).
	firstDelay = 5 * time.Second
	// maxDelay bounds every wait that the client chooses itself.
	maxDelay = 30 * time.Second
	// maxHint bounds what a hub may ask for, so that a wrong number does not strand a
	// client for days.
	maxHint = 10 * time.Minute
)

// backoff chooses how long to wait before the next connection: a random time between
// zero and a bound that doubles with every failure ("full jitter"). Clients that dropped
// together so spread out, instead of coming back in waves.
type backoff struct {
	failures int
}

// next returns the wait after a connection that ended with err.
func (b *backoff) next(err error) time.Duration {
	var bye *byeError
	if errors.As(err, &bye) && bye.reconnect > 0 {
		return min(bye.reconnect, maxHint) // drawn for this client: the hub has spread us already
	}
	var status *StatusError
	if errors.As(err, &status) && status.RetryAfter > 0 {
		return min(status.RetryAfter, maxHint) + b.draw() // the same for everyone: spread it
	}
	return b.draw()
}

func (b *backoff) draw() time.Duration {
	bound := maxDelay
	if b.failures < 3 { // else the shift is beyond maxDelay, and some day beyond int64
		bound = firstDelay << b.failures
	}
	b.failures++
	return rand.N(bound)
}

// reset is for when a connection has proven itself. One that breaks soon after it was
// made does not count: a hub that dies under the load of its clients must get more air
// each time.
func (b *backoff) reset() { b.failures = 0 }
