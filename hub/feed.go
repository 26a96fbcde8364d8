package hub

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"
)

// feed is this node's live copy of one app's log: ring, board and index. It applies
// entries on one goroutine and never waits for a session.
//
// Lock order: feed.mu before session.mu. Applying an entry holds feed.mu; so whoever
// holds it, even for reading, sees ring, board and every live session at one position.
type feed struct {
	app    App
	log    Log
	hub    *Hub
	logger *slog.Logger

	mu      sync.RWMutex
	ring    ring
	slab    slab // of the ring's frames
	board   board
	owners  owners
	revoked revocations
	index   index
	live    bool      // the log is heard
	whole   bool      // all that the log had has been applied: the board can be shown
	resetAt uint64    // offset below which a session was cut off by a reset, ...
	reset   GapReason // ... and why
	logged  Time      // when the newest webhook in the log was received

	shared sharedSnapshot
}

func newFeed(app App, log Log, h *Hub) *feed {
	return &feed{
		app: app, log: log, hub: h,
		logger: h.opts.Log.With("app", app),
		ring:   newRing(h.opts.Ring, Position{}), board: newBoard(), owners: newOwners(), revoked: newRevocations(), index: newIndex(),
	}
}

// retryTail is how long a feed waits after the log failed it.
const retryTail = time.Second

// tailLoop follows the log until ctx ends.
func (f *feed) tailLoop(ctx context.Context) {
	from := f.restore(ctx)
	for ctx.Err() == nil {
		err := f.log.Tail(ctx, from, f)
		f.Live(false)
		var reset *ResetError
		switch {
		case ctx.Err() != nil || errors.Is(err, ErrClosed):
			return
		case errors.As(err, &reset):
			f.logger.Warn("the log was reset; starting over", "reason", reset.Reason)
			f.hub.metrics.reset(reset.Reason)
			from = f.startOver(ctx, from, reset.Reason)
		default:
			f.logger.Error("tail ended; retrying", "err", err)
			wait(ctx, retryTail)
			from = f.head()
		}
	}
}

// startOver forgets everything after a reset, and returns where to go on. Sessions keep
// their sockets; once the feed is live again, each is told of the gap and gets a
// snapshot.
func (f *feed) startOver(ctx context.Context, failed Position, reason GapReason) Position {
	f.mu.Lock()
	f.resetAt, f.reset = f.ring.next, reason
	f.clear()
	f.index.each(func(s *session) { s.cutOff() })
	f.mu.Unlock()
	from := f.restore(ctx)
	if from == failed { // the log cannot continue the stored board: it would reset for ever
		f.mu.Lock()
		defer f.mu.Unlock()
		f.clear()
		return Position{}
	}
	return from
}

// clear empties ring, board and owners. Revocations stay: a log that lost its history must
// not bring grants back. The caller holds f.mu.
func (f *feed) clear() {
	f.whole = false
	f.ring.restart(Position{})
	f.board, f.owners = newBoard(), newOwners()
}

// restore loads the stored board, if the log keeps one, and returns where to go on.
func (f *feed) restore(ctx context.Context) Position {
	boards, ok := f.log.(Boards)
	if !ok {
		return Position{}
	}
	pos, data, err := boards.LoadBoard(ctx)
	if err != nil || pos.IsZero() {
		if err != nil {
			f.logger.Error("loading the stored board; reading the log from its start", "err", err)
		}
		return Position{}
	}
	c, err := parseCheckpoint(data)
	if err != nil {
		f.logger.Error("stored board not usable; reading the log from its start", "err", err)
		return Position{}
	}
	board := c.board()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.board, f.owners = board, c.owners()
	for _, b := range c.Battles {
		for _, e := range b.Facts.all() {
			f.noteSource(e)
		}
	}
	for _, r := range c.Revoked {
		f.revoke(r)
	}
	f.ring.restart(pos)
	return pos
}

// Apply implements Handler.
func (f *feed) Apply(entries []Entry) {
	for i := range entries {
		f.apply(&entries[i])
	}
}

func (f *feed) apply(e *Entry) {
	if !e.ofBattle() {
		f.applyUnseen(e)
		return
	}
	earlier := f.recall(e)
	f.mu.Lock()
	f.noteSource(e.Event)
	f.handOver(f.owners.apply(e))
	for i := range earlier {
		f.board.apply(&earlier[i].Entry)
	}
	r := f.board.apply(e)
	fr := f.slab.frame(eventFrame(f.slab.room(eventSize(e, r.json)), e, r.json, r.rooms))
	f.ring.push(fr)
	f.index.offer(fr)
	live := f.live
	f.mu.Unlock()

	f.hub.metrics.applied(e.Event.Kind)
	if live { // replaying the past at a start says nothing of delays
		f.hub.opts.Ages.Observe(HopApplied, e.Event.At, time.Now())
	}
}

// applyUnseen applies what no client is sent: the opening of an epoch, and what decides who
// may see the rest.
func (f *feed) applyUnseen(e *Entry) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ring.push(&frame{typ: FrameEvent, pos: e.Position})
	if e.Event == nil {
		return
	}
	f.noteSource(e.Event)
	f.handOver(f.owners.apply(e))
	if e.Event.Revoked != nil {
		f.revoke(*e.Event.Revoked)
	}
	f.hub.metrics.applied(e.Event.Kind)
}

// handOver lets the sessions of those concerned see what is theirs now. While the log is
// still being read, that would be how things stood long ago. The caller holds f.mu.
func (f *feed) handOver(changes []handover) {
	if !f.whole {
		return
	}
	for _, c := range changes {
		var concerned []*session // gathered first: reassess takes some out of the lists
		for _, sessions := range [][]*session{f.index.rooms[c.room], f.index.users[c.to]} {
			for _, s := range sessions {
				if s.grant.Host != nil || (c.changed && s.grant.Owns) {
					concerned = append(concerned, s)
				}
			}
		}
		for _, s := range concerned {
			s.reassess()
		}
	}
}

// revoke takes grants back and ends the sessions that have them. The caller holds f.mu.
func (f *feed) revoke(r Revocation) {
	f.revoked.add(r)
	f.index.each(func(s *session) {
		if f.revoked.cover(&s.grant) {
			s.leave(CloseRevoked, 0)
		}
	})
}

// recall looks up the earlier events of a battle that is no longer on the board, so that
// an End that comes after it left still shows the whole battle. Only an End can be so
// late in practice; the others are met in their first seconds and need no look-up.
func (f *feed) recall(e *Entry) []Found {
	if e.Event.Kind != KindEnded {
		return nil
	}
	f.mu.RLock()
	known := f.board.battles[e.Event.Battle] != nil
	f.mu.RUnlock()
	if known {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	found, err := f.log.Find(ctx, eventIDs(f.app, e.Event.Battle))
	if err != nil {
		f.logger.Warn("looking up a battle's earlier events", "err", err)
		return nil
	}
	return before(found, e.Position)
}

// before keeps what stands before pos.
func before(found []Found, pos Position) []Found {
	n := 0
	for n < len(found) && found[n].Position.Compare(pos) < 0 {
		n++
	}
	return found[:n]
}

// eventIDs lists the ids that a battle's events can have.
func eventIDs(app App, battle string) []string {
	ids := make([]string, len(Kinds))
	for i, k := range Kinds {
		ids[i] = EventID(app, k, battle)
	}
	return ids
}

// Live implements Handler.
func (f *feed) Live(heard bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.live = heard
	if heard && !f.whole {
		f.whole = true
		f.index.each(func(s *session) { s.reassess(); s.wake() })
	}
}

// state reports whether the feed hears the log, and whether its board can be shown.
func (f *feed) state() (live, whole bool) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.live, f.whole
}

// head is the position up to which the feed has applied the log.
func (f *feed) head() Position {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.ring.head()
}

// remove takes the session out of the fan-out.
func (f *feed) remove(s *session) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.index.remove(s)
}

// wait sleeps for d or until ctx ends.
func wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
