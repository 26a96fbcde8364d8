package bench

import (
	"strconv"
	"strings"
	"time"

	"battlehub/hub"
)

// commands are the names that Tencent gives to what happens.
var commands = map[hub.Kind]string{
	hub.KindCreated: "Live.CallbackAfterCreateBattle",
	hub.KindStarted: "Live.CallbackAfterStartBattle",
	hub.KindEnded:   "Live.CallbackAfterEndBattle",
}

// packets are the bodies of webhooks, in the shapes of Tencent's samples (trtc.io/document/68259,
// 68260, 68261). What follows a $ is another in each event, see appendPacket.
var packets = map[hub.Kind]template{
	hub.KindCreated: templateOf(`{"CallbackCommand":"Live.CallbackAfterCreateBattle","Operator_Account":"user-$from","BattleId":"$id",` +
		`"FromRoomId":"bench-$from","ToRoomIdList":["bench-$to"],"Timeout":30000,"Duration":60000,"NeedResponse":true,` +
		`"ExtensionInfo":"extension pk","EventTime":$millis}`),
	hub.KindStarted: templateOf(`{"CallbackCommand":"Live.CallbackAfterStartBattle","BattleId":"$id","Duration":60000,` +
		`"CreateTime":$seconds,"StartTime":$seconds,"FromRoomInfo":{"RoomId":"bench-$from","Owner_Account":"user-$from"},` +
		`"ToRoomList":[{"RoomId":"bench-$to","Owner_Account":"user-$to"}],"EventTime":$millis}`),
	hub.KindEnded: templateOf(`{"CallbackCommand":"Live.CallbackAfterEndBattle","BattleId":"$id","Duration":60000,` +
		`"CreateTime":$seconds,"StartTime":$seconds,"EndTime":$seconds,"OpType":0,` +
		`"FromRoomInfo":{"RoomId":"bench-$from","Score":$score,"Owner_Account":"user-$from"},` +
		`"ToRoomList":[{"RoomId":"bench-$to","Score":$other,"Owner_Account":"user-$to"}],"EventTime":$millis}`),
}

// template is a text with gaps: literals and, between them, the names of what belongs there.
// Package fmt took as long for a packet as the kernel for sending it.
type template []string

// templateOf cuts a text at its gaps.
func templateOf(text string) (t template) {
	for text != "" {
		literal, rest, _ := strings.Cut(text, "$")
		text = strings.TrimLeft(rest, "abcdefghijklmnopqrstuvwxyz")
		t = append(t, literal, strings.TrimSuffix(rest, text))
	}
	return t
}

// appendPacket appends the body of event k's webhook, as of a moment.
func (p *plan) appendPacket(b []byte, k int, at time.Time) []byte {
	battle, kind := p.event(k)
	from, to := p.sides(battle)
	number := func(n int64) { b = strconv.AppendInt(b, n, 10) }
	for i, text := range packets[kind] {
		if i%2 == 0 {
			b = append(b, text...)
			continue
		}
		switch text {
		case "id":
			b = p.appendBattleID(b, battle)
		case "from":
			number(int64(from))
		case "to":
			number(int64(to))
		case "seconds":
			number(at.Unix())
		case "millis":
			number(at.UnixMilli())
		case "score":
			number(int64(100 + k%400))
		case "other":
			number(int64(90 + k%500))
		}
	}
	return b
}
