package hub

import "slices"

// index finds the sessions that may see an event: those that follow everything, and
// those that follow one of its rooms. What it costs depends on whom the event concerns,
// not on how many sessions there are.
type index struct {
	all   []*session
	rooms map[string][]*session
	users map[string][]*session // those whose grant follows what the user owns
}

func newIndex() index {
	return index{rooms: map[string][]*session{}, users: map[string][]*session{}}
}

// add registers the session for the rooms that it follows.
func (x *index) add(s *session) {
	if s.rooms == nil {
		s.allAt = len(x.all)
		x.all = append(x.all, s)
		return
	}
	x.addRooms(s, s.rooms)
	x.addUser(s)
}

// remove undoes add. Removing a session that is not there changes nothing.
func (x *index) remove(s *session) {
	if s.rooms != nil {
		x.removeRooms(s, s.rooms)
		x.removeUser(s)
		return
	}
	if s.allAt >= len(x.all) || x.all[s.allAt] != s {
		return
	}
	last := len(x.all) - 1
	x.all[s.allAt] = x.all[last]
	x.all[s.allAt].allAt = s.allAt
	x.all[last] = nil
	x.all = x.all[:last]
}

func (x *index) addRooms(s *session, rooms []string) {
	for _, room := range rooms {
		x.rooms[room] = append(x.rooms[room], s)
	}
}

func (x *index) removeRooms(s *session, rooms []string) {
	for _, room := range rooms {
		without(x.rooms, room, s)
	}
}

func (x *index) addUser(s *session) {
	if s.grant.varies() {
		x.users[s.grant.User] = append(x.users[s.grant.User], s)
	}
}

func (x *index) removeUser(s *session) {
	if s.grant.varies() {
		without(x.users, s.grant.User, s)
	}
}

// without takes the session out of the list under key.
func without(lists map[string][]*session, key string, s *session) {
	left := slices.DeleteFunc(lists[key], func(o *session) bool { return o == s })
	if len(left) == 0 {
		delete(lists, key)
	} else {
		lists[key] = left
	}
}

// offer hands the event to every session that follows one of its rooms. A session that
// follows several gets it once, since it knows the offset of what it was last offered.
func (x *index) offer(f *frame) {
	for _, s := range x.all {
		s.offer(f)
	}
	for _, room := range f.rooms {
		for _, s := range x.rooms[room] {
			s.offer(f)
		}
	}
}

// each calls do for every session, some of them more than once.
func (x *index) each(do func(*session)) {
	for _, s := range x.all {
		do(s)
	}
	for _, lists := range []map[string][]*session{x.rooms, x.users} {
		for _, sessions := range lists {
			for _, s := range sessions {
				do(s)
			}
		}
	}
}
