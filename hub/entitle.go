package hub

import "slices"

// What a session follows is what it asked for, as far as its grant covers that now. A grant
// that names its rooms never changes by itself; one that follows ownership does, with every
// room that changes hands. What is lost, is lost at once, while the entry that says so is
// applied: the session does not see the next event. What is gained comes with its battles,
// as soon as the session has caught up.

// entitled returns the rooms that the grant covers now, sorted, or nil for all. The caller
// holds feed.mu.
func (f *feed) entitled(g *Grant) []string {
	if g.Moderator() {
		return nil
	}
	rooms := append([]string{}, g.Rooms...)
	if g.Host != nil && f.owners.admits(g.Host, g.User) {
		rooms = append(rooms, g.Host.Room)
	}
	if g.Owns {
		rooms = append(rooms, f.owners.of(g.User)...)
	}
	slices.Sort(rooms)
	return slices.Compact(rooms)
}

// entitledNow is entitled for those who do not hold feed.mu.
func (f *feed) entitledNow(g *Grant) []string {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.entitled(g)
}

// pick returns what a client follows that asked for some rooms, or, by nil, for whatever it
// may see. A nil result means all.
func pick(asked, entitled []string) []string {
	switch {
	case asked == nil:
		return entitled
	case entitled == nil:
		return asked
	}
	rooms := []string{}
	for _, room := range asked {
		if slices.Contains(entitled, room) {
			rooms = append(rooms, room)
		}
	}
	return rooms
}

// denied returns the first room asked for that is not covered, or "".
func denied(asked, entitled []string) string {
	if entitled == nil {
		return ""
	}
	for _, room := range asked {
		if !slices.Contains(entitled, room) {
			return room
		}
	}
	return ""
}

// overlap reports whether one of the rooms is covered.
func overlap(entitled, rooms []string) bool {
	return entitled == nil || slices.ContainsFunc(rooms, func(room string) bool { return slices.Contains(entitled, room) })
}

// settle lets the session follow what its grant covers now. A client that stood at since
// has no battles yet of the rooms that it gained later: those are left for followGrant.
func (s *session) settle(since Position) error {
	f := s.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.revoked.cover(&s.grant) { // after it was admitted, and before it could be found here
		return &leaving{Bye{FrameBye, CloseRevoked, 0}}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended { // it must not enter the index after end took it out
		return nil
	}
	f.index.remove(s)
	rooms := pick(s.asked, f.entitled(&s.grant))
	s.rooms = rooms
	if !since.IsZero() && s.grant.varies() {
		s.rooms = slices.DeleteFunc(slices.Clone(rooms), func(room string) bool { return f.gained(&s.grant, room, since) })
	}
	s.changed = len(s.rooms) < len(rooms)
	f.index.add(s)
	return nil
}

// gained reports whether the grant covers the room only since later than the position, as
// far as can be known. The caller holds feed.mu.
func (f *feed) gained(g *Grant, room string, since Position) bool {
	if slices.Contains(g.Rooms, room) {
		return false
	}
	at := f.owners.since(room, g.User)
	return at.IsZero() || at.Compare(since) > 0
}

// reassess is called when what the grant covers may have changed. The caller holds feed.mu
// for writing.
func (s *session) reassess() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended || s.rooms == nil {
		return
	}
	rooms := pick(s.asked, s.feed.entitled(&s.grant))
	kept, lost := []string{}, []string(nil)
	for _, room := range s.rooms {
		if slices.Contains(rooms, room) {
			kept = append(kept, room)
		} else {
			lost = append(lost, room)
		}
	}
	if len(lost) == 0 && len(rooms) == len(kept) {
		return
	}
	s.feed.index.removeRooms(s, lost)
	s.rooms, s.changed = kept, true
	s.startLocked()
}

// followGrant tells the client what it now follows, with the battles of the rooms that it
// gained. It answers the client's request, if any.
func (s *session) followGrant(r *request) error {
	snap, ready := s.follow(func(entitled []string) []string {
		s.changed = false
		var gained []string
		for _, room := range pick(s.asked, entitled) {
			if s.rooms != nil && !slices.Contains(s.rooms, room) {
				gained = append(gained, room)
			}
		}
		return gained
	})
	if !ready {
		return nil
	}
	answered := int64(0)
	if r != nil {
		s.doneRequest()
		answered = r.ID
	}
	if err := s.write([]*frame{s.subscribed(answered)}); err != nil || len(snap.rooms) == 0 {
		return err
	}
	return s.writeSnapshot(snapshotPages(snap.battles, snap.pos))
}

// roomsSnapshot is the board of some rooms as of pos.
type roomsSnapshot struct {
	rooms   []string
	pos     Position
	battles [][]byte
}

// follow adds the rooms that choose names, given those that the grant covers, and takes
// their board, at one position: what follows it comes from the ring. It reports false,
// having changed nothing, when events are pending that must be written first. choose is
// called with both locks held.
func (s *session) follow(choose func(entitled []string) []string) (roomsSnapshot, bool) {
	f := s.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended || s.behind || s.n > 0 {
		return roomsSnapshot{}, false
	}
	rooms := choose(f.entitled(&s.grant))
	if len(rooms) > 0 {
		s.rooms = slices.Concat(s.rooms, rooms)
		f.index.addRooms(s, rooms)
	}
	s.behind, s.next = true, f.ring.next
	return roomsSnapshot{rooms, f.ring.head(), encoded(f.board.of(rooms))}, true
}

// follows returns the rooms that the session follows; nil is all. The list is never changed
// in place.
func (s *session) follows() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rooms
}
