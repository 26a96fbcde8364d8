package webhook

import (
	"cmp"
	"encoding/json"

	"battlehub/hub"
)

// ownershipPacket is the body of a webhook that tells whose a room is, of all three kinds.
type ownershipPacket struct {
	EventTime json.RawMessage

	// Destroy and ChangeOwner only (trtc.io/document/64423, 72553).
	RoomID       json.RawMessage `json:"RoomId"`
	CurrentOwner json.RawMessage `json:"CurrentOwner_Account"`

	// Create and Destroy only; the latter tells no more than the owner (trtc.io/document/64422).
	Room struct {
		RoomID     json.RawMessage `json:"RoomId"`
		Owner      json.RawMessage `json:"Owner_Account"`
		CreateTime json.RawMessage
	} `json:"RoomInfo"`
}

// ownership reads the webhook of a room. Whom a room belongs to is all that Create and
// ChangeOwner are kept for, so without an owner they are refused, as a battle without rooms
// is. A room that is no more needs none.
func (f *fields) ownership(body []byte, e *hub.Event) {
	var p ownershipPacket
	if f.err = unmarshal(body, &p); f.err != nil {
		return
	}
	at := f.instant("EventTime", p.EventTime)
	switch e.Kind {
	case hub.KindRoomCreated:
		at = cmp.Or(at, f.instant("RoomInfo.CreateTime", p.Room.CreateTime)) // Create's only time, in seconds
		e.From.Room = f.required("RoomInfo.RoomId", p.Room.RoomID)
		e.From.Owner = f.required("RoomInfo.Owner_Account", p.Room.Owner)
	case hub.KindRoomDestroyed:
		e.From.Room = f.required("RoomId", p.RoomID)
		e.From.Owner = f.id("RoomInfo.Owner_Account", p.Room.Owner)
	case hub.KindOwnerChanged:
		e.From.Room = f.required("RoomId", p.RoomID)
		e.From.Owner = f.required("CurrentOwner_Account", p.CurrentOwner)
	}
	e.At = cmp.Or(at, e.ReceivedAt)
}
