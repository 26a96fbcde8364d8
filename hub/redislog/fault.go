package redislog

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"battlehub/hub"
)

// A command of Redis can fail in three ways, and each asks for something else.
type fault string

const (
	faultNone      fault = ""
	faultAmbiguous fault = "ambiguous" // no answer: it may have been done or not
	faultPassing   fault = "passing"   // refused for now: a failover, a slot on the move, loading
	faultLasting   fault = "lasting"   // refused until somebody does something: memory full, no permission
)

// faultOf tells what an error of go-redis is.
func faultOf(err error) fault {
	var reply redis.Error
	switch {
	case err == nil || errors.Is(err, redis.Nil):
		return faultNone
	case errors.Is(err, errReplica), errors.Is(err, errTooFewReplicas):
		return faultPassing
	case !errors.As(err, &reply): // the network, a time-out, an exhausted pool
		return faultAmbiguous
	}
	if _, moved := redis.IsMovedError(err); moved {
		return faultPassing
	}
	if _, asked := redis.IsAskError(err); asked {
		return faultPassing
	}
	if redis.IsLoadingError(err) || redis.IsReadOnlyError(err) || redis.IsClusterDownError(err) ||
		redis.IsTryAgainError(err) || redis.IsMasterDownError(err) || redis.IsMaxClientsError(err) ||
		redis.IsNoReplicasError(err) || strings.HasPrefix(err.Error(), "BUSY ") {
		return faultPassing
	}
	return faultLasting
}

// Between the attempts of one operation.
const (
	firstPause = 20 * time.Millisecond
	mostPause  = 200 * time.Millisecond
)

// attempt calls do with the client of the key's master until it succeeds, fails for good, or
// ctx ends. What it did is safe to do again. On its way it tells failed of each failure.
func (l *Log) attempt(ctx context.Context, s *server, do func(*redis.Client) error, failed func(fault)) error {
	for pause := firstPause; ; pause = min(2*pause, mostPause) {
		c, err := s.master(ctx, l.keys.log)
		if err == nil {
			err = do(c)
		}
		kind := faultOf(err)
		if kind == faultNone {
			return err
		}
		failed(kind)
		s.relocate(ctx)
		if kind == faultLasting || !l.pause(ctx, pause) {
			return err
		}
	}
}

// pause waits, and reports false when there is no time left to try again.
func (l *Log) pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return ctx.Err() == nil
	case <-ctx.Done():
	case <-l.closing:
	}
	return false
}

// closedOr is hub.ErrClosed if that is why err came.
func (l *Log) closedOr(err error) error {
	select {
	case <-l.closing:
		return hub.ErrClosed
	default:
		return err
	}
}
