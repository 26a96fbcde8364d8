package webhook

import (
	"encoding/json"
	"fmt"

	"battlehub/hub"
)

// maxRooms is how many rooms one battle may challenge. Tencent's documented packets
// have one or two.
const maxRooms = 64

// list is a JSON array, its elements not yet read. encoding/json drops what goes beyond
// a Go array's length, so an enormous one costs nothing; the last place shows that
// there was more.
type list [maxRooms + 1]json.RawMessage

// room is an element of ToRoomList, and FromRoomInfo.
type room struct {
	RoomID json.RawMessage `json:"RoomId"`
	Owner  json.RawMessage `json:"Owner_Account"`
	Score  json.RawMessage
}

// rooms reads the rooms in the form that Start and End share.
func (f *fields) rooms(p *packet, e *hub.Event) {
	e.From = f.side("FromRoomInfo", p.FromRoom)
	e.To = f.sides("ToRoomList", &p.ToRooms, e.From.Room, func(raw json.RawMessage) hub.Side {
		var r room
		if json.Unmarshal(raw, &r) != nil {
			f.refuse("ToRoomList", "must hold objects with a RoomId each")
		}
		return f.side("ToRoomList", r)
	})
}

// side reads one room. Its owner may be unknown.
func (f *fields) side(name string, r room) hub.Side {
	return hub.Side{
		Room:  f.required(name+".RoomId", r.RoomID),
		Owner: f.id(name+".Owner_Account", r.Owner),
		Score: f.whole(name+".Score", r.Score),
	}
}

// sides reads the challenged rooms. One that is named twice counts once, and the
// challenger itself is none of them.
func (f *fields) sides(name string, l *list, from string, read func(json.RawMessage) hub.Side) []hub.Side {
	if l[maxRooms] != nil {
		f.refuse(name, fmt.Sprintf("names more than %d rooms", maxRooms))
		return nil
	}
	known := map[string]bool{from: true}
	var to []hub.Side
	for _, raw := range l {
		if raw == nil {
			break
		}
		if s := read(raw); !known[s.Room] {
			known[s.Room] = true
			to = append(to, s)
		}
	}
	if len(to) == 0 {
		f.refuse(name, "names no room; send the rooms that are challenged")
	}
	return to
}
