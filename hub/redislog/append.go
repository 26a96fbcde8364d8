package redislog

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"battlehub/hub"
)

// request is one call of Append, or of a repair, on its way through the commit loop.
type request struct {
	events   []hub.Event
	repair   bool // a repeat is another node's repair, not a webhook that came again
	appended []hub.Appended
	done     chan error // has room for the outcome: the caller may have left
}

// Append adds the events in order, see [hub.Log]. When it returns nil, they are as durable
// as the log's [Durability] says. It blocks until then, or until ctx ends; its own
// patience with Redis is appendBudget. A call of more than a group's worth of events is
// appended in several steps. Events that no log could keep give [hub.ErrInvalid] before
// anything happens.
func (l *Log) Append(ctx context.Context, events []hub.Event) ([]hub.Appended, error) {
	return l.append(ctx, events, false)
}

func (l *Log) append(ctx context.Context, events []hub.Event, repair bool) ([]hub.Appended, error) {
	if err := l.alive(ctx); err != nil {
		return nil, err
	}
	for i := range events {
		if err := events[i].Check(l.opts.App); err != nil {
			return nil, err
		}
	}
	var appended []hub.Appended
	for part := range parts(events) {
		told, err := l.enqueue(ctx, part, repair)
		if err != nil {
			return nil, err
		}
		appended = append(appended, told...)
	}
	return appended, nil
}

// enqueue gives some events to the commit loop and waits for their outcome.
func (l *Log) enqueue(ctx context.Context, events []hub.Event, repair bool) ([]hub.Appended, error) {
	// The caller may reuse its slice once ctx has ended, with the loop still reading.
	r := &request{events: slices.Clone(events), repair: repair, done: make(chan error, 1)}
	select {
	case l.requests <- r:
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-l.closing:
		return nil, hub.ErrClosed
	}
	select {
	case err := <-r.done:
		if err != nil {
			return nil, l.closedOr(err)
		}
		return r.appended, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// parts yields the events in pieces, each within a group's bounds unless one event alone
// is beyond them.
func parts(events []hub.Event) func(yield func([]hub.Event) bool) {
	return func(yield func([]hub.Event) bool) {
		from, bytes := 0, 0
		for i := range events {
			bytes += len(events[i].Raw)
			if i > from && (i-from == maxGroupEvents || bytes > maxGroupBytes) {
				if !yield(events[from:i]) {
					return
				}
				from, bytes = i, len(events[i].Raw)
			}
		}
		if from < len(events) {
			yield(events[from:])
		}
	}
}

// batch is a group as the script takes it. Its tags stay the same over all attempts: an
// event that is already there under its own tag is known to be ours.
type batch struct {
	keys  []string
	args  []any
	texts []byte // that args have parts of
}

// batches are those that Redis has answered: whoever got one gives it back then.
var batches = sync.Pool{New: func() any { return new(batch) }}

// release gives the batch back, without what it held but for room that is not large.
func (b *batch) release() {
	clear(b.keys)
	clear(b.args)
	b.keys, b.args, b.texts = b.keys[:0], b.args[:0], b.texts[:0]
	if cap(b.texts) <= maxGroupBytes {
		batches.Put(b)
	}
}

// newBatch encodes the events of a group.
func (l *Log) newBatch(group []*request) *batch {
	ttl := (l.opts.Retention + seenSlack).Milliseconds()
	repeats := hub.MaxRepeats
	if group[0].repair {
		repeats = 0
	}
	b := batches.Get().(*batch)
	b.keys = append(b.keys, l.keys.log, l.keys.meta)
	b.args = append(append(b.args, l.preamble()...), ttl, repeats)
	for _, r := range group {
		for i := range r.events {
			e := &r.events[i]
			digest := e.Digest()
			b.keys = append(b.keys, l.keys.seen+e.ID, l.keys.again+e.ID)
			from := len(b.texts)
			b.texts = e.AppendJSON(b.texts) // if it moves, what args have stays where it was
			b.args = append(b.args, hex8(hub.NewTag()), digest[:], b.texts[from:], []byte(e.Raw))
		}
	}
	return b
}

// preamble is what prelude.lua wants.
func (l *Log) preamble() []any {
	publish := "PUBLISH"
	if l.opts.Mode == Cluster {
		publish = "SPUBLISH" // PUBLISH would go to all nodes over the bus, and can be lost there (redis/redis#10862)
	}
	return []any{publish, l.keys.channel, hex8(hub.NewTag())}
}

// appendedOf reads what the script told of each event.
func appendedOf(told string) ([]hub.Appended, error) {
	appended := make([]hub.Appended, 0, 1+strings.Count(told, "\n"))
	for line := range strings.SplitSeq(told, "\n") {
		var words [3]string
		if !cutWords(line, words[:]) {
			return nil, fmt.Errorf("%w: told %.40q", errRecord, line)
		}
		position, err := cursor(words[0])
		if err != nil {
			return nil, err
		}
		at, err := strconv.ParseInt(words[1], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%w: told %.40q", errRecord, line)
		}
		appended = append(appended, hub.Appended{Position: position, Verdict: hub.Verdict(words[2]), Published: hub.UnixMilli(at)})
	}
	return appended, nil
}
