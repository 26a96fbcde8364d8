package hub_test

import (
	"context"
	"sync"
	"testing"

	"battlehub/hub"
	"battlehub/hub/memlog"
)

// rewrittenLog is a log whose history can be replaced by another, as happens when Redis
// promotes a replica that lags. Until then, and from then on, it is an embedded log.
type rewrittenLog struct {
	mu       sync.Mutex
	now      *memlog.Log
	replaced context.Context // ends when the history is replaced
	replace  context.CancelFunc
}

func newRewrittenLog(t *testing.T) *rewrittenLog {
	l := &rewrittenLog{}
	l.rewrite(t)
	return l
}

// rewrite replaces the history by an empty one.
func (l *rewrittenLog) rewrite(t *testing.T) {
	t.Helper()
	fresh, err := memlog.Open(memlog.Options{App: testApp})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { fresh.Close() })
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.replace != nil {
		l.replace()
	}
	l.now = fresh
	l.replaced, l.replace = context.WithCancel(context.Background())
}

func (l *rewrittenLog) current() (*memlog.Log, context.Context) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.now, l.replaced
}

func (l *rewrittenLog) Append(ctx context.Context, events []hub.Event) ([]hub.Appended, error) {
	now, _ := l.current()
	return now.Append(ctx, events)
}

func (l *rewrittenLog) Read(ctx context.Context, from hub.Position, limit int) ([]hub.Entry, error) {
	now, _ := l.current()
	return now.Read(ctx, from, limit)
}

func (l *rewrittenLog) Find(ctx context.Context, ids []string) ([]hub.Found, error) {
	now, _ := l.current()
	return now.Find(ctx, ids)
}

func (l *rewrittenLog) Tail(ctx context.Context, from hub.Position, h hub.Handler) error {
	now, replaced := l.current()
	tail, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(replaced, cancel)()
	err := now.Tail(tail, from, h)
	if ctx.Err() == nil && replaced.Err() != nil {
		return &hub.ResetError{Reason: hub.GapRewritten}
	}
	return err
}

// TestRewrittenHistory: sessions keep their sockets when the log's history is replaced;
// each is told, gets the new board, and goes on.
func TestRewrittenHistory(t *testing.T) {
	t.Parallel()
	log := newRewrittenLog(t)
	n := startNodeOver(t, hub.Options{}, map[hub.App]hub.Log{testApp: log})
	moderator, owner := n.dial(), n.dial("room", "pk-5")
	moderator.wantGreeting()
	owner.wantGreeting()
	cursor := n.append(event(hub.KindCreated, "lost", "pk-3", "pk-5"))[0].Position.String()
	moderator.wantEvent(hub.KindCreated, "lost")
	owner.wantEvent(hub.KindCreated, "lost")

	for round := range 3 {
		log.rewrite(t)
		for _, c := range []*client{moderator, owner} {
			if m := c.want(hub.FrameGap); m.Reason != string(hub.GapRewritten) {
				t.Errorf("round %d: gap %+v", round, m)
			}
			if battles, _ := c.wantBoard(); len(battles) != 0 {
				t.Errorf("round %d: the lost battle is still there: %+v", round, battles)
			}
		}
		n.append(event(hub.KindCreated, "kept", "pk-3", "pk-5"))
		moderator.wantEvent(hub.KindCreated, "kept")
		owner.wantEvent(hub.KindCreated, "kept")
	}
	// A cursor of the old history is of an epoch before all that the log knows.
	c := n.dial("cursor", cursor)
	if hello := c.want(hub.FrameHello); hello.Resumed {
		t.Errorf("hello %+v", hello)
	}
	c.want(hub.FrameGap)
	if battles, _ := c.wantBoard(); len(battles) == 0 { // a shared snapshot, a moment old
		c.wantEvent(hub.KindCreated, "kept")
	}
}
