package hub

import (
	"errors"
	"os"
	"time"
)

// tryFlush writes events until none is left or the socket does not take more. What is left
// then is flushLoop's to do, and whatever else there may be. A session that is behind gets
// one page of the ring, and its turn again after the writer's others: so what all of them
// are to be sent gathers meanwhile, and goes out in fewer writes.
func (s *session) tryFlush(a *attempt) {
	defer s.survive()
	for {
		frames, more := s.take()
		paged := more && s.onlyBehind()
		if paged {
			var err error
			if frames, err = s.nextFromRing(&a.page); err == errParked {
				return
			} else if err == nil && len(frames) == 0 { // it is live
				continue
			}
		}
		switch {
		case len(frames) == 0 && !more:
			return
		case len(frames) == 0: // not a writer's work
		case s.tries(a, frames) && paged:
			s.writer.add(s)
			return
		case len(s.begun) == 0:
			continue
		}
		s.hub.wg.Add(1)
		go s.flush()
		return
	}
}

// tries reports whether the socket took all of the frames. If not, they are begun.
func (s *session) tries(a *attempt, frames []*frame) bool {
	came := s.transport.try(a, frames)
	if came == sent {
		s.wrote(frames)
		return true
	}
	s.begun, s.kept = frames, came == kept
	return false
}

// finish writes what the writer began.
func (s *session) finish() error {
	frames, rest := s.begun, s.begun
	if s.kept {
		rest = nil // the connection has it
	}
	s.begun, s.kept = nil, false
	if len(frames) == 0 {
		return nil
	}
	if err := s.transport.write(rest); err != nil {
		return err
	}
	s.wrote(frames)
	return nil
}

// flushLoop writes until nothing is left to write.
func (s *session) flushLoop() {
	defer s.hub.wg.Done()
	defer s.survive()
	for err := s.finish(); err != errParked; {
		if err != nil {
			s.end(closeReason(err), "")
		}
		frames, more := s.take()
		switch {
		case len(frames) > 0:
			err = s.write(frames)
		case more:
			err = s.advance()
		default:
			return
		}
	}
}

// take returns what can be written at once: answers, then the queue. If there is none,
// more tells whether there is other work; if not, the loop must end.
func (s *session) take() (frames []*frame, more bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	batch := s.batch[:0]
	switch {
	case s.ended:
	case s.joiningLocked(): // hello comes first, whatever the client has sent already
		return nil, true
	case len(s.answers) > 0:
		frames, s.answers = s.answers, nil
		return frames, true
	case s.bye != nil:
		return nil, true
	case s.n > 0:
		for ; s.n > 0; s.n-- {
			batch = append(batch, s.queue[s.head])
			s.queue[s.head] = nil
			s.head = (s.head + 1) % queueLen
		}
		return batch, true
	case s.behind || s.changed || len(s.todo) > 0:
		return nil, true
	}
	s.running = false
	return nil, false
}

// onlyBehind reports whether being behind comes before all else that there is to do.
func (s *session) onlyBehind() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.behind && s.bye == nil && !s.joiningLocked()
}

// joiningLocked reports whether the session has not yet begun to join.
func (s *session) joiningLocked() bool { return len(s.todo) > 0 && s.todo[0].Type == "" }

// errParked ends the flush loop: it goes on once the feed wakes it.
var errParked = errors.New("waiting for the log")

// advance does the next piece of work beyond the queue.
func (s *session) advance() error {
	s.mu.Lock()
	joining, bye, behind, changed := s.joiningLocked(), s.bye, s.behind, s.changed
	s.mu.Unlock()
	switch {
	case joining:
		return s.serveRequest()
	case bye != nil:
		if err := s.write([]*frame{plainFrame(FrameBye, bye.bye)}); err != nil {
			return err
		}
		return bye
	case behind:
		return s.catchUp()
	case changed:
		return s.followGrant(nil)
	default:
		return s.serveRequest()
	}
}

// write sends frames and counts them.
func (s *session) write(frames []*frame) error {
	if err := s.transport.write(frames); err != nil {
		return err
	}
	s.wrote(frames)
	return nil
}

// wrote counts frames that the socket took.
func (s *session) wrote(frames []*frame) {
	s.hub.metrics.sent(frames)
	now := time.Now()
	for _, f := range frames {
		if !f.at.IsZero() {
			s.hub.opts.Ages.Observe(HopWritten, f.at, now)
		}
	}
	clear(s.batch[:])
}

// closeReason tells why a session ends whose flush loop met err.
func closeReason(err error) CloseReason {
	if left, ok := errors.AsType[*leaving](err); ok {
		return left.bye.Reason
	}
	switch {
	case errors.Is(err, errNotReady):
		return CloseNotReady
	case errors.Is(err, os.ErrDeadlineExceeded):
		return CloseSlow
	default:
		return CloseGone
	}
}
