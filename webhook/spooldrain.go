package webhook

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"battlehub/hub"
)

// A batch is one append to the log; it ends at either bound. When the log fails, batches
// get smaller: one that is too much for a slow log must not be tried for ever. They grow
// again after a few that succeed.
const (
	maxBatchEvents = 256
	maxBatchBytes  = 1 << 20
	growAfter      = 4
)

// drainTimeout is how long the log may take for a batch. Nobody waits for it.
const drainTimeout = 3 * time.Second

// Between two attempts of a batch.
const (
	minDrainPause = 50 * time.Millisecond
	maxDrainPause = time.Second
)

// drain moves the backlog to the log.
type drain struct {
	*Spool
	after    uint64 // number of the last record that is settled
	limit    int    // events of the next batch
	settled  int    // batches since the limit changed
	failures int    // of the log, in a row
}

// drain runs until ctx ends, or the file cannot be read any more.
func (s *Spool) drain(ctx context.Context) {
	d := &drain{Spool: s, after: s.file.settled, limit: maxBatchEvents}
	for ctx.Err() == nil {
		batch, newest, err := d.file.read(d.after, d.limit, maxBatchBytes)
		switch {
		case err != nil:
			d.giveUp(err)
			return
		case len(batch) == 0 && newest > d.after:
			d.missing(newest + 1)
			d.forget()
		case len(batch) == 0:
			d.idle(ctx)
		default:
			d.move(ctx, batch)
		}
	}
}

// idle waits until something was written.
func (d *drain) idle(ctx context.Context) {
	select {
	case <-d.wake:
	case <-ctx.Done():
	}
}

// move appends the batch to the log and settles it, or pauses.
func (d *drain) move(ctx context.Context, batch []spooled) {
	d.backlog.reached(batch[0].at)
	events := intact(batch)
	err := d.push(ctx, events)
	switch {
	case err == nil:
		d.failures = 0
		d.settle(batch)
	case errors.Is(err, hub.ErrInvalid) && len(events) == 1:
		d.count.invalid.Inc()
		d.logger.Error("a spooled webhook is dropped: the log will never take it",
			"battle", events[0].Battle, "kind", events[0].Kind, "err", err)
		d.settle(batch)
	case errors.Is(err, hub.ErrInvalid):
		d.shrink(batch) // closes in on the one
	default:
		d.shrink(batch)
		d.pause(ctx)
	}
}

// shrink makes the next batch half as large.
func (d *drain) shrink(batch []spooled) { d.limit, d.settled = (len(batch)+1)/2, 0 }

// grow makes batches larger again.
func (d *drain) grow() {
	if d.settled++; d.settled == growAfter {
		d.limit, d.settled = min(2*d.limit, maxBatchEvents), 0
	}
}

// intact returns the events that can be read.
func intact(batch []spooled) (events []hub.Event) {
	for i := range batch {
		if batch[i].err == nil {
			events = append(events, batch[i].event)
		}
	}
	return events
}

// push appends the events to the log.
func (d *drain) push(ctx context.Context, events []hub.Event) error {
	if len(events) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, drainTimeout)
	defer cancel()
	appended, err := d.log.Append(ctx, events)
	if err != nil {
		return err
	}
	d.count.drained.Add(float64(len(events)))
	for i, a := range appended {
		if a.Verdict == hub.Conflict {
			d.count.conflicts.Inc()
			d.logger.Warn("webhook conflicts with an earlier one of the same battle, which stands",
				"kind", events[i].Kind, "battle", events[i].Battle, "cursor", a.Position)
		}
	}
	return nil
}

// settle takes a batch out of the backlog, then out of the file. In this order, a disk
// that fails now does not hold up a log that works; at worst the batch is appended once
// more after a restart.
func (d *drain) settle(batch []spooled) {
	d.grow()
	var l load
	for _, r := range batch {
		d.missing(r.number)
		d.after = r.number
		l.events++
		l.bytes += r.size
		if r.err != nil {
			d.count.damaged.Inc()
			d.logger.Error("a spooled webhook is lost: its record on disk is damaged", "record", r.number, "err", r.err)
		}
	}
	d.release(l)
	d.forget()
}

func (d *drain) forget() {
	if err := d.file.forget(d.after); err != nil {
		d.logger.Error("cannot delete from the spool what is in the log", "err", err)
	}
}

// missing settles the records that should stand before one and do not.
func (d *drain) missing(before uint64) {
	n := before - 1 - d.after
	if n == 0 {
		return
	}
	d.count.damaged.Add(float64(n))
	d.logger.Error("spooled webhooks are lost: their records on disk are missing", "from", d.after+1, "to", before-1)
	d.after = before - 1
	d.release(load{events: int64(n)})
}

// pause waits longer after each failure, by chance a bit less: nodes that lost the same
// log must not come back to it all at once.
func (d *drain) pause(ctx context.Context) {
	pause := min(minDrainPause<<min(d.failures, 16), maxDrainPause)
	d.failures++
	timer := time.NewTimer(pause/2 + rand.N(pause/2))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// giveUp ends spooling: webhooks go to the log, or are refused.
func (d *drain) giveUp(err error) {
	lost := d.backlog.lose(err)
	d.count.damaged.Add(float64(lost.events))
	d.logger.Error("the spool has failed: from now on webhooks that the log does not take are refused, and those in it are lost to the log",
		"events", lost.events, "err", err)
}
