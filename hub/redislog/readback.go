package redislog

import (
	"context"
	"errors"

	"github.com/redis/go-redis/v9"

	"battlehub/hub"
)

// ReadBack returns entries before p, newest first, see [hub.Backwards]: at most 256 at a
// time, which is also what a limit of zero or less stands for.
func (l *Log) ReadBack(ctx context.Context, p hub.Position, limit int) ([]hub.Entry, error) {
	if err := l.alive(ctx); err != nil {
		return nil, err
	}
	if limit <= 0 || limit > maxPage {
		limit = maxPage
	}
	records, err := l.before(ctx, p, limit)
	if errors.Is(err, errNoLog) {
		return nil, nil
	}
	if err != nil {
		return nil, l.closedOr(err)
	}
	return entriesOf(records)
}

// before reads p's own entry along with what stands before it: only if it is still there,
// under its own tag, is the rest what it continues.
func (l *Log) before(ctx context.Context, p hub.Position, limit int) ([]record, error) {
	if p.IsZero() {
		return l.xrevrange(ctx, "+", limit)
	}
	records, err := l.xrevrange(ctx, streamID(p), limit+1)
	if err != nil {
		return nil, err
	}
	if len(records) > 0 && records[0].position == p {
		return records[1:], nil
	}
	_, err = l.readFirst(ctx, p, 1) // why it is not there; if it was just trimmed, so was all before it
	return nil, err
}

// xrevrange reads from an id back, from the master.
func (l *Log) xrevrange(ctx context.Context, from string, limit int) (records []record, err error) {
	err = l.read(ctx, func(c *redis.Client) error {
		page, err := c.XRevRangeN(ctx, l.keys.log, from, "-", int64(limit)).Result()
		if err != nil {
			return err
		}
		records, err = recordsOf(page)
		return err
	})
	return records, err
}
