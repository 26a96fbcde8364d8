package hub

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// throttledKeys bounds what a Throttle remembers, twice: whoever comes under more names
// than that could go on as long with new ones.
const throttledKeys = 4096

// Throttle bounds how often something is done under each of many names, such as addresses
// or users. Those seen lately are kept in two generations, so that forgetting costs no
// search. Its methods are safe for concurrent use.
type Throttle[K comparable] struct {
	perSecond rate.Limit
	burst     int

	mu         sync.Mutex
	young, old map[K]*rate.Limiter
}

// NewThrottle makes a Throttle that lets each name do something perSecond, and burst times
// at once.
func NewThrottle[K comparable](perSecond float64, burst int) *Throttle[K] {
	return &Throttle[K]{perSecond: rate.Limit(perSecond), burst: burst, young: map[K]*rate.Limiter{}}
}

// Take counts one time. If there were too many, it counts nothing and returns how long to
// wait. It does not block.
func (t *Throttle[K]) Take(name K) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	reservation := t.limiter(name).Reserve()
	wait := reservation.Delay()
	if wait > 0 {
		reservation.Cancel()
	}
	return wait
}

// limiter returns that of the name. The caller holds mu.
func (t *Throttle[K]) limiter(name K) *rate.Limiter {
	if l := t.young[name]; l != nil {
		return l
	}
	l := t.old[name]
	if l == nil {
		l = rate.NewLimiter(t.perSecond, t.burst)
	}
	if len(t.young) == throttledKeys {
		t.young, t.old = map[K]*rate.Limiter{}, t.young
	}
	t.young[name] = l
	return l
}
