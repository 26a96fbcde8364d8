package redislog

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"
)

// KeepTicket implements [hub.Tickets].
func (l *Log) KeepTicket(ctx context.Context, id string, grant []byte, ttl time.Duration) error {
	if err := l.alive(ctx); err != nil {
		return err
	}
	err := l.read(ctx, func(c *redis.Client) error { return c.Set(ctx, l.keys.ticket+id, grant, ttl).Err() })
	return l.closedOr(err)
}

// TakeTicket implements [hub.Tickets]. Redis gives a ticket to one asker only. When its
// answer is lost, the ticket is, too.
func (l *Log) TakeTicket(ctx context.Context, id string) (grant []byte, err error) {
	if err := l.alive(ctx); err != nil {
		return nil, err
	}
	err = l.read(ctx, func(c *redis.Client) (err error) {
		grant, err = c.GetDel(ctx, l.keys.ticket+id).Bytes()
		if errors.Is(err, redis.Nil) {
			return nil
		}
		return err
	})
	return grant, l.closedOr(err)
}
