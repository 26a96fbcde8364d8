package webhook

import (
	"encoding/json"
	"fmt"
	"slices"

	"battlehub/hub"
)

// maxRooms is how many rooms one battle may challenge. Tencent's documented packets
// have one or two.
const maxRooms = 64

// rooms reads the rooms in the form that Start and End share.
func (f *fields) rooms(p *packet, e *hub.Event) {
	e.From = f.side("FromRoomInfo", f.object("FromRoomInfo", p.fromRoom))
	e.To = f.sides("ToRoomList", p.toRooms, e.From.Room, func(raw json.RawMessage) hub.Side {
		if present(raw) && raw[0] != '{' {
			f.refuse("ToRoomList", "must hold objects with a RoomId each")
		}
		return f.side("ToRoomList", f.object("ToRoomList", raw))
	})
}

// side reads an element of ToRoomList, or FromRoomInfo. Its owner may be unknown.
func (f *fields) side(name string, o object) hub.Side {
	var room, owner, score json.RawMessage
	o.fill(slot{"RoomId", &room}, slot{"Owner_Account", &owner}, slot{"Score", &score})
	return hub.Side{
		Room:  f.required(name+".RoomId", room),
		Owner: f.id(name+".Owner_Account", owner),
		Score: f.whole(name+".Score", score),
	}
}

// sides reads the challenged rooms. One that is named twice counts once, and the
// challenger itself is none of them.
func (f *fields) sides(name string, list json.RawMessage, from string, read func(json.RawMessage) hub.Side) []hub.Side {
	var to []hub.Side
	for i, raw := range f.list(name, list) {
		if i == maxRooms {
			f.refuse(name, fmt.Sprintf("names more than %d rooms", maxRooms))
			return nil
		}
		s := read(raw)
		if s.Room != from && !slices.ContainsFunc(to, func(t hub.Side) bool { return t.Room == s.Room }) {
			to = append(to, s)
		}
	}
	if len(to) == 0 {
		f.refuse(name, "names no room; send the rooms that are challenged")
	}
	return to
}
