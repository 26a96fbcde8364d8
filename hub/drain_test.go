package hub_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"battlehub/hub"
)

// TestDrain: every session is told when to come back, spread over the window, and closed
// with 1012; nobody is let in any more; one that does not answer holds nothing up.
func TestDrain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := startPipeNode(t, hub.Options{})
		defer n.stop()
		const sessions = 300
		type ending struct {
			back int
			err  error
		}
		endings := make(chan ending, sessions)
		for range sessions {
			c := n.dial()
			c.wantGreeting()
			go func() {
				defer c.conn.CloseNow()
				bye, err := c.read()
				if err == nil && bye.Type == hub.FrameBye && bye.Reason == "draining" && bye.ReconnectMS != nil {
					_, err = c.read()
				}
				endings <- ending{*bye.ReconnectMS, err}
			}()
		}
		mute := n.dial() // reads nothing any more
		defer mute.conn.CloseNow()
		mute.wantGreeting()

		const window = 30 * time.Second
		start := time.Now()
		ctx, cancel := context.WithTimeout(context.Background(), window+10*time.Second)
		defer cancel()
		n.hub.Drain(ctx, window)
		if took := time.Since(start); took > 15*time.Second {
			t.Errorf("draining took %s", took)
		}
		early, late := 0, 0
		for range sessions {
			e := <-endings
			var closed websocket.CloseError
			if !errors.As(e.err, &closed) || closed.Code != websocket.StatusServiceRestart {
				t.Fatalf("ended by %v", e.err)
			}
			if e.back < 2000 {
				early++
			} else if e.back < 5000 {
				late++
			}
		}
		if early+late != sessions || early < sessions/5 || late < sessions/5 {
			t.Errorf("%d come back within 2 s, %d within 5 s, of %d", early, late, sessions)
		}
		resp, err := n.http.Get(n.url + "/v1/events")
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" {
			t.Errorf("a newcomer got %d, Retry-After %q", resp.StatusCode, resp.Header.Get("Retry-After"))
		}
	})
}

func TestDrainOfNobodyIsAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := startPipeNode(t, hub.Options{})
		defer n.stop()
		start := time.Now()
		n.hub.Drain(context.Background(), time.Minute)
		if took := time.Since(start); took != 0 {
			t.Errorf("took %s", took)
		}
	})
}
