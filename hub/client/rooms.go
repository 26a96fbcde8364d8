package client

import (
	"errors"
	"maps"
	"slices"
	"sync"

	"battlehub/hub"
)

// errFollowsAll refuses to change what has no list.
var errFollowsAll = errors.New("this client follows every room that it may see; give it rooms from the start to change them")

// errLastRoom refuses to leave no room, for which the wire has no words: a handshake
// without rooms asks for all of them.
var errLastRoom = errors.New("a client follows at least one room; end it instead")

// rooms are what the client follows, and how far the hub has confirmed it. A room is
// confirmed once its snapshot is complete: only from then on does the cursor cover it.
// A connection is resumed with the confirmed rooms, and the others are asked for anew.
type rooms struct {
	mu       sync.Mutex
	all      bool            // no list was given
	followed map[string]bool // room → confirmed
	dialled  []string        // named in the handshake of the connection
	asked    []asked         // subscribes of this connection whose snapshot is not complete
	lastID   int64
}

// asked is a subscribe.
type asked struct {
	id       int64
	rooms    []string
	answered bool // its snapshot comes next
}

func newRooms(names []string, confirmed bool) *rooms {
	r := &rooms{all: len(names) == 0, followed: make(map[string]bool)}
	for _, name := range names {
		r.followed[name] = confirmed
	}
	return r
}

// dial begins a new connection. It returns the rooms to name in the handshake and whether
// a cursor covers them. When none is confirmed yet, all are named, without a cursor: the
// snapshot makes up for it.
func (r *rooms) dial() (names []string, covered bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked, r.dialled = nil, nil
	if r.all {
		return nil, true
	}
	r.dialled = r.namesLocked(true)
	if covered = len(r.dialled) > 0; !covered {
		r.dialled = r.namesLocked(false)
	}
	return r.dialled, covered
}

// changed returns how what is followed differs from what the handshake named.
func (r *rooms) changed() (added, removed []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return without(r.namesLocked(false), r.dialled), without(r.dialled, r.namesLocked(false))
}

// without returns the names that are not among others.
func without(names, others []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return slices.Contains(others, name) })
}

// add notes what is to be followed and returns the names that are new.
func (r *rooms) add(names []string) ([]string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.all {
		return nil, errFollowsAll
	}
	var added []string
	for _, name := range names {
		if _, ok := r.followed[name]; !ok {
			r.followed[name] = false
			added = append(added, name)
		}
	}
	return added, nil
}

// remove notes what is no longer to be followed and returns the names that were.
func (r *rooms) remove(names []string) ([]string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.all {
		return nil, errFollowsAll
	}
	left := maps.Clone(r.followed)
	var removed []string
	for _, name := range names {
		if _, ok := left[name]; ok {
			delete(left, name)
			removed = append(removed, name)
		}
	}
	if len(left) == 0 && len(removed) > 0 {
		return nil, errLastRoom
	}
	r.followed = left
	return removed, nil
}

// ask registers a request and returns its id.
func (r *rooms) ask(typ hub.FrameType, names []string) int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lastID++
	if typ == hub.FrameSubscribe {
		r.asked = append(r.asked, asked{id: r.lastID, rooms: names})
	}
	return r.lastID
}

// answer notes that the hub accepted the request.
func (r *rooms) answer(id int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.asked {
		if r.asked[i].id == id {
			r.asked[i].answered = true
		}
	}
}

// refuse notes that the hub refused the request. Its rooms are not asked for again, but
// for the last one: without it the next handshake would ask for all of them.
func (r *rooms) refuse(id int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked = slices.DeleteFunc(r.asked, func(a asked) bool {
		if a.id != id {
			return false
		}
		for _, name := range a.rooms {
			if len(r.followed) > 1 {
				delete(r.followed, name)
			}
		}
		return true
	})
}

// done notes a complete snapshot: of everything that the handshake named, or of the
// oldest subscribe that was accepted.
func (r *rooms) done(everything bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if everything {
		r.confirmLocked(r.dialled)
		return
	}
	if i := slices.IndexFunc(r.asked, func(a asked) bool { return a.answered }); i >= 0 {
		r.confirmLocked(r.asked[i].rooms)
		r.asked = slices.Delete(r.asked, i, i+1)
	}
}

func (r *rooms) confirmLocked(names []string) {
	for _, name := range names {
		if _, ok := r.followed[name]; ok { // else it was removed meanwhile
			r.followed[name] = true
		}
	}
}

// namesLocked lists the confirmed rooms, or all, sorted.
func (r *rooms) namesLocked(confirmed bool) []string {
	var names []string
	for name, ok := range r.followed {
		if ok || !confirmed {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
