package hub

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// replayPage is how many entries are read from the log at a time for one session.
const replayPage = 256

// replay serves a session from the log itself until the ring can take over. A client may
// have slept for longer than the ring reaches back; or it comes from a node that was a
// moment ahead of this one, and its cursor is proven by the log, too.
func (s *session) replay(pos Position) error {
	greeted := false
	for {
		frames, last, err := s.readLog(pos)
		if err != nil {
			return s.brokenReplay(err, greeted)
		}
		if !greeted {
			greeted = true
			s.hub.metrics.joined("replayed")
			frames = append([]*frame{s.hello(pos, true)}, frames...)
		}
		if len(frames) > 0 {
			if err := s.write(frames); err != nil {
				return err
			}
		}
		err = s.standAt(func() (uint64, error) { return s.feed.ring.after(last) })
		switch {
		case errors.Is(err, errAhead): // the feed applies what the log has within milliseconds
			wait(s.hub.ctx, 5*time.Millisecond)
		case !errors.Is(err, errOlder):
			return s.brokenReplay(err, true)
		case last == pos: // nothing between here and the ring: the log lost it
			return s.brokenReplay(&ResetError{GapExpired}, true)
		}
		pos = last
	}
}

// brokenReplay turns a reset in the middle of a replay, after hello, into a gap.
func (s *session) brokenReplay(err error, greeted bool) error {
	var reset *ResetError
	if !greeted || !errors.As(err, &reset) {
		return err
	}
	s.hub.metrics.gap(reset.Reason)
	return s.showBoard(func(Position) []*frame { return []*frame{gapFrame(reset.Reason)} })
}

// readLog reads one page after pos and encodes what the session wants of it. Few may do
// so at a time: it costs the log a read, and memory.
func (s *session) readLog(pos Position) (frames []*frame, last Position, err error) {
	s.hub.replays <- struct{}{}
	defer func() { <-s.hub.replays }()
	ctx, cancel := context.WithTimeout(s.hub.ctx, 10*time.Second)
	defer cancel()
	head, rooms := s.feed.head(), s.follows()
	entries, err := s.feed.log.Read(ctx, pos, replayPage)
	if err != nil {
		return nil, pos, fmt.Errorf("reading the log for a resume: %w", err)
	}
	last = pos
	for _, e := range entries {
		// Beyond what the feed applied, the ring could not take over.
		if e.Position.Compare(head) > 0 {
			break
		}
		last = e.Position
		if !e.ofBattle() {
			continue
		}
		f, err := s.feed.archived(ctx, &e)
		if err != nil {
			return nil, pos, err
		}
		if f.concerns(rooms) {
			frames = append(frames, f)
		}
	}
	return frames, last, nil
}

// archived encodes an entry of the log with the battle as it stood then.
func (f *feed) archived(ctx context.Context, e *Entry) (*frame, error) {
	found, err := f.log.Find(ctx, eventIDs(f.app, e.Event.Battle))
	if err != nil {
		return nil, fmt.Errorf("looking up a battle's events: %w", err)
	}
	r := &record{first: e.Position}
	for i := range before(found, e.Position) {
		r.apply(&found[i].Entry)
	}
	r.apply(e)
	fr := eventFrame(make([]byte, 0, eventSize(e, r.json)), e, r.json, r.battle.Rooms())
	return &fr, nil
}
