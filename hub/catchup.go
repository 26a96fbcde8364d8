package hub

import "errors"

// catchUpPage is how many events a session that is behind is given at a time.
const catchUpPage = 64

// page is a piece of the ring for sessions that follow everything. Those that lag, lag
// together: they are at the same place, so a writer gathers the page for the first of them
// and has it ready for the others. It belongs to one goroutine.
type page struct {
	feed       *feed
	from, next uint64 // offsets at which it begins, and at which whoever got it goes on
	frames     []*frame
	wire       []byte // the frames in one piece; empty until somebody needs it
}

// continues reports whether the page is what comes next for the session. The caller holds
// s.mu.
func (p *page) continues(s *session) bool {
	return p.feed == s.feed && p.from == s.next && s.rooms == nil
}

// take makes p another page. It keeps the memory of the wire.
func (p *page) take(f *feed, from, next uint64, frames []*frame) {
	*p = page{f, from, next, frames, p.wire[:0]}
}

// forget lets go of the frames, and of a buffer that is larger than most.
func (p *page) forget() {
	p.take(nil, 0, 0, nil)
	if cap(p.wire) > largestKept {
		p.wire = nil
	}
}

// has reports whether these frames are the page.
func (p *page) has(frames []*frame) bool {
	return len(p.frames) > 0 && len(frames) == len(p.frames) && &frames[0] == &p.frames[0]
}

// gathered returns the page in one piece.
func (p *page) gathered() []byte {
	if len(p.wire) == 0 {
		p.wire = appendFrames(p.wire, p.frames)
	}
	return p.wire
}

// catchUp writes the next events from the ring. When there are none left, the session is
// live. When the ring no longer reaches back so far, it gets a gap and a snapshot.
func (s *session) catchUp() error {
	frames, err := s.nextFromRing(&page{})
	if reset, ok := errors.AsType[*ResetError](err); ok {
		s.hub.metrics.gap(reset.Reason)
		return s.showBoard(func(Position) []*frame { return []*frame{gapFrame(reset.Reason)} })
	}
	if err != nil || len(frames) == 0 {
		return err
	}
	return s.write(frames)
}

// nextFromRing moves the session on in the ring and returns what it is to be sent; nothing
// if it is live now, or the next look finds more. If p is what comes next, that is it; else,
// p becomes it.
func (s *session) nextFromRing(p *page) ([]*frame, error) {
	f := s.feed
	f.mu.RLock()
	defer f.mu.RUnlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.next >= f.ring.first:
	case !f.whole && len(s.answers) == 0 && s.bye == nil:
		s.running = false // no one can wake it between this and the unlocking of feed.mu
		return nil, errParked
	case !f.whole:
		return nil, nil
	case s.next <= f.resetAt && f.reset != "":
		return nil, &ResetError{f.reset}
	default:
		return nil, &ResetError{GapLagged}
	}
	if p.continues(s) {
		s.next = p.next
		return p.frames, nil
	}
	frames, next := f.ring.collect(s.next, catchUpPage, func(f *frame) bool { return f.concerns(s.rooms) })
	if s.rooms == nil && len(frames) > 0 {
		p.take(f, s.next, next, frames)
	}
	s.next = next
	if next == f.ring.next && len(frames) == 0 {
		s.behind, s.offered = false, next
	}
	return frames, nil
}

// concerns reports whether whoever follows the rooms is sent the entry; nil is all.
func (f *frame) concerns(rooms []string) bool {
	return f.wire != nil && overlap(rooms, f.rooms)
}
