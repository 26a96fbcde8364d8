package bench

import (
	"bytes"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"

	"battlehub/hub"
)

// stage is how far a session has got.
type stage int

const (
	away      stage = iota // not connected
	dialing                // connect(2) is under way
	upgrading              // the request is sent
	joining                // upgraded; hello and, unless it resumes, a snapshot are to come
	live
)

// session is one client. What it has heard outlives its connection.
type session struct {
	crowd  *crowd
	tally  *tally
	index  int
	room   int // -1: all
	fd     int
	stage  stage
	rest   []byte // read, and not whole yet
	cursor []byte // of the last frame that had one
	last   place  // of the last event
	heard  bitmap
}

// take reads what came in, the rest of what came before in front of it.
func (s *session) take(b []byte, at instant) error {
	used, err := s.takeWhole(b, at)
	s.rest = append(s.rest[:0], b[used:]...)
	return err
}

// takeWhole reads the answer to the handshake, and whole frames; it returns how much of b
// that was.
func (s *session) takeWhole(b []byte, at instant) (used int, err error) {
	if s.stage == upgrading {
		if used, err = s.upgraded(b); used == 0 || err != nil {
			return used, err
		}
	}
	for {
		op, payload, size, err := cutFrame(b[used:])
		if size == 0 || err != nil {
			return used, err
		}
		used += size
		if err := s.frame(op, payload, at); err != nil {
			return used, err
		}
	}
}

// upgraded reads the answer to the handshake; 0 while it is not whole.
func (s *session) upgraded(b []byte) (used int, err error) {
	head, _, whole := bytes.Cut(b, []byte("\r\n\r\n"))
	if !whole {
		return 0, nil
	}
	status, _, _ := bytes.Cut(head, []byte("\r\n"))
	if !bytes.Contains(status, []byte(" 101 ")) {
		return 0, fmt.Errorf("refused: %.60s", status)
	}
	s.stage = joining
	return len(head) + 4, nil
}

func (s *session) frame(op byte, payload []byte, at instant) error {
	switch op {
	case opText:
		s.message(payload, at)
	case opPing:
		_, err := unix.Write(s.fd, pongFrame(payload))
		return err
	case opClose:
		if len(payload) < 2 {
			return errors.New("closed by the server")
		}
		return fmt.Errorf("closed by the server: %d %.60s", int(payload[0])<<8|int(payload[1]), payload[2:])
	}
	return nil
}

// message reads one JSON frame of the wire (hub/wire.go).
func (s *session) message(frame []byte, at instant) {
	s.tally.Frames++
	if told := readEvent(frame); told.Cursor != nil {
		s.cursor = append(s.cursor[:0], told.Cursor...)
		s.event(told, at)
		return
	}
	if cursor := value(frame, memberCursor); cursor != nil {
		s.cursor = append(s.cursor[:0], cursor...)
	}
	switch hub.FrameType(value(frame, memberType)) {
	case hub.FrameHello:
		if bytes.Contains(frame, wordResumed) {
			s.tally.Resumed++
			s.crowd.joined(s)
		}
	case hub.FrameSnapshot:
		s.snapshot(frame)
	case hub.FrameGap:
		s.tally.Gaps++
	}
}

// event counts an event: once, once more, out of order, or of no business of this session.
func (s *session) event(told told, at instant) {
	plan := s.crowd.plan
	battle, ours := plan.battleOf(told.Battle)
	k := plan.number(battle, told.Kind)
	if !ours || k < 0 {
		return
	}
	place := readPlace(s.cursor)
	behind := place.behind(s.last)
	switch {
	case !plan.follows(s.room, k):
		s.tally.Strays++
	case !s.heard.add(k):
		s.tally.Duplicates++
	default:
		s.tally.Deliveries++
		s.crowd.delivered(s, k, at)
		if behind {
			s.tally.Disordered++
		}
	}
	if !behind {
		s.last = place
	}
}

// snapshot counts the events that a page of the board tells in their place.
func (s *session) snapshot(frame []byte) {
	for id, n := range readSnapshot(frame) {
		battle, ours := s.crowd.plan.battleOf([]byte(id))
		for _, kind := range kinds[:n] {
			k := s.crowd.plan.number(battle, kind)
			if ours && k >= 0 && s.crowd.plan.follows(s.room, k) && s.heard.add(k) {
				s.tally.Told++
				s.crowd.toldInPlace(s)
			}
		}
	}
	if s.stage == joining && bytes.Contains(frame, wordDone) {
		s.tally.Snapshots++
		s.crowd.joined(s)
	}
}
