package client

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"

	"battlehub/hub"
)

// Board folds frames into the battles as of now. The zero value is an empty board; give
// it to [Options] and Run keeps it up to date. All methods may be called concurrently.
type Board struct {
	mu      sync.Mutex
	battles map[string]standing
	next    map[string]standing // the pages, so far, of the snapshot that will replace battles
	whole   bool                // such a snapshot is under way
	ahead   time.Duration       // of the hub's clock over ours
}

// standing is a battle and where in the log it stood so.
type standing struct {
	battle hub.Battle
	at     hub.Position
}

// Apply takes one frame. What it does not concern it ignores. Repeats are harmless: a
// battle is replaced by a newer state of itself only.
//
// A snapshot that replaces the board does so with its last page, so that neither a
// reader nor a drop in between finds half a board.
func (b *Board) Apply(f Frame) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch f := f.(type) {
	case *hub.Hello:
		b.tellTimeLocked(f.ServerTime)
		b.expectLocked(!f.Resumed)
		b.followLocked(f.Rooms)
	case *hub.Gap:
		b.expectLocked(true)
	case *Snapshot:
		b.pageLocked(f)
	case *Event:
		put(&b.battles, f.Battle, f.Cursor)
		if b.whole {
			put(&b.next, f.Battle, f.Cursor)
		}
	case *hub.Subscribed:
		b.followLocked(f.Rooms)
	case *hub.Bookmark:
		b.tellTimeLocked(f.ServerTime)
		b.sweepLocked()
	}
}

// Battles returns the battles of the board, the newest first.
func (b *Board) Battles() []hub.Battle {
	b.mu.Lock()
	b.sweepLocked()
	battles := make([]hub.Battle, 0, len(b.battles))
	for _, s := range b.battles {
		battles = append(battles, s.battle)
	}
	b.mu.Unlock()
	slices.SortFunc(battles, func(x, y hub.Battle) int {
		return cmp.Or(began(&y).Compare(began(&x)), cmp.Compare(x.ID, y.ID))
	})
	return battles
}

// Battle returns the battle of that id, and whether the board has it.
func (b *Board) Battle(id string) (hub.Battle, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sweepLocked()
	s, ok := b.battles[id]
	return s.battle, ok
}

// Now returns the hub's time, by its own clock as far as it told. Countdowns count from
// it: the clock of this machine may be wrong.
func (b *Board) Now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.nowLocked()
}

// expectLocked begins a new session, or a gap in one. A snapshot that was under way will
// not be finished.
func (b *Board) expectLocked(snapshot bool) {
	b.whole, b.next = snapshot, nil
}

// pageLocked takes a page. One that answers a subscription adds to the board.
func (b *Board) pageLocked(s *Snapshot) {
	into := &b.battles
	if b.whole {
		into = &b.next
	}
	for _, battle := range s.Battles {
		put(into, battle, s.Cursor)
	}
	if b.whole && s.Done {
		b.battles, b.next, b.whole = b.next, nil, false
	}
}

// put files a battle unless a newer state of it is known: an event may overtake the
// pages of a snapshot that was taken before it.
func put(battles *map[string]standing, battle hub.Battle, at hub.Position) {
	if *battles == nil {
		*battles = make(map[string]standing)
	}
	if known, ok := (*battles)[battle.ID]; ok && known.at.Compare(at) > 0 {
		return
	}
	(*battles)[battle.ID] = standing{battle, at}
}

// followLocked forgets the battles that no followed room takes part in: nothing would
// ever update them. No list means every room.
func (b *Board) followLocked(rooms []string) {
	if rooms == nil {
		return
	}
	followed := make(map[string]bool, len(rooms))
	for _, room := range rooms {
		followed[room] = true
	}
	foreign := func(_ string, s standing) bool {
		return !slices.ContainsFunc(s.battle.Rooms(), func(room string) bool { return followed[room] })
	}
	maps.DeleteFunc(b.battles, foreign)
	maps.DeleteFunc(b.next, foreign)
}

// sweepLocked forgets the ended battles whose time has come. The hub sends no event for
// that: the time is part of the battle.
func (b *Board) sweepLocked() {
	now := b.nowLocked()
	maps.DeleteFunc(b.battles, func(_ string, s standing) bool {
		leaves := s.battle.LeavesAt
		return s.battle.State == hub.StateEnded && !leaves.IsZero() && !leaves.After(now)
	})
}

func (b *Board) tellTimeLocked(t hub.Time) {
	if !t.IsZero() {
		b.ahead = time.Until(t.Time)
	}
}

func (b *Board) nowLocked() time.Time { return time.Now().Add(b.ahead) }

// began is the earliest moment known of a battle.
func began(b *hub.Battle) time.Time {
	return cmp.Or(b.CreatedAt, b.StartedAt, b.EndedAt).Time
}
