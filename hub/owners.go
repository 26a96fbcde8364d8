package hub

import (
	"iter"
	"maps"
	"slices"
	"time"
)

// owners knows whose each room is, by what the log says: of rooms that were created,
// destroyed or handed on, and of battles, which name the owners of their rooms.
type owners struct {
	rooms map[string]*ownership
	users map[string]map[string]bool // user → rooms
}

// ownership is the newest claim to a room.
type ownership struct {
	Room  string   `json:"room"`
	Owner string   `json:"owner,omitempty"` // "": the room was destroyed
	At    Time     `json:"at"`              // when Tencent says that it was so, as of the newest claim
	Since Position `json:"since"`           // where the log first said that the room is this owner's
}

// handover is a claim to a room that counts. Hosts may lose the room by one that changes no
// owner, see admits.
type handover struct {
	room, to string // to: "" for nobody
	changed  bool   // the room was somebody else's
}

// Bounds of what is remembered.
const (
	// keepDestroyed is how long a destroyed room is remembered, so that a late End cannot
	// give it back to its last owner.
	keepDestroyed = time.Hour
	// keepOwner is after how long a room of which nothing is heard counts as gone: the
	// webhook that it was destroyed may have been lost. No live room lasts so long.
	keepOwner = 7 * 24 * time.Hour
)

func newOwners() owners {
	return owners{rooms: map[string]*ownership{}, users: map[string]map[string]bool{}}
}

// apply takes over what the entry says of owners.
func (o *owners) apply(e *Entry) []handover {
	var changes []handover
	for s := range claims(e.Event) {
		// Nobody can claim a room for the future, and so keep the truth out later on.
		at := e.Event.At
		if at.After(e.At.Time) {
			at = e.At
		}
		if counts, changed := o.claim(ownership{s.Room, s.Owner, at, e.Position}); counts {
			changes = append(changes, handover{s.Room, s.Owner, changed})
		}
	}
	return changes
}

// claims yields the rooms and owners that an event names.
func claims(e *Event) iter.Seq[Side] {
	return func(yield func(Side) bool) {
		switch e.Kind {
		case KindRoomCreated, KindOwnerChanged:
			yield(e.From)
		case KindRoomDestroyed:
			yield(Side{Room: e.From.Room})
		case KindStarted, KindEnded:
			if e.From.Owner != "" && !yield(e.From) {
				return
			}
			for _, s := range e.To {
				if s.Owner != "" && !yield(s) {
					return
				}
			}
		}
	}
}

// claim files the claim, unless a newer one is known, and reports whether it changed whose
// the room is. Some of Tencent's times are in whole seconds, so within a second it
// is the log's order that counts.
func (o *owners) claim(c ownership) (counts, changed bool) {
	old := o.rooms[c.Room]
	if old == nil {
		o.put(&c)
		return true, c.Owner != ""
	}
	if c.At.Add(time.Second).Before(old.At.Time) {
		return false, false
	}
	if old.Owner == c.Owner { // nearly always: every battle names the owners again
		old.At = c.At
		return true, false
	}
	o.forget(old)
	o.put(&c)
	return true, true
}

func (o *owners) put(c *ownership) {
	o.rooms[c.Room] = c
	if c.Owner == "" {
		return
	}
	if o.users[c.Owner] == nil {
		o.users[c.Owner] = map[string]bool{}
	}
	o.users[c.Owner][c.Room] = true
}

// forget takes the room away from its owner.
func (o *owners) forget(c *ownership) {
	delete(o.users[c.Owner], c.Room)
	if len(o.users[c.Owner]) == 0 {
		delete(o.users, c.Owner)
	}
}

// of returns the user's rooms.
func (o *owners) of(user string) []string { return slices.Collect(maps.Keys(o.users[user])) }

// since returns where the log first said that the room is the user's, or zero.
func (o *owners) since(room, user string) Position {
	if c := o.rooms[room]; c != nil && c.Owner == user {
		return c.Since
	}
	return Position{}
}

// admits reports whether the user's claim to host a room holds: nobody else is known to
// have owned it later.
func (o *owners) admits(claim *Hosting, user string) bool {
	known := o.rooms[claim.Room]
	return known == nil || known.Owner == user || known.At.Before(claim.Since)
}

// sweep forgets what is too old to matter, and returns the rooms that are nobody's now.
func (o *owners) sweep(now time.Time) []handover {
	var gone []handover
	for room, c := range o.rooms {
		age := now.Sub(c.At.Time)
		if age < keepDestroyed || (c.Owner != "" && age < keepOwner) {
			continue
		}
		delete(o.rooms, room)
		if c.Owner != "" {
			o.forget(c)
			gone = append(gone, handover{room: room, changed: true})
		}
	}
	return gone
}
