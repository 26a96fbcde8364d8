package hub_test

import (
	"errors"
	"fmt"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"battlehub/hub"
)

// TestStalledClientIsClosed: a client that stops reading is closed once a write to it has
// blocked for 10 s, and until then, as after, no other client notices.
func TestStalledClientIsClosed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := startPipeNode(t, hub.Options{})
		defer n.stop()
		stalled, healthy := n.dial(), n.dial()
		defer stalled.conn.CloseNow()
		defer healthy.conn.CloseNow()
		stalled.wantGreeting()
		healthy.wantGreeting()
		start := time.Now()
		for i := range 100 {
			sent := time.Now()
			n.appendOnly(event(hub.KindCreated, fmt.Sprint("b", i), "pk-3", "pk-5"))
			if m := healthy.next(); m.Battle.ID != fmt.Sprint("b", i) {
				t.Fatalf("got %+v", m)
			}
			if delay := time.Since(sent); delay != 0 {
				t.Fatalf("event %d was held up for %s", i, delay)
			}
			pass(150 * time.Millisecond)
		}
		if time.Since(start) < 11*time.Second {
			t.Fatal("the test is too short")
		}
		synctest.Wait()
		if _, err := stalled.read(); !errors.Is(err, io.EOF) && err == nil {
			t.Error("the stalled client is still served")
		}
	})
}

// TestSlowClientCatchesUpFromTheRing: a client that pauses for less than that misses
// nothing, however much it falls behind within the ring.
func TestSlowClientCatchesUpFromTheRing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := startPipeNode(t, hub.Options{})
		defer n.stop()
		c := n.dial("room", "pk-5")
		defer c.conn.CloseNow()
		c.wantGreeting()
		const events = 1000
		for i := range events {
			n.appendOnly(event(hub.KindCreated, fmt.Sprint("b", i), "pk-3", "pk-5"), event(hub.KindCreated, fmt.Sprint("x", i), "pk-7", "pk-9"))
		}
		pass(9 * time.Second)
		for i := range events {
			c.wantEvent(hub.KindCreated, fmt.Sprint("b", i))
		}
		n.appendOnly(event(hub.KindCreated, "live again", "pk-3", "pk-5"))
		c.wantEvent(hub.KindCreated, "live again")
	})
}

// TestLaggingOutOfTheRing: a client that falls further behind than the ring reaches is
// told so and gets the board; nothing is lost in silence.
func TestLaggingOutOfTheRing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := startPipeNode(t, hub.Options{Ring: 32})
		defer n.stop()
		c := n.dial()
		defer c.conn.CloseNow()
		c.wantGreeting()
		const events = 300
		for i := range events {
			n.appendOnly(event(hub.KindCreated, fmt.Sprint("b", i), "pk-3", "pk-5"))
		}
		known, gaps := map[string]bool{}, 0
		for len(known) < events { // a gap may be met while more is appended: then there is another
			m := c.next()
			if m.Type == hub.FrameEvent {
				known[m.Battle.ID] = true
				continue
			}
			if m.Type != hub.FrameGap || m.Reason != string(hub.GapLagged) {
				t.Fatalf("got %+v, want a gap", m)
			}
			gaps++
			clear(known)
			battles, _ := c.wantBoard()
			for _, b := range battles {
				known[b.ID] = true
			}
		}
		if gaps == 0 {
			t.Error("the ring reached back further than its 32 entries")
		}
		n.appendOnly(event(hub.KindCreated, "after", "pk-3", "pk-5"))
		c.wantEvent(hub.KindCreated, "after")
	})
}

// TestBookmarks: every heartbeat brings a bookmark whose cursor resumes after all that was
// delivered, also to a session whose rooms see nothing.
func TestBookmarks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := startPipeNode(t, hub.Options{})
		defer n.stop()
		c := n.dial("room", "pk-1")
		defer c.conn.CloseNow()
		c.wantGreeting()
		last := time.Now()
		for i := range 4 {
			appended := n.appendOnly(event(hub.KindEnded, fmt.Sprint("b", i), "pk-3", "pk-5"))
			m, err := c.readAny()
			if err != nil || m.Type != hub.FrameBookmark {
				t.Fatalf("got %+v, %v", m, err)
			}
			if m.Cursor != appended[0].Position.String() || m.ServerTime == "" {
				t.Errorf("bookmark %+v, want cursor %s", m, appended[0].Position)
			}
			if since := time.Since(last); since > 25*time.Second || (i > 0 && since < 24*time.Second) {
				t.Errorf("bookmark %d after %s", i, since)
			}
			last = time.Now()
		}
	})
}

// TestPresumedEnd follows a battle whose Start came and whose End never does, then the
// real End after all.
func TestPresumedEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := startPipeNode(t, hub.Options{})
		defer n.stop()
		c := n.dial()
		defer c.conn.CloseNow()
		c.wantGreeting()
		n.appendOnly(event(hub.KindStarted, "b1", "pk-3", "pk-5"))
		ends := c.wantEvent(hub.KindStarted, "b1").Battle.EndsAt
		m := c.next()
		if m.Kind != hub.KindPresumedEnded || m.Battle.Outcome != hub.OutcomePresumedEnded || m.Battle.EndedAt != ends {
			t.Fatalf("got %+v", m)
		}
		if late := time.Since(ends.Time); late < 30*time.Second || late > 32*time.Second {
			t.Errorf("presumed %s after the end, want 30 s", late)
		}
		n.appendOnly(event(hub.KindEnded, "b1", "pk-3", "pk-5"))
		if m := c.next(); m.Kind != hub.KindEnded || m.Battle.Outcome != hub.OutcomeTimeUp || m.Battle.Winner != "pk-3" {
			t.Fatalf("got %+v", m)
		}
		c.conn.CloseNow() // it would be closed as stalled

		pass(16 * time.Minute)
		later := n.dial()
		defer later.conn.CloseNow()
		if _, battles := later.wantGreeting(); len(battles) != 0 {
			t.Errorf("still on the board: %+v", battles)
		}
	})
}

// TestEndAfterTheBattleLeft: an End that comes when a presumed end has taken the battle off
// the board still shows all of it.
func TestEndAfterTheBattleLeft(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := startPipeNode(t, hub.Options{})
		defer n.stop()
		n.appendOnly(event(hub.KindCreated, "b1", "pk-3", "pk-5"))
		pass(20 * time.Minute)
		c := n.dial()
		defer c.conn.CloseNow()
		if _, battles := c.wantGreeting(); len(battles) != 0 {
			t.Errorf("still on the board: %+v", battles)
		}
		n.appendOnly(event(hub.KindEnded, "b1", "pk-3", "pk-5"))
		if m := c.next(); m.Kind != hub.KindEnded || m.Battle.CreatedAt.IsZero() || m.Battle.Winner != "pk-3" {
			t.Errorf("got %+v, want the creation too", m)
		}
	})
}

// pass lets time pass on the bubble's clock.
func pass(d time.Duration) { <-time.After(d) }
