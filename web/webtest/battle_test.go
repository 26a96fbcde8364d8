package webtest

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

// battle is one battle and sends the packets that Tencent would, in the shapes of
// trtc.io/document/68259, 68260 and 68261.
type battle struct {
	hub      *hubProcess
	id       string
	from     string
	to       []string
	begun    time.Time
	duration time.Duration
	outbox   *[]webhookCall // where its webhooks wait to be sent with others; nil: each is sent at once
}

// webhookCall is a webhook as it goes over the network.
type webhookCall struct {
	url  string
	body []byte
}

type packet map[string]any

// newBattle makes up a battle of a minute that begins now. Its id looks like Tencent's:
// base64, and as a rule with characters that an address must escape.
func newBattle(h *hubProcess, name, from string, to ...string) *battle {
	sum := sha256.Sum256([]byte(name))
	id := "+/" + base64.StdEncoding.EncodeToString(sum[:])
	return &battle{hub: h, id: id, from: from, to: to, begun: time.Now().Truncate(time.Second), duration: time.Minute}
}

// lasting sets the length and when it began, counted from now.
func (b *battle) lasting(d, begunAgo time.Duration) *battle {
	b.duration = d
	b.begun = time.Now().Add(-begunAgo).Truncate(time.Second)
	return b
}

// create sends the challenge. The rooms have a minute to answer, if they need to.
func (b *battle) create(t *testing.T, needsResponse bool) *battle {
	t.Helper()
	b.post(t, "Live.CallbackAfterCreateBattle", packet{
		"Operator_Account": "op-" + b.from, "FromRoomId": b.from, "ToRoomIdList": b.to,
		"Timeout": 60000, "NeedResponse": needsResponse, "ExtensionInfo": "",
		"EventTime": b.begun.UnixMilli(),
	})
	return b
}

// start sends the start, with all rooms or those that joined.
func (b *battle) start(t *testing.T, joined ...string) *battle {
	t.Helper()
	if joined == nil {
		joined = b.to
	}
	b.post(t, "Live.CallbackAfterStartBattle", packet{
		"CreateTime": b.begun.Unix(), "StartTime": b.begun.Unix(),
		"FromRoomInfo": room(b.from), "ToRoomList": rooms(joined), "EventTime": b.begun.UnixMilli(),
	})
	return b
}

// end sends the end, with the scores of the challenger and the others, at the given time
// after the beginning. The operation is Tencent's OpType.
func (b *battle) end(t *testing.T, operation int, after time.Duration, scores ...int) *battle {
	t.Helper()
	sides := append([]packet{room(b.from)}, rooms(b.to)...)
	for i, score := range scores {
		sides[i]["Score"] = score
	}
	b.post(t, "Live.CallbackAfterEndBattle", packet{
		"CreateTime": b.begun.Unix(), "StartTime": b.begun.Unix(), "EndTime": b.begun.Add(after).Unix(),
		"OpType": operation, "FromRoomInfo": sides[0], "ToRoomList": sides[1:],
		"EventTime": b.begun.Add(after).UnixMilli(),
	})
	return b
}

func (b *battle) post(t *testing.T, command string, p packet) {
	t.Helper()
	p["CallbackCommand"], p["BattleId"], p["Duration"] = command, b.id, b.duration.Milliseconds()
	body, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	url := b.hub.url("/webhook?SdkAppid=1400000000&CallbackCommand=" + command + "&contenttype=json" + b.hub.sign(time.Now()))
	if b.outbox != nil {
		*b.outbox = append(*b.outbox, webhookCall{url, body})
		return
	}
	response, err := http.Post(url, "application/json", bytes.NewReader(body))
	mustAnswer(t, response, err)
}

func room(id string) packet { return packet{"RoomId": id, "Owner_Account": ownerOf(id)} }

func rooms(ids []string) []packet {
	list := make([]packet, len(ids))
	for i, id := range ids {
		list[i] = room(id)
	}
	return list
}

// ownerOf gives every room an owner.
func ownerOf(room string) string { return "owner-of-" + strings.ToLower(room) }
