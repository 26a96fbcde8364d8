package redislog

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"battlehub/hub"
)

// How a tail keeps in touch.
const (
	// readEvery is how often the stream is read in any case, up to twice as long: the most
	// that an entry is delayed which the channel did not bring.
	readEvery = time.Second
	// deafAfter is how long nothing may be heard. Somebody beats every second or so.
	deafAfter = 3 * time.Second
	deafCheck = deafAfter / 6
	// Between two subscriptions, so that the nodes do not come back in step.
	firstRestart = 100 * time.Millisecond
	mostRestart  = 2 * time.Second
)

// tail is one call of Tail.
type tail struct {
	log     *Log
	handler hub.Handler
	follow  follower
	recent  recent

	heard     bool   // what the handler was told last
	complaint string // what the operator was told last; empty if all is well
}

// Tail hands h every entry after from, then follows the log, see [hub.Log]. While Redis is
// out of reach or the channel is silent, it tells h that the log is not heard, and goes on
// when it is back. It returns a *[hub.ResetError] once what Redis has is not what h was
// given, and by then Redis has been given back what it lost of it.
func (l *Log) Tail(ctx context.Context, from hub.Position, h hub.Handler) error {
	if err := l.alive(ctx); err != nil {
		return err
	}
	t := &tail{log: l, handler: h, follow: follower{at: from}, recent: newRecent(l.opts.Recent)}
	l.acked.watch(1)
	defer l.acked.watch(-1)
	err := t.run(ctx)
	t.tell(false)
	return err
}

// run goes through one subscription after the other until ctx ends, the log is closed, or
// history was rewritten.
func (t *tail) run(ctx context.Context) error {
	restart := firstRestart
	for {
		began := time.Now()
		err := t.listen(ctx)
		if err := t.log.alive(ctx); err != nil {
			return err
		}
		if reset, ok := errors.AsType[*hub.ResetError](err); ok {
			return t.reset(ctx, reset)
		}
		t.tell(false)
		t.log.metrics.lostSubscription(err)
		t.complain(err)
		if time.Since(began) > mostRestart {
			restart = firstRestart
		}
		t.log.pause(ctx, rand.N(restart))
		restart = min(2*restart, mostRestart)
	}
}

// complain tells the operator why the log is not heard, once for each reason.
func (t *tail) complain(err error) {
	if t.complaint != err.Error() {
		t.complaint = err.Error()
		t.log.log.Warn("the log is not heard; trying again", "err", err)
	}
}

// listen serves one subscription: subscribe, confirm, and only then read what was missed,
// so that nothing falls in between (R18). If the channel cannot be had, what the stream
// has is still read.
func (t *tail) listen(ctx context.Context) error {
	s, err := t.log.subscribe(ctx)
	if err != nil {
		if reset, ok := errors.AsType[*hub.ResetError](t.catchUp(ctx)); ok {
			return reset
		}
		return err
	}
	defer s.close()
	if err := t.catchUp(ctx); err != nil {
		return err
	}
	t.tell(true)
	tick, deaf := time.NewTimer(t.untilRead()), time.NewTicker(deafCheck)
	defer tick.Stop()
	defer deaf.Stop()
	for {
		select {
		case m := <-s.messages:
			if err := t.hear(ctx, s, m); err != nil {
				return err
			}
		case <-tick.C:
			if err := t.check(ctx); err != nil {
				return err
			}
			tick.Reset(t.untilRead())
		case <-deaf.C:
			if s.silence() > deafAfter {
				return errSilent
			}
		case <-s.failed:
			return s.err
		case <-ctx.Done():
			return ctx.Err()
		case <-t.log.closing:
			return hub.ErrClosed
		}
	}
}

func (t *tail) untilRead() time.Duration { return readEvery + rand.N(readEvery) }

// hear applies a message and those that wait behind it.
func (t *tail) hear(ctx context.Context, s *subscription, first message) error {
	t.log.heard.Store(time.Now().UnixNano())
	var fresh []record
	well := true
	for _, m := range s.waiting(first) {
		records, ok := t.follow.hear(m)
		well = well && ok
		if len(fresh) == 0 {
			fresh = records // nearly always all there is
		} else {
			fresh = append(fresh, records...)
		}
		t.log.metrics.told(m.beat)
	}
	if err := t.apply(fresh); err != nil {
		return err
	}
	if well && !s.overflow.Swap(false) {
		return nil
	}
	return t.catchUp(ctx)
}

// check is the safe path: it does not trust the channel.
func (t *tail) check(ctx context.Context) error {
	if t.follow.missed() {
		t.log.metrics.missed.Inc()
		return errMissed
	}
	if err := t.appendLost(ctx); err != nil {
		return err
	}
	if err := t.catchUp(ctx); err != nil {
		return err
	}
	return t.refill(ctx)
}

// catchUp reads what the stream has and applies it.
func (t *tail) catchUp(ctx context.Context) error {
	for {
		records, err := t.log.after(ctx, t.follow.at, maxPage)
		if err != nil {
			return err
		}
		t.follow.read(records)
		if err := t.apply(records); err != nil {
			return err
		}
		if len(records) < maxPage { // else it might never catch up with a busy log
			return nil
		}
	}
}

// apply hands records to the handler and remembers them.
func (t *tail) apply(records []record) error {
	if len(records) == 0 {
		return nil
	}
	entries, err := entriesOf(records)
	if err != nil {
		return err
	}
	t.handler.Apply(entries)
	t.log.metrics.reached(entries[len(entries)-1].Position)
	t.recent.add(records)
	t.log.metrics.recent.Store(int64(len(t.recent.records)))
	t.log.acked.seen(entries)
	return nil
}

// tell tells the handler whether the log is heard, once for each change.
func (t *tail) tell(heard bool) {
	if t.heard != heard {
		t.heard = heard
		t.handler.Live(heard)
		if heard && t.complaint != "" {
			t.complaint = ""
			t.log.log.Info("the log is heard again")
		}
	}
}
