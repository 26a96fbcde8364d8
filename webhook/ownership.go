package webhook

import (
	"cmp"
	"encoding/json"

	"battlehub/hub"
)

// ownership reads the webhook of a room. Whom a room belongs to is all that Create and
// ChangeOwner are kept for, so without an owner they are refused, as a battle without rooms
// is. A room that is no more needs none.
func (f *fields) ownership(body object, e *hub.Event) {
	var eventTime, info json.RawMessage                   // Create tells no EventTime (trtc.io/document/64422)
	var roomID, currentOwner json.RawMessage              // Destroy and ChangeOwner only (64423, 72553)
	var infoRoomID, infoOwner, createTime json.RawMessage // Create, and the owner also Destroy
	body.fill(slot{"EventTime", &eventTime}, slot{"RoomInfo", &info},
		slot{"RoomId", &roomID}, slot{"CurrentOwner_Account", &currentOwner})
	f.object("RoomInfo", info).fill(slot{"RoomId", &infoRoomID}, slot{"Owner_Account", &infoOwner}, slot{"CreateTime", &createTime})
	at := f.instant("EventTime", eventTime)
	switch e.Kind {
	case hub.KindRoomCreated:
		at = cmp.Or(at, f.instant("RoomInfo.CreateTime", createTime)) // Create's only time, in seconds
		e.From.Room = f.required("RoomInfo.RoomId", infoRoomID)
		e.From.Owner = f.required("RoomInfo.Owner_Account", infoOwner)
	case hub.KindRoomDestroyed:
		e.From.Room = f.required("RoomId", roomID)
		e.From.Owner = f.id("RoomInfo.Owner_Account", infoOwner)
	case hub.KindOwnerChanged:
		e.From.Room = f.required("RoomId", roomID)
		e.From.Owner = f.required("CurrentOwner_Account", currentOwner)
	}
	e.At = cmp.Or(at, e.ReceivedAt)
}
