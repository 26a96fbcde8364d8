package webhook

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"battlehub/hub"
)

// A handler has room for maxRequests. When a log falls silent, waiting for it must not
// use up all of them before the first budget has ended, or webhooks that the disk could
// take are turned away. A log that is merely busy is not silent for so long.
const (
	crowded = maxRequests / 2
	silence = 20 * time.Millisecond
)

// Why the log does not get an event.
var (
	errCrowd = errors.New("the log has fallen silent and too many wait for it")
	errLate  = errors.New("the log has not answered in time")
)

// crowd watches those who wait for the log.
type crowd struct {
	mu      sync.Mutex
	waiting int
	heard   time.Time // when the log last took something, or the first began to wait
}

// enter joins those who wait, unless they are too many.
func (c *crowd) enter() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.waiting >= crowded && time.Since(c.heard) > silence {
		return errCrowd
	}
	if c.waiting == 0 {
		c.heard = time.Now()
	}
	c.waiting++
	return nil
}

func (c *crowd) leave(taken bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting--
	if taken {
		c.heard = time.Now()
	}
}

// appendDirectly asks the log, for as long as the budget allows.
func (s *Spool) appendDirectly(ctx context.Context, events []hub.Event) (appended []hub.Appended, err error) {
	if err := s.crowd.enter(); err != nil {
		return nil, err
	}
	defer func() { s.crowd.leave(err == nil) }()
	ctx, cancel := context.WithTimeoutCause(ctx, s.budget, errLate)
	defer cancel()
	appended, err = s.log.Append(ctx, events)
	if err != nil && context.Cause(ctx) == errLate {
		return nil, fmt.Errorf("%w: %v: %w", errLate, s.budget, err)
	}
	return appended, err
}
