package simulate

import (
	"encoding/json"
	"strconv"
)

// The commands that the script sends, as Tencent names them.
const (
	commandCreateBattle = "Live.CallbackAfterCreateBattle"
	commandStartBattle  = "Live.CallbackAfterStartBattle"
	commandEndBattle    = "Live.CallbackAfterEndBattle"
	commandCreateRoom   = "Live.CallbackAfterCreateRoom"
	commandDestroyRoom  = "Live.CallbackAfterDestroyRoom"
	commandChangeOwner  = "Live.CallbackAfterChangeOwner"
	commandSendGift     = "Live.CallbackBeforeSendGift"
)

// How a battle ended: the OpType of an End.
const (
	opTimeUp     = 0
	opAllLeft    = 1
	opNotStarted = 2
)

// The packets keep the order and the types of the fields of Tencent's samples
// (trtc.io/document/68259, 68260, 68261, 64422, 64423, 72553, 72210), so that a receiver
// is tried with what it will meet. The three battle packets do not share one shape.

type createBattlePacket struct {
	CallbackCommand string   `json:"CallbackCommand"`
	Operator        string   `json:"Operator_Account"`
	BattleID        string   `json:"BattleId"`
	FromRoomID      string   `json:"FromRoomId"`
	ToRoomIDs       []string `json:"ToRoomIdList"`
	TimeoutMS       int64    `json:"Timeout"`
	DurationMS      int64    `json:"Duration"`
	NeedResponse    bool     `json:"NeedResponse"`
	ExtensionInfo   string   `json:"ExtensionInfo"`
	EventTimeMS     int64    `json:"EventTime"`
}

type startBattlePacket struct {
	CallbackCommand string      `json:"CallbackCommand"`
	BattleID        string      `json:"BattleId"`
	DurationMS      int64       `json:"Duration"`
	CreateTime      int64       `json:"CreateTime"` // s, as StartTime; EventTime is in ms
	StartTime       int64       `json:"StartTime"`
	From            startSide   `json:"FromRoomInfo"`
	To              []startSide `json:"ToRoomList"`
	EventTimeMS     int64       `json:"EventTime"`
}

type startSide struct {
	RoomID string `json:"RoomId"`
	Owner  string `json:"Owner_Account"`
}

type endBattlePacket struct {
	CallbackCommand string    `json:"CallbackCommand"`
	BattleID        string    `json:"BattleId"`
	DurationMS      int64     `json:"Duration"`
	CreateTime      int64     `json:"CreateTime"` // s, as the next two
	StartTime       int64     `json:"StartTime"`  // 0 if it never started
	EndTime         int64     `json:"EndTime"`
	OpType          int       `json:"OpType"`
	From            endSide   `json:"FromRoomInfo"`
	To              []endSide `json:"ToRoomList"`
	EventTimeMS     int64     `json:"EventTime"`
}

type endSide struct {
	RoomID string     `json:"RoomId"`
	Score  int        `json:"Score"`
	Owner  endAccount `json:"Owner_Account"`
}

// endAccount is an account as an End and a DestroyRoom write it: an account of
// digits alone becomes a bare integer, above 2^53 though it is.
type endAccount string

// MarshalJSON writes digits as a number, everything else as a string.
func (n endAccount) MarshalJSON() ([]byte, error) {
	if _, err := strconv.ParseUint(string(n), 10, 64); err == nil {
		return []byte(n), nil
	}
	return json.Marshal(string(n))
}

type createRoomPacket struct {
	CallbackCommand string          `json:"CallbackCommand"`
	Operator        string          `json:"Operator_Account"`
	Room            createdRoomInfo `json:"RoomInfo"`
}

type createdRoomInfo struct {
	RoomID          string `json:"RoomId"`
	RoomName        string `json:"RoomName"`
	RoomType        string `json:"RoomType"`
	Owner           string `json:"Owner_Account"`
	MaxMemberCount  int    `json:"MaxMemberCount"`
	MessageDisabled bool   `json:"IsMessageDisabled"`
	CustomInfo      string `json:"CustomInfo"`
	SeatEnabled     bool   `json:"IsSeatEnabled"`
	TakeSeatMode    string `json:"TakeSeatMode"`
	MaxSeatCount    int    `json:"MaxSeatCount"`
	CreateTime      int64  `json:"CreateTime"` // s
	PublicVisible   bool   `json:"IsPublicVisible"`
	CoverURL        string `json:"CoverURL"`
	Category        []int  `json:"Category"`
}

type destroyRoomPacket struct {
	CallbackCommand string            `json:"CallbackCommand"`
	Operator        string            `json:"Operator_Account"`
	RoomID          string            `json:"RoomId"`
	EventType       string            `json:"EventType"`
	EventTimeMS     int64             `json:"EventTime"`
	Room            destroyedRoomInfo `json:"RoomInfo"`
}

type destroyedRoomInfo struct {
	RoomName       string     `json:"RoomName"`
	RoomType       string     `json:"RoomType"`
	Owner          endAccount `json:"Owner_Account"`
	SeatEnabled    bool       `json:"IsSeatEnabled"`
	TakeSeatMode   string     `json:"TakeSeatMode"`
	MaxMemberCount int        `json:"MaxMemberCount"`
}

type changeOwnerPacket struct {
	CallbackCommand string `json:"CallbackCommand"`
	RoomID          string `json:"RoomId"`
	EventTimeMS     int64  `json:"EventTime"`
	Operator        string `json:"Operator_Account"`
	CurrentOwner    string `json:"CurrentOwner_Account"`
	OriginalOwner   string `json:"OriginalOwner_Account"`
}

type sendGiftPacket struct {
	CallbackCommand string   `json:"CallbackCommand"`
	Operator        string   `json:"Operator_Account"`
	RoomID          string   `json:"RoomId"`
	Gift            giftInfo `json:"GiftWater"`
}

type giftInfo struct {
	From   string   `json:"From_Account"`
	To     []string `json:"To_Account"`
	Time   int64    `json:"Time"` // s
	GiftID string   `json:"GiftId"`
	Count  int      `json:"Count"`
	Coins  int      `json:"Coins"`
}
