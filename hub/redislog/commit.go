package redislog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"battlehub/hub"
)

// A group is one run of the script, during which Redis does nothing else, and one message on
// the channel. The loop stops gathering at either bound; a single call is never split here.
const (
	maxGroupEvents = 512
	maxGroupBytes  = 1 << 20
)

// appendBudget is for how long a group is tried. A webhook has 2 s in all, and what Redis
// cannot take may still have to go to the spool.
const appendBudget = 1200 * time.Millisecond

// seenSlack is for how long an id is known after its entry was forgotten by age.
const seenSlack = time.Hour

// commitLoop gives groups of appends to Redis, one at a time, until Close. While one is on
// its way the next gathers: under load a script carries many events, and without it none
// waits.
func (l *Log) commitLoop() {
	for {
		select {
		case r := <-l.requests:
			for r != nil {
				var group []*request
				group, r = l.gather(r)
				l.commit(group)
			}
		case <-l.closing:
			return
		}
	}
}

// gather returns first and those that wait behind it, up to a group's bounds; and the one
// that must begin the next group, if it has been met.
func (l *Log) gather(first *request) (group []*request, next *request) {
	events, bytes := 0, 0
	for r := first; ; {
		group = append(group, r)
		events += len(r.events)
		for i := range r.events {
			bytes += len(r.events[i].Raw)
		}
		if events >= maxGroupEvents || bytes >= maxGroupBytes {
			return group, nil
		}
		select {
		case r = <-l.requests:
			if r.repair != first.repair {
				return group, r
			}
		default:
			return group, nil
		}
	}
}

// commit appends a group and answers the callers.
func (l *Log) commit(group []*request) {
	ctx, cancel := context.WithTimeout(context.Background(), appendBudget)
	defer cancel()
	for _, r := range group {
		l.acked.sending(r)
	}
	began := time.Now()
	told, err := l.appendGroup(ctx, group)
	l.metrics.committed(len(told), time.Since(began), err)
	for _, r := range group {
		if err == nil {
			r.appended, told = told[:len(r.events):len(r.events)], told[len(r.events):]
		}
		l.acked.sent(r)
		r.done <- err
	}
}

func (l *Log) appendGroup(ctx context.Context, group []*request) ([]hub.Appended, error) {
	if err := l.refusal(); err != nil {
		return nil, err
	}
	b := l.newBatch(group)
	defer b.release()
	var told []hub.Appended
	err := l.attempt(ctx, l.appends, func(c *redis.Client) (err error) {
		told, err = l.run(ctx, c, b)
		return err
	}, l.metrics.appendFailed)
	if err != nil {
		return nil, fmt.Errorf("appending to redis: %w", err)
	}
	return told, nil
}

// errTooFewReplicas says that the events are in the master's log, but that no replica has
// confirmed them in time.
var errTooFewReplicas = errors.New("no replica has confirmed the event")

// run is one attempt. The script and the wait for its replication go over one connection:
// WAIT speaks of the writes of its own (redis.io/docs, WAIT).
func (l *Log) run(ctx context.Context, c *redis.Client, b *batch) ([]hub.Appended, error) {
	pipe := c.Pipeline()
	script := appendScript.EvalSha(ctx, pipe, b.keys, b.args...)
	wait := l.opts.Durability.wait(ctx, pipe)
	_, err := pipe.Exec(ctx)
	if redis.HasErrorPrefix(err, "NOSCRIPT") {
		pipe = c.Pipeline()
		script = appendScript.Eval(ctx, pipe, b.keys, b.args...)
		wait = l.opts.Durability.wait(ctx, pipe)
		_, err = pipe.Exec(ctx)
	}
	if err != nil {
		return nil, err
	}
	told, err := script.Text()
	if err != nil {
		return nil, err
	}
	appended, err := appendedOf(told)
	if err != nil || wait == nil {
		return appended, err
	}
	if n, err := wait.Int(); err != nil || n < 1 {
		return nil, errTooFewReplicas
	}
	return appended, nil
}
