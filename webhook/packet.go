package webhook

import (
	"cmp"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"battlehub/hub"
)

// packet is the body of a battle's webhook, of all three kinds. Values are kept as
// they came and read by fields, which tolerates what Tencent mixes up and names what it
// refuses. Fields that are not here stay in the event's Raw.
type packet struct {
	battleID, eventTime, duration json.RawMessage

	// Create only (trtc.io/document/68259).
	operator, fromRoomID, toRoomIDs, timeout, needResponse, extension json.RawMessage

	// Start and End (trtc.io/document/68260, 68261).
	createTime, startTime, fromRoom, toRooms json.RawMessage

	// End only.
	endTime, opType json.RawMessage
}

func (p *packet) read(body object) {
	body.fill(
		slot{"BattleId", &p.battleID}, slot{"EventTime", &p.eventTime}, slot{"Duration", &p.duration},
		slot{"Operator_Account", &p.operator}, slot{"FromRoomId", &p.fromRoomID}, slot{"ToRoomIdList", &p.toRoomIDs},
		slot{"Timeout", &p.timeout}, slot{"NeedResponse", &p.needResponse}, slot{"ExtensionInfo", &p.extension},
		slot{"CreateTime", &p.createTime}, slot{"StartTime", &p.startTime},
		slot{"FromRoomInfo", &p.fromRoom}, slot{"ToRoomList", &p.toRooms},
		slot{"EndTime", &p.endTime}, slot{"OpType", &p.opType},
	)
}

// outcomes are the meanings of OpType.
var outcomes = map[int64]hub.Outcome{
	0: hub.OutcomeTimeUp,
	1: hub.OutcomeAllLeft,
	2: hub.OutcomeNotStarted,
}

// decode makes an event of a webhook that is ours. An error is a refusal that names the
// first field found wrong.
func decode(app hub.App, kind hub.Kind, body object, received time.Time) (hub.Event, error) {
	f := &fields{}
	e := hub.Event{App: app, Kind: kind, ReceivedAt: hub.At(received)}
	if slices.Contains(hub.Kinds, kind) {
		f.battle(body, &e)
	} else {
		f.ownership(body, &e)
	}
	if f.err != nil {
		return hub.Event{}, f.err
	}
	e.Raw = body.canonical()
	e.ID = hub.EventID(app, kind, identity(&e))
	return e, nil
}

// identity tells an event from the others of its kind. Tencent gives the webhooks of rooms
// no id; so a repeat is what has the same body, and a room that is opened again, at another
// time, is another event.
func identity(e *hub.Event) string {
	if e.Battle != "" {
		return e.Battle
	}
	digest := e.Digest()
	return hex.EncodeToString(digest[:])
}

// battle reads the webhook of a battle.
func (f *fields) battle(body object, e *hub.Event) {
	var p packet
	p.read(body)
	e.Battle = f.required("BattleId", p.battleID)
	e.At = cmp.Or(f.instant("EventTime", p.eventTime), e.ReceivedAt)
	e.DurationMS = f.millis("Duration", p.duration)
	switch e.Kind {
	case hub.KindCreated:
		f.created(&p, e)
	case hub.KindStarted:
		f.started(&p, e)
	case hub.KindEnded:
		f.ended(&p, e)
	}
}

// created reads what only Create tells. That the battle was created is what happened,
// so EventTime is also its time of creation, in milliseconds.
func (f *fields) created(p *packet, e *hub.Event) {
	e.From.Room = f.required("FromRoomId", p.fromRoomID)
	e.To = f.sides("ToRoomIdList", p.toRoomIDs, e.From.Room, func(raw json.RawMessage) hub.Side {
		return hub.Side{Room: f.required("ToRoomIdList", raw)}
	})
	e.Operator = f.id("Operator_Account", p.operator)
	e.NeedsResponse = f.flag("NeedResponse", p.needResponse)
	e.TimeoutMS = f.millis("Timeout", p.timeout)
	e.Extension = f.text("ExtensionInfo", p.extension, maxExtension)
	e.CreatedAt = e.At
}

// started reads what Start tells: End tells it as well.
func (f *fields) started(p *packet, e *hub.Event) {
	f.rooms(p, e)
	e.CreatedAt = f.instant("CreateTime", p.createTime)
	e.StartedAt = sharpened(cmp.Or(f.instant("StartTime", p.startTime), e.At), e.At)
}

// sharpened adds the milliseconds to the StartTime of a Start, which is told in whole
// seconds: its EventTime is the same moment in milliseconds. Else every countdown would be
// up to a second short, and battles would start before they were created. An EventTime of
// another second tells of a delay, and adds nothing.
func sharpened(start, event hub.Time) hub.Time {
	if start.Truncate(time.Second).Equal(event.Truncate(time.Second)) && event.After(start.Time) {
		return event
	}
	return start
}

// ended reads what End tells. A battle that never started has the StartTime 0. An
// OpType of the future leaves the outcome open rather than the battle running.
func (f *fields) ended(p *packet, e *hub.Event) {
	f.rooms(p, e)
	e.CreatedAt = f.instant("CreateTime", p.createTime)
	e.StartedAt = f.instant("StartTime", p.startTime)
	e.EndedAt = cmp.Or(f.instant("EndTime", p.endTime), e.At)
	if present(p.opType) {
		e.Outcome = outcomes[f.whole("OpType", p.opType)]
	}
}
