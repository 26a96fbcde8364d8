package hub_test

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	"battlehub/hub"
)

// TestEveryoneReconnectsAtOnce: all clients drop, all come back together, each with its
// cursor, while events go on; each gets exactly what it missed.
func TestEveryoneReconnectsAtOnce(t *testing.T) {
	t.Parallel()
	const clients, missed = 200, 50
	n := startNode(t, hub.Options{})
	cursor := n.append(event(hub.KindCreated, "first", "pk-3", "pk-5"))[0].Position.String()
	for i := range missed {
		n.append(event(hub.KindCreated, fmt.Sprint("b", i), "pk-3", "pk-5"))
	}
	var wg sync.WaitGroup
	var whole atomic.Int64
	for range clients {
		wg.Go(func() {
			c, _, err := n.tryDial(nil, "cursor", cursor, "room", "pk-5")
			if err != nil {
				t.Error(err)
				return
			}
			defer c.conn.CloseNow()
			for i := -1; i < missed; i++ {
				m, err := c.read()
				if err != nil || (i < 0 && !m.Resumed) || (i >= 0 && m.Battle.ID != fmt.Sprint("b", i)) {
					t.Errorf("frame %d: %+v, %v", i, m, err)
					return
				}
			}
			whole.Add(1)
		})
	}
	wg.Wait()
	if whole.Load() != clients {
		t.Errorf("%d of %d are whole", whole.Load(), clients)
	}
}

// TestStormIsAdmittedByRate: of a crowd, a hub with a rate lets in what it may and tells
// the others when to come back, before any upgrade.
func TestStormIsAdmittedByRate(t *testing.T) {
	t.Parallel()
	const clients, rate = 100, 1
	n := startNode(t, hub.Options{AcceptRate: rate})
	var wg sync.WaitGroup
	var in, later atomic.Int64
	for range clients {
		wg.Go(func() {
			_, resp, err := n.tryDial(nil)
			switch {
			case err == nil:
				in.Add(1)
			case resp != nil && resp.StatusCode == http.StatusServiceUnavailable && resp.Header.Get("Retry-After") != "":
				later.Add(1)
			default:
				t.Errorf("%v, %v", resp, err)
			}
		})
	}
	wg.Wait()
	if in.Load() < rate || in.Load()+later.Load() != clients || later.Load() == 0 {
		t.Errorf("%d let in, %d told to come back, of %d", in.Load(), later.Load(), clients)
	}
}
