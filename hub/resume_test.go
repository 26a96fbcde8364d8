package hub_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"battlehub/hub"
	"battlehub/hub/memlog"
)

// cursorOf changes one part of a position.
func cursorOf(p hub.Position, change func(*hub.Position)) string {
	change(&p)
	return p.String()
}

func TestResume(t *testing.T) {
	t.Parallel()
	n := startNode(t, hub.Options{})
	appended := n.append(event(hub.KindCreated, "b1", "pk-3", "pk-5"), event(hub.KindCreated, "b2", "pk-7", "pk-9"),
		event(hub.KindStarted, "b1", "pk-3", "pk-5"), event(hub.KindEnded, "b1", "pk-3", "pk-5"))
	all := n.dial()
	all.wantGreeting()
	first := appended[0].Position

	t.Run("what_was_missed_comes_in_order", func(t *testing.T) {
		c := n.dial("cursor", first.String())
		if hello := c.want(hub.FrameHello); !hello.Resumed || hello.Cursor != first.String() {
			t.Errorf("hello %+v", hello)
		}
		c.wantEvent(hub.KindCreated, "b2")
		c.wantEvent(hub.KindStarted, "b1")
		c.wantEvent(hub.KindEnded, "b1")
	})
	t.Run("only_the_rooms_asked_for", func(t *testing.T) {
		c := n.dial("cursor", first.String(), "room", "pk-5")
		c.want(hub.FrameHello)
		c.wantEvent(hub.KindStarted, "b1")
		c.wantEvent(hub.KindEnded, "b1")
	})
	t.Run("nothing_was_missed", func(t *testing.T) {
		c := n.dial("cursor", appended[3].Position.String())
		if hello := c.want(hub.FrameHello); !hello.Resumed {
			t.Errorf("hello %+v", hello)
		}
		c.send(`{"type":"ping"}`)
		c.want(hub.FramePong)
	})
	for name, cursor := range map[string]string{
		"future":           cursorOf(appended[3].Position, func(p *hub.Position) { p.Seq++ }),
		"far_future":       cursorOf(first, func(p *hub.Position) { p.Seq = 1 << 60 }),
		"wrong_tag":        cursorOf(first, func(p *hub.Position) { p.Tag++ }),
		"wrong_tag_at_top": cursorOf(appended[3].Position, func(p *hub.Position) { p.Tag++ }),
		"a_later_epoch":    cursorOf(first, func(p *hub.Position) { p.Epoch++ }),
		"an_earlier_epoch": cursorOf(first, func(p *hub.Position) { p.Epoch-- }), // this log has forgotten nothing
	} {
		t.Run(name, func(t *testing.T) { wantGap(t, n, cursor, hub.GapRewritten) })
	}
	t.Run("garbage", func(t *testing.T) {
		c := n.dial("cursor", "not a cursor")
		if hello := c.want(hub.FrameHello); hello.Resumed {
			t.Errorf("hello %+v", hello)
		}
		if m := c.want(hub.FrameError); m.Code != "bad_cursor" {
			t.Errorf("error %+v", m)
		}
		c.want(hub.FrameGap)
		if battles, _ := c.wantBoard(); len(battles) != 2 {
			t.Errorf("board %+v", battles)
		}
	})
}

// wantGap connects with a cursor that cannot be continued: hello, gap, board.
func wantGap(t *testing.T, n *node, cursor string, reason hub.GapReason) {
	t.Helper()
	c := n.dial("cursor", cursor)
	if hello := c.want(hub.FrameHello); hello.Resumed {
		t.Errorf("hello %+v", hello)
	}
	if gap := c.want(hub.FrameGap); gap.Reason != string(reason) {
		t.Errorf("gap %+v, want %s", gap, reason)
	}
	if battles, _ := c.wantBoard(); len(battles) != 2 {
		t.Errorf("board %+v", battles)
	}
}

// TestResumeFromTheLog: a client that slept for longer than the ring reaches back still
// gets every event, with the battle as it stood then.
func TestResumeFromTheLog(t *testing.T) {
	t.Parallel()
	const ring, battles = 16, 200
	n := startNode(t, hub.Options{Ring: ring})
	start := n.append(event(hub.KindCreated, "first", "pk-1", "pk-2"))[0].Position
	for i := range battles {
		b := fmt.Sprint("b", i)
		n.append(event(hub.KindCreated, b, "pk-3", "pk-5"), event(hub.KindStarted, b, "pk-3", "pk-5"), event(hub.KindEnded, b, "pk-3", "pk-5"))
	}
	c := n.dial("cursor", start.String(), "room", "pk-5")
	if hello := c.want(hub.FrameHello); !hello.Resumed {
		t.Fatalf("hello %+v", hello)
	}
	for i := range battles {
		b := fmt.Sprint("b", i)
		if m := c.wantEvent(hub.KindCreated, b); m.Battle.State != hub.StatePending {
			t.Errorf("created: %+v", m.Battle)
		}
		if m := c.wantEvent(hub.KindStarted, b); m.Battle.State != hub.StateLive {
			t.Errorf("started: %+v", m.Battle)
		}
		if m := c.wantEvent(hub.KindEnded, b); m.Battle.State != hub.StateEnded || m.Battle.Winner != "pk-3" || m.Battle.LeavesAt.IsZero() {
			t.Errorf("ended: %+v", m.Battle)
		}
	}
	n.append(event(hub.KindCreated, "last", "pk-5", "pk-6"))
	c.wantEvent(hub.KindCreated, "last")
}

// TestResumeAcrossRestart: on a disk log, a cursor outlives the process; in memory, the
// client is told that the history is gone.
func TestResumeAcrossRestart(t *testing.T) {
	t.Parallel()
	for name, dir := range map[string]string{"on_disk": t.TempDir(), "in_memory": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var cursor string
			t.Run("before", func(t *testing.T) {
				n := startNodeOf(t, hub.Options{}, memlog.Options{Dir: dir})
				cursor = n.append(event(hub.KindCreated, "b1", "pk-3", "pk-5"))[0].Position.String()
				n.append(event(hub.KindStarted, "b1", "pk-3", "pk-5"), event(hub.KindCreated, "b2", "pk-7", "pk-9"))
			})
			n := startNodeOf(t, hub.Options{}, memlog.Options{Dir: dir})
			c := n.dial("cursor", cursor)
			hello := c.want(hub.FrameHello)
			if dir == "" {
				if hello.Resumed || c.want(hub.FrameGap).Reason != string(hub.GapRewritten) {
					t.Errorf("hello %+v", hello)
				}
				return
			}
			if !hello.Resumed {
				t.Fatalf("hello %+v", hello)
			}
			if m := c.wantEvent(hub.KindStarted, "b1"); m.Battle.CreatedAt.IsZero() {
				t.Errorf("the restart forgot the creation: %+v", m.Battle)
			}
			c.wantEvent(hub.KindCreated, "b2")
			if _, battles := n.dial().wantGreeting(); len(battles) != 2 {
				t.Errorf("board after the restart: %+v", battles)
			}
			n.append(event(hub.KindEnded, "b1", "pk-3", "pk-5"))
			c.wantEvent(hub.KindEnded, "b1")
		})
	}
}

// TestJoinUnderAStream connects, drops and resumes all the time while events pour in, and
// checks that every client saw each event of its history exactly once and in order.
func TestJoinUnderAStream(t *testing.T) {
	t.Parallel()
	n := startNode(t, hub.Options{Ring: 64}) // so small that some resumes are served from the log
	const events, clients = 1500, 6
	done := make(chan error, clients)
	for i := range clients {
		go func() { done <- followWithDrops(n, events, 20+7*i) }()
	}
	for i := range events {
		n.appendOnly(event(hub.KindCreated, fmt.Sprint("b", i), "pk-3", "pk-5"))
	}
	for range clients {
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(4 * patience):
			t.Fatal("a client does not finish")
		}
	}
}

// followWithDrops reads until it has seen all battles, reconnecting after every few
// frames. What the first snapshot shows counts as seen.
func followWithDrops(n *node, events, framesEach int) error {
	seen := map[string]bool{}
	cursor, position := "", hub.Position{}
	for len(seen) < events {
		var pages []hub.Battle // of a snapshot: it counts once it is complete
		c, _, err := n.tryDial(nil, "cursor", cursor, "room", "pk-5")
		if err != nil {
			return err
		}
		for i := 0; i < framesEach && len(seen) < events; i++ {
			m, err := c.read()
			if err != nil {
				return err
			}
			switch {
			case m.Type == hub.FrameHello && m.Resumed != (cursor != ""):
				return fmt.Errorf("with cursor %q: hello %+v", cursor, m)
			case m.Type == hub.FrameGap && m.Reason != string(hub.GapLagged): // on a slow machine, 64 entries are not much
				return fmt.Errorf("gap %+v after %q", m, cursor)
			case m.Type == hub.FrameSnapshot:
				pages = append(pages, m.Battles...)
				if m.Done {
					for _, b := range pages {
						seen[b.ID] = true
					}
					pages, cursor = nil, m.Cursor
				}
			case m.Type == hub.FrameEvent:
				if seen[m.Battle.ID] {
					return fmt.Errorf("%s came twice", m.Battle.ID)
				}
				p, err := hub.ParseCursor(m.Cursor)
				if err != nil || p.Compare(position) <= 0 {
					return fmt.Errorf("%s after %s, %v", m.Cursor, position, err)
				}
				seen[m.Battle.ID], cursor, position = true, m.Cursor, p
			}
			if cursor == "" {
				i = 0 // dropping before the snapshot is complete would start over, for ever
			}
		}
		c.conn.CloseNow()
	}
	return nil
}

// behindLog is a log whose tail holds entries back: this node is a moment behind another.
type behindLog struct {
	hub.Log
	release chan struct{}
}

func (l *behindLog) Tail(ctx context.Context, from hub.Position, h hub.Handler) error {
	return l.Log.Tail(ctx, from, &heldBack{h, l, ctx})
}

type heldBack struct {
	hub.Handler
	log *behindLog
	ctx context.Context
}

func (h *heldBack) Apply(entries []hub.Entry) {
	if entries[0].Event != nil {
		select {
		case <-h.log.release:
		case <-h.ctx.Done():
		}
	}
	h.Handler.Apply(entries)
}

// TestResumeAheadOfTheNode: a cursor from a node that was ahead is no cursor from the
// future. The session resumes, and goes on once this node has caught up.
func TestResumeAheadOfTheNode(t *testing.T) {
	t.Parallel()
	mem, err := memlog.Open(memlog.Options{App: testApp})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { mem.Close() })
	log := &behindLog{mem, make(chan struct{})}
	n := startNodeOver(t, hub.Options{}, map[hub.App]hub.Log{testApp: log})
	appended := n.appendOnly(event(hub.KindCreated, "b1", "pk-3", "pk-5"), event(hub.KindStarted, "b1", "pk-3", "pk-5"), event(hub.KindEnded, "b1", "pk-3", "pk-5"))
	c := n.dial("cursor", appended[1].Position.String())
	if hello := c.want(hub.FrameHello); !hello.Resumed {
		t.Errorf("hello %+v", hello)
	}
	close(log.release)
	c.wantEvent(hub.KindEnded, "b1")
}
