package simulate

import (
	"testing"
	"time"

	"battlehub/hub"
)

// TestRoomsAreOwned follows every room through the script: its owner opens it before its
// first battle, may hand it over and has it back before the next, and in the end closes it.
func TestRoomsAreOwned(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*scriptConfig){
		"enough_rooms": func(*scriptConfig) {},
		"fast":         func(c *scriptConfig) { c.speed, c.rate = 20, 300 },
		"by_duration":  func(c *scriptConfig) { c.battles, c.duration = 0, 10*time.Minute },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := aScript(500)
			change(&cfg)
			r := &register{t: t, rooms: newRooms(cfg.rooms), owners: map[string]string{}}
			for _, c := range allCalls(t, cfg) {
				if c.command != commandSendGift && c.trouble == troubleNone {
					r.enter(decodeAll(t, []simCall{c})[0])
				}
			}
			if r.handed < 4 || r.handed%2 != 0 {
				t.Errorf("%d changes of owner", r.handed)
			}
			if len(r.owners) > 0 {
				t.Errorf("open in the end: %v", r.owners)
			}
		})
	}
}

// register knows whose the open rooms are.
type register struct {
	t      *testing.T
	rooms  []*simRoom
	owners map[string]string
	handed int
}

// enter takes the next event, which must go with those before it.
func (r *register) enter(e hub.Event) {
	r.t.Helper()
	room, owner := e.From.Room, e.From.Owner
	before, host := r.owners[room], ownerOf(r.rooms, room)
	sound := true
	switch e.Kind {
	case hub.KindRoomCreated:
		sound = before == "" && owner == host
		r.owners[room] = owner
	case hub.KindOwnerChanged:
		sound = before != "" && (before == host) != (owner == host)
		r.owners[room] = owner
		r.handed++
	case hub.KindRoomDestroyed:
		sound = before == host && owner == host
		delete(r.owners, room)
	case hub.KindCreated:
		for _, room := range e.Rooms() {
			sound = sound && r.owners[room] == ownerOf(r.rooms, room)
		}
	}
	if !sound {
		r.t.Errorf("%s of %s by %q, which belongs to %q", e.Kind, room, owner, before)
	}
}
