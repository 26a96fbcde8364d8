package faulttest

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"battlehub/hub"
)

// The webhooks of a battle, in the shapes of webhook/testdata (trtc.io/document/68259,
// 68260 and 68261). All three name the same rooms, so that an event concerns the rooms
// that its battle concerns.

// battleLength is so long that no end is presumed while a test runs.
const battleLength = 10 * time.Minute

// battle is one battle as Tencent knows it.
type battle struct {
	id    string
	from  string
	to    []string
	begun time.Time
	extra string // ExtensionInfo
}

// newBattle makes a battle up. Its id looks like Tencent's: base64, with what must be
// escaped in addresses.
func newBattle(name, from string, to ...string) *battle {
	sum := sha256.Sum256([]byte(name))
	return &battle{id: base64.StdEncoding.EncodeToString(sum[:]), from: from, to: to, begun: time.Now()}
}

var commands = map[hub.Kind]string{
	hub.KindCreated: "Live.CallbackAfterCreateBattle",
	hub.KindStarted: "Live.CallbackAfterStartBattle",
	hub.KindEnded:   "Live.CallbackAfterEndBattle",
}

type packet map[string]any

// packet is the body of the battle's webhook of a kind.
func (b *battle) packet(kind hub.Kind) []byte {
	p := packet{"CallbackCommand": commands[kind], "BattleId": b.id, "Duration": battleLength.Milliseconds(),
		"EventTime": time.Now().UnixMilli()}
	switch kind {
	case hub.KindCreated:
		b.created(p)
	case hub.KindStarted:
		b.taken(p, false)
	case hub.KindEnded:
		b.taken(p, true)
		p["EndTime"], p["OpType"] = time.Now().Unix(), 0
	}
	body, err := json.Marshal(p)
	if err != nil {
		panic(err) // texts and numbers: cannot fail
	}
	return body
}

func (b *battle) created(p packet) {
	p["Operator_Account"], p["ExtensionInfo"] = "op-"+b.from, b.extra
	p["FromRoomId"], p["ToRoomIdList"] = b.from, b.to
	p["Timeout"], p["NeedResponse"] = battleLength.Milliseconds(), false
}

// taken adds what Start and End tell: the rooms with their owners, and at the end scores.
func (b *battle) taken(p packet, scored bool) {
	p["CreateTime"], p["StartTime"] = b.begun.Unix(), b.begun.Unix()
	side := func(room string, score int) packet {
		s := packet{"RoomId": room, "Owner_Account": strings.Replace(room, "pk", "owner", 1)}
		if scored {
			s["Score"] = score
		}
		return s
	}
	p["FromRoomInfo"] = side(b.from, 1)
	var to []packet
	for i, room := range b.to {
		to = append(to, side(room, i+2))
	}
	p["ToRoomList"] = to
}
