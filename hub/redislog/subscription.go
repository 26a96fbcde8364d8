package redislog

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// subscription is one connection on the channel, from its confirmation to its first
// trouble. It is never mended: go-redis would subscribe again in silence, and after a
// time-out go on in the middle of a message. A new one is made, and what it missed is read.
type subscription struct {
	pubsub   *redis.PubSub
	messages chan message
	overflow atomic.Bool // a message was dropped: the tail did not keep up, or it made no sense
	heard    atomic.Int64
	failed   chan struct{} // closed when err is set
	err      error
	loop     sync.WaitGroup
}

// queued bounds what waits for the tail. What does not fit is read from the stream: a
// reader that waits instead would be cut off by Redis, which buffers 8 MB for it at length.
const queued = 1024

// Why a subscription ended; its text is a metric label.
var (
	errSilent      = errors.New("silent")      // nothing was heard, not even a beat
	errMissed      = errors.New("missed")      // an entry was in the stream that the channel did not bring
	errUnconfirmed = errors.New("unconfirmed") // Redis did not confirm it in time
	errMovedAway   = errors.New("moved")       // Redis ended it: the slot is another server's now
)

// subscribe returns a subscription that Redis has confirmed: what is published from now on
// will be heard, or the subscription fails.
func (l *Log) subscribe(ctx context.Context) (*subscription, error) {
	c, err := l.subs.master(ctx, l.keys.channel)
	if err != nil {
		return nil, fmt.Errorf("finding the master: %w", err)
	}
	s := &subscription{messages: make(chan message, queued), failed: make(chan struct{})}
	if l.opts.Mode == Cluster {
		s.pubsub = c.SSubscribe(ctx, l.keys.channel)
	} else {
		s.pubsub = c.Subscribe(ctx, l.keys.channel)
	}
	confirmed := make(chan struct{})
	s.loop.Go(func() { s.receiveLoop(context.WithoutCancel(ctx), confirmed) })
	late := time.NewTimer(readTimeout)
	defer late.Stop()
	select {
	case <-confirmed:
		return s, nil
	case <-s.failed:
		err = s.err
	case <-late.C:
		err = errUnconfirmed
	case <-ctx.Done():
		err = ctx.Err()
	case <-l.closing:
		err = errUnconfirmed
	}
	l.subs.relocate(ctx)
	s.close()
	return nil, err
}

// receiveLoop reads the connection as fast as it can, until its first trouble.
func (s *subscription) receiveLoop(ctx context.Context, confirmed chan<- struct{}) {
	for first := true; ; first = false {
		got, err := s.pubsub.Receive(ctx)
		if err == nil {
			err = s.take(got, first)
		}
		if err != nil {
			s.err = err
			close(s.failed)
			return
		}
		if first {
			close(confirmed)
		}
	}
}

// take handles what came. Only the first may be a confirmation: a further one would mean
// that go-redis has connected again.
func (s *subscription) take(got any, first bool) error {
	s.heard.Store(time.Now().UnixNano())
	switch got := got.(type) {
	case *redis.Subscription:
		if !first || (got.Kind != "subscribe" && got.Kind != "ssubscribe") {
			return errMovedAway
		}
	case *redis.Message:
		m, err := parseMessage(got.Payload)
		if err != nil { // not ours; whatever it meant, the stream knows
			s.overflow.Store(true)
		}
		select {
		case s.messages <- m:
		default:
			s.overflow.Store(true)
		}
	}
	return nil
}

// waiting returns first and what waits behind it, as much as is well applied at once.
func (s *subscription) waiting(first message) []message {
	messages := []message{first}
	for len(messages) < maxPage {
		select {
		case m := <-s.messages:
			messages = append(messages, m)
		default:
			return messages
		}
	}
	return messages
}

// silence is for how long nothing has been heard.
func (s *subscription) silence() time.Duration {
	return time.Since(time.Unix(0, s.heard.Load()))
}

func (s *subscription) close() {
	_ = s.pubsub.Close() // its connection is of no more use
	s.loop.Wait()
}
