package hub_test

import (
	"fmt"
	"sync"
	"testing"

	"battlehub/hub"
)

// TestLaggardsShareThePages: in a burst, everybody lags, at a few places in the ring. Each
// must still get what it follows, all of it, once and in order, whoever else was served from
// the same page.
func TestLaggardsShareThePages(t *testing.T) {
	t.Parallel()
	n := startNode(t, hub.Options{})
	const sessions, events = 24, 1500
	var burst []hub.Event
	for i := range events {
		burst = append(burst, event(hub.KindCreated, fmt.Sprint("b", i), fmt.Sprint("room-", i%3), "pk-5"))
	}
	var readers sync.WaitGroup
	for i := range sessions {
		query, step := []string{}, 1
		if i%4 == 0 { // every fourth follows a third of it
			query, step = []string{"room", "room-0"}, 3
		}
		c := n.dial(query...)
		defer c.conn.CloseNow()
		c.wantGreeting()
		readers.Go(func() {
			for k := 0; k < events; k += step {
				if m, err := c.read(); err != nil || m.Battle.ID != fmt.Sprint("b", k) {
					t.Errorf("session %d: got %+v, %v; want battle b%d", i, m, err, k)
					return
				}
			}
		})
	}
	n.appendOnly(burst...)
	readers.Wait()
	if n.hub.Lags() == 0 {
		t.Error("nobody lagged; the burst is too small")
	}
}
