package hub

import (
	"errors"
	"strconv"
	"time"
)

// errNotReady refuses a session while the feed has not yet read the log.
var errNotReady = errors.New("the hub is still reading its log")

// join is a session's first piece of work: hello, and then either what followed its
// cursor, or the board.
func (s *session) join(cursor string) error {
	if cursor == "" {
		return s.greet()
	}
	pos, err := ParseCursor(cursor)
	if err != nil {
		return s.greet(
			errorFrame(0, CodeBadCursor, "the cursor is not one that this hub gave; here is a snapshot instead"),
			gapFrame(GapExpired))
	}
	if err = s.settle(pos); err != nil {
		return err
	}
	err = s.resume(pos)
	if errors.Is(err, errOlder) || errors.Is(err, errAhead) {
		err = s.replay(pos)
	}
	var reset *ResetError
	if errors.As(err, &reset) {
		s.hub.metrics.gap(reset.Reason)
		return s.greet(gapFrame(reset.Reason))
	}
	return err
}

// greet writes hello, what else is to be said, and the board.
func (s *session) greet(also ...*frame) error {
	if err := s.settle(Position{}); err != nil {
		return err
	}
	s.hub.metrics.joined("snapshot")
	return s.showBoard(func(pos Position) []*frame {
		return append([]*frame{s.hello(pos, false)}, also...)
	})
}

// resume lets a session that stood at pos go on in the ring.
func (s *session) resume(pos Position) error {
	if err := s.standAt(func() (uint64, error) { return s.feed.ring.after(pos) }); err != nil {
		return err
	}
	s.hub.metrics.joined("resumed")
	return s.write([]*frame{s.hello(pos, true)})
}

// standAt puts the session behind, at the offset that find returns while feed.mu is held.
// From then on it is told what happens.
func (s *session) standAt(find func() (uint64, error)) error {
	f := s.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.whole {
		return errNotReady
	}
	next, err := find()
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.behind, s.next = true, next
	s.joined = true
	return nil
}

// showBoard writes intro and then the board, from which the session goes on.
func (s *session) showBoard(intro func(Position) []*frame) error {
	snap, err := s.standAtSnapshot()
	if err != nil {
		return err
	}
	if err := s.write(append(intro(snap.pos), snap.pages[0])); err != nil {
		return err
	}
	return s.writeSnapshot(snap.pages[1:])
}

// writeSnapshot writes the pages one by one, so that each has the whole write timeout.
func (s *session) writeSnapshot(pages []*frame) error {
	for i := range pages {
		if err := s.write(pages[i : i+1]); err != nil {
			return err
		}
	}
	return nil
}

// standAtSnapshot takes the board as the session may see it, and puts the session there.
func (s *session) standAtSnapshot() (*snapshot, error) {
	for {
		snap := s.feed.snapshot(s.follows())
		err := s.standAt(func() (uint64, error) {
			if snap.next < s.feed.ring.first {
				return 0, errOlder
			}
			return snap.next, nil
		})
		if !errors.Is(err, errOlder) { // else the ring moved past the snapshot meanwhile
			return snap, err
		}
	}
}

// helloRoom is more than what a hello of some rooms takes.
const helloRoom = 384

// appendJSON appends the hello as JSON. encoding/json took a twelfth of what it takes to
// connect: half of it by making the stack grow once more.
func (h *Hello) appendJSON(b []byte) []byte {
	w := jsonWriter{b}
	w.open()
	w.text("type", string(h.Type))
	w.number("protocol", int64(h.Protocol))
	w.text("session", h.Session)
	w.text("node", h.Node)
	w.app(h.App)
	w.texts("rooms", h.Rooms)
	w.member("cursor")
	w.b = append(h.Cursor.append(append(w.b, '"')), '"')
	w.member("resumed")
	w.b = strconv.AppendBool(w.b, h.Resumed)
	w.time("server_time", h.ServerTime)
	w.number("heartbeat_ms", h.HeartbeatMS)
	w.close()
	return w.b
}

// hello makes the session's first frame.
func (s *session) hello(pos Position, resumed bool) *frame {
	hello := Hello{
		Type: FrameHello, Protocol: Protocol, Session: s.id, Node: s.hub.opts.Node,
		App: s.feed.app, Rooms: s.follows(), Cursor: pos, Resumed: resumed,
		ServerTime: At(time.Now()), HeartbeatMS: s.hub.opts.Heartbeat.Milliseconds(),
	}
	f := newFrame(FrameHello, hello.appendJSON(make([]byte, headerRoom, headerRoom+helloRoom)))
	if resumed { // otherwise the cursor counts only once the snapshot is complete
		f.pos = pos
	}
	return &f
}

func gapFrame(reason GapReason) *frame { return plainFrame(FrameGap, Gap{FrameGap, reason}) }

func errorFrame(id int64, code ErrorCode, message string) *frame {
	return plainFrame(FrameError, ErrorFrame{Type: FrameError, ID: id, Code: code, Message: message})
}
