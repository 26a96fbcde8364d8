package memlog

import (
	"context"
	"time"
)

// ticket is what one stands for. Tickets are in memory only: they outlive no restart, and
// need not.
type ticket struct {
	grant   []byte
	expires time.Time
}

// KeepTicket implements [hub.Tickets].
func (l *Log) KeepTicket(ctx context.Context, id string, grant []byte, ttl time.Duration) error {
	if err := l.alive(ctx); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	for id, t := range l.tickets { // there are few: each is there for a moment
		if now.After(t.expires) {
			delete(l.tickets, id)
		}
	}
	if l.tickets == nil {
		l.tickets = map[string]ticket{}
	}
	l.tickets[id] = ticket{grant, now.Add(ttl)}
	return nil
}

// TakeTicket implements [hub.Tickets].
func (l *Log) TakeTicket(ctx context.Context, id string) ([]byte, error) {
	if err := l.alive(ctx); err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	t, ok := l.tickets[id]
	delete(l.tickets, id)
	if !ok || time.Now().After(t.expires) {
		return nil, nil
	}
	return t.grant, nil
}
