package bench

import (
	"fmt"
	"time"

	"battlehub/hub"
)

// commands are the names that Tencent gives to what happens.
var commands = map[hub.Kind]string{
	hub.KindCreated: "Live.CallbackAfterCreateBattle",
	hub.KindStarted: "Live.CallbackAfterStartBattle",
	hub.KindEnded:   "Live.CallbackAfterEndBattle",
}

// appendPacket appends the body of event k's webhook, in the shapes of Tencent's samples
// (trtc.io/document/68259, 68260, 68261), as of a moment.
func (p *plan) appendPacket(b []byte, k int, at time.Time) []byte {
	battle, kind := p.event(k)
	id := p.battleID(battle)
	from, to := p.sides(battle)
	switch kind {
	case hub.KindCreated:
		return fmt.Appendf(b, `{"CallbackCommand":%q,"Operator_Account":"user-%d","BattleId":%q,"FromRoomId":%q,"ToRoomIdList":[%q],`+
			`"Timeout":30000,"Duration":60000,"NeedResponse":true,"ExtensionInfo":"extension pk","EventTime":%d}`,
			commands[kind], from, id, roomName(from), roomName(to), at.UnixMilli())
	case hub.KindStarted:
		return fmt.Appendf(b, `{"CallbackCommand":%q,"BattleId":%q,"Duration":60000,"CreateTime":%d,"StartTime":%d,`+
			`"FromRoomInfo":{"RoomId":%q,"Owner_Account":"user-%d"},"ToRoomList":[{"RoomId":%q,"Owner_Account":"user-%d"}],"EventTime":%d}`,
			commands[kind], id, at.Unix(), at.Unix(), roomName(from), from, roomName(to), to, at.UnixMilli())
	default:
		return fmt.Appendf(b, `{"CallbackCommand":%q,"BattleId":%q,"Duration":60000,"CreateTime":%d,"StartTime":%d,"EndTime":%d,"OpType":0,`+
			`"FromRoomInfo":{"RoomId":%q,"Score":%d,"Owner_Account":"user-%d"},"ToRoomList":[{"RoomId":%q,"Score":%d,"Owner_Account":"user-%d"}],"EventTime":%d}`,
			commands[kind], id, at.Unix(), at.Unix(), at.Unix(), roomName(from), 100+k%400, from, roomName(to), 90+k%500, to, at.UnixMilli())
	}
}
