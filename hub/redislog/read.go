package redislog

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"

	"battlehub/hub"
)

// maxPage bounds the entries of one read, so that a reader that asks for everything fills
// neither its memory nor Redis' output buffer.
const maxPage = 256

// Read returns entries after from, see [hub.Log]: at most 256 at a time, which is also what
// a limit of zero or less stands for.
func (l *Log) Read(ctx context.Context, from hub.Position, limit int) ([]hub.Entry, error) {
	if err := l.alive(ctx); err != nil {
		return nil, err
	}
	records, err := l.after(ctx, from, limit)
	if err != nil {
		return nil, l.closedOr(err)
	}
	return entriesOf(records)
}

// after reads what follows from, and proves that it does. An empty stream is given its
// first entry, and looked at again.
func (l *Log) after(ctx context.Context, from hub.Position, limit int) (records []record, err error) {
	if limit <= 0 || limit > maxPage {
		limit = maxPage
	}
	for range 2 {
		records, err = l.readAfter(ctx, from, limit)
		if !errors.Is(err, errNoLog) {
			return records, err
		}
		if err := l.beat(ctx); err != nil {
			return nil, err
		}
	}
	return nil, err
}

// errNoLog says that there is no stream.
var errNoLog = errors.New("redis has no log")

// readAfter reads from's own entry along with what follows: only if it is still there,
// under its own tag, is the rest what follows it.
func (l *Log) readAfter(ctx context.Context, from hub.Position, limit int) ([]record, error) {
	if from.IsZero() {
		records, err := l.xrange(ctx, "-", limit)
		if err == nil && len(records) == 0 {
			err = errNoLog
		}
		return records, err
	}
	records, err := l.xrange(ctx, streamID(from), limit+1)
	if err != nil {
		return nil, err
	}
	if len(records) > 0 && records[0].position == from {
		return records[1:], nil
	}
	return l.readFirst(ctx, from, limit)
}

// readFirst tells why a position is not in the stream. It may have been the last to be
// trimmed, and then the first entry continues it.
func (l *Log) readFirst(ctx context.Context, from hub.Position, limit int) ([]record, error) {
	records, err := l.xrange(ctx, "-", limit)
	switch {
	case err != nil:
		return nil, err
	case len(records) == 0:
		return nil, errNoLog
	case records[0].follows(from):
		return records, nil
	case from.Compare(records[0].position) < 0:
		return nil, hub.BeforeFirst(records[0].prev)
	default:
		return nil, &hub.ResetError{Reason: hub.GapRewritten}
	}
}

// xrange reads from an id on, from the master: what a replica has may be old, and what
// pub/sub brought may be newer (R20).
func (l *Log) xrange(ctx context.Context, from string, limit int) (records []record, err error) {
	err = l.read(ctx, func(c *redis.Client) error {
		page, err := c.XRangeN(ctx, l.keys.log, from, "+", int64(limit)).Result()
		if err != nil {
			return err
		}
		records, err = recordsOf(page)
		return err
	})
	return records, err
}

// read tries to read for as long as a failover or a slot's move may take, as far as ctx
// allows.
func (l *Log) read(ctx context.Context, do func(*redis.Client) error) error {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	if err := l.attempt(ctx, l.reads, do, func(fault) {}); err != nil {
		return fmt.Errorf("reading from redis: %w", err)
	}
	return nil
}

// follows reports whether the record continues the history at p.
func (r *record) follows(p hub.Position) bool { return hub.Continues(p, r.position, r.prev) }
