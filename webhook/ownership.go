package webhook

import (
	"cmp"
	"encoding/json"

	"battlehub/hub"
)

// ownershipPacket is the body of a webhook that tells whose a room is, of all three kinds.
type ownershipPacket struct {
	eventTime json.RawMessage

	// Destroy and ChangeOwner only (trtc.io/document/64423, 72553).
	roomID, currentOwner json.RawMessage

	// Create and Destroy only; the latter tells no more than the owner (trtc.io/document/64422).
	room json.RawMessage
}

func (p *ownershipPacket) place(name []byte) *json.RawMessage {
	switch string(name) {
	case "eventtime":
		return &p.eventTime
	case "roomid":
		return &p.roomID
	case "currentowner_account":
		return &p.currentOwner
	case "roominfo":
		return &p.room
	}
	return nil
}

// roomInfo is that room.
type roomInfo struct{ roomID, owner, createTime json.RawMessage }

func (r *roomInfo) place(name []byte) *json.RawMessage {
	switch string(name) {
	case "roomid":
		return &r.roomID
	case "owner_account":
		return &r.owner
	case "createtime":
		return &r.createTime
	}
	return nil
}

// ownership reads the webhook of a room. Whom a room belongs to is all that Create and
// ChangeOwner are kept for, so without an owner they are refused, as a battle without rooms
// is. A room that is no more needs none.
func (f *fields) ownership(body object, e *hub.Event) {
	var p ownershipPacket
	var room roomInfo
	body.fill(p.place)
	f.object("RoomInfo", p.room).fill(room.place)
	at := f.instant("EventTime", p.eventTime)
	switch e.Kind {
	case hub.KindRoomCreated:
		at = cmp.Or(at, f.instant("RoomInfo.CreateTime", room.createTime)) // Create's only time, in seconds
		e.From.Room = f.required("RoomInfo.RoomId", room.roomID)
		e.From.Owner = f.required("RoomInfo.Owner_Account", room.owner)
	case hub.KindRoomDestroyed:
		e.From.Room = f.required("RoomId", p.roomID)
		e.From.Owner = f.id("RoomInfo.Owner_Account", room.owner)
	case hub.KindOwnerChanged:
		e.From.Room = f.required("RoomId", p.roomID)
		e.From.Owner = f.required("CurrentOwner_Account", p.currentOwner)
	}
	e.At = cmp.Or(at, e.ReceivedAt)
}
