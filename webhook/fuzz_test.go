package webhook

import (
	"bytes"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"battlehub/hub"
)

// fuzzKinds are the kinds that webhooks tell, with packets of each.
var fuzzKinds = []struct {
	kind    hub.Kind
	packets []string
}{
	{hub.KindCreated, []string{"create.json", "create-needs-response.json"}},
	{hub.KindStarted, []string{"start.json"}},
	{hub.KindEnded, []string{"end.json", "end-never-started.json"}},
	{hub.KindRoomCreated, []string{"create-room.json"}},
	{hub.KindRoomDestroyed, []string{"destroy-room.json"}},
	{hub.KindOwnerChanged, []string{"change-owner.json"}},
}

// FuzzDecode feeds the decoder anything. Whatever it accepts must be an event that a log
// can keep and give back unchanged.
func FuzzDecode(f *testing.F) {
	for i, k := range fuzzKinds {
		f.Add(uint8(i), []byte("{}"))
		f.Add(uint8(i), []byte(`{"BattleId":"b","FromRoomId":"a","ToRoomIdList":["c"]}`))
		f.Add(uint8(i), []byte(`{"BattleId":1,"FromRoomInfo":{"RoomId":2},"ToRoomList":[{"RoomId":3}]}`))
		f.Add(uint8(i), []byte(`{"RoomId":1,"CurrentOwner_Account":2,"RoomInfo":{"RoomId":3,"Owner_Account":4}}`))
		for _, packet := range k.packets {
			f.Add(uint8(i), []byte(packetFile(f, packet)))
		}
	}
	f.Fuzz(func(t *testing.T, n uint8, body []byte) {
		kind := fuzzKinds[int(n)%len(fuzzKinds)].kind
		e, err := decodeBody(testApp, kind, body, noon)
		if err != nil {
			if r := refused(err); r == nil || r.result != resultBadRequest || r.info == "" {
				t.Fatalf("refused with %#v", err)
			}
			return
		}
		if e.Kind != kind || e.App != testApp || e.ID != wantID(e, string(e.Raw)) || e.Check(testApp) != nil {
			t.Errorf("identity %s %s %s", e.App, e.Kind, e.ID)
		}
		if slices.Contains(hub.AccessKinds, kind) {
			checkOwnership(t, e, body)
		} else {
			checkIDs(t, e, body)
		}
		checkTimes(t, e)
		checkRoundTrip(t, e)
	})
}

// checkOwnership compares the room and its owner with what an independent reading of the
// body gives, where the body does not name the field twice.
func checkOwnership(t *testing.T, e hub.Event, body []byte) {
	room := lookUpIn
	if e.Kind != hub.KindRoomCreated {
		room = lookUp
	}
	if got, once := room(body, "RoomId"); once && got != e.From.Room {
		t.Errorf("room %q, in the body %q", e.From.Room, got)
	}
	if got, once := lookUp(body, "CurrentOwner_Account"); once && e.Kind == hub.KindOwnerChanged && got != e.From.Owner {
		t.Errorf("owner %q, in the body %q", e.From.Owner, got)
	}
	if got, once := lookUpIn(body, "Owner_Account"); once && e.Kind != hub.KindOwnerChanged && got != e.From.Owner {
		t.Errorf("owner %q, in the body %q", e.From.Owner, got)
	}
	if e.Battle != "" || len(e.To) > 0 {
		t.Errorf("tells of the battle %q", e.Battle)
	}
	checkID(t, e.From.Room)
	if e.From.Owner != "" || e.Kind != hub.KindRoomDestroyed {
		checkID(t, e.From.Owner)
	}
}

// checkIDs does the same for a battle and its rooms.
func checkIDs(t *testing.T, e hub.Event, body []byte) {
	if got, once := lookUp(body, "BattleId"); once && got != e.Battle {
		t.Errorf("battle %q, in the body %q", e.Battle, got)
	}
	if got, once := lookUp(body, "FromRoomId"); once && e.Kind == hub.KindCreated && got != e.From.Room {
		t.Errorf("challenger %q, in the body %q", e.From.Room, got)
	}
	if len(e.To) == 0 || len(e.To) > maxRooms {
		t.Errorf("%d rooms challenged", len(e.To))
	}
	rooms := e.Rooms()
	if len(rooms) != 1+len(e.To) {
		t.Errorf("rooms named twice: %q", rooms)
	}
	for _, id := range append(rooms, e.Battle) {
		checkID(t, id)
	}
}

func checkID(t *testing.T, id string) {
	if id == "" || len(id) > maxID || strings.ContainsAny(id, "\x00\n\r\x1b\x7f\ufffd") {
		t.Errorf("accepted the id %q", id)
	}
}

// lookUpIn finds a field of RoomInfo, if the body names both exactly once.
func lookUpIn(body []byte, name string) (value string, once bool) {
	var info json.RawMessage
	if !eachField(body, "RoomInfo", func(v json.RawMessage) { info = v }) {
		return "", false
	}
	return lookUp(info, name)
}

// lookUp finds a field token by token, and whether the body names it exactly once.
func lookUp(body []byte, name string) (value string, once bool) {
	once = eachField(body, name, func(raw json.RawMessage) {
		if value = string(raw); raw[0] == '"' {
			value = ""
			_ = json.Unmarshal(raw, &value)
		} else if !strings.ContainsAny(value[:1], "-0123456789") { // null, or what is refused
			value = ""
		}
	})
	return value, once
}

// eachField calls found for each field of the name, and reports whether there was just one.
func eachField(body []byte, name string, found func(json.RawMessage)) (once bool) {
	d := json.NewDecoder(bytes.NewReader(body))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return false
	}
	n := 0
	for d.More() {
		key, err := d.Token()
		var v json.RawMessage
		if err != nil || d.Decode(&v) != nil {
			return false
		}
		if strings.EqualFold(key.(string), name) {
			n++
			found(v)
		}
	}
	return n == 1
}

func checkTimes(t *testing.T, e hub.Event) {
	for _, at := range []hub.Time{e.At, e.CreatedAt, e.StartedAt, e.EndedAt} {
		if at != (hub.Time{}) && (at.Year() < 1970 || at.Year() > 9999) {
			t.Errorf("time %v", at)
		}
	}
	if e.At.IsZero() {
		t.Error("no time")
	}
	for _, ms := range []int64{e.DurationMS, e.TimeoutMS} {
		if ms < 0 || ms > maxMillis {
			t.Errorf("lasts %d ms", ms)
		}
	}
}

func checkRoundTrip(t *testing.T, e hub.Event) {
	var back hub.Event
	text, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if again, err := json.Marshal(back); err != nil || !bytes.Equal(text, again) || e.Digest() != back.Digest() {
		t.Errorf("went in as\n%s\nand came back as\n%s (%v)", text, again, err)
	}
}

// FuzzQuery feeds the query reader anything, and with it a parameter whose name is
// written in a case of the fuzzer's choice.
func FuzzQuery(f *testing.F) {
	for _, row := range documentedRequests(f) {
		f.Add(row.Query, uint8(5), "1")
	}
	f.Add("RequestTime=1669872112&Sign="+vectorSign, uint8(0), "2")
	f.Add("SdkAppid=1&sdkappid=2&Sign=%zz;a=b&&=&%", uint8(15), vectorSign)
	f.Fuzz(func(t *testing.T, raw string, upper uint8, value string) {
		alone := readQuery(raw)
		if app, err := alone.app(); err == nil {
			if text, ok := alone.get("sdkappid"); !ok || strings.TrimLeft(text, "0") != strings.TrimLeft(app.String(), "0") {
				t.Errorf("app %d of %q", app, text)
			}
		}
		given, ok := alone.get("sign")
		fault := verify([]hub.Secret{testToken}, alone, time.Unix(vectorTime, 0))
		if fault == "" && !strings.EqualFold(given, vectorSign) {
			t.Errorf("%q passed for signed", raw)
		}
		if !ok || given != "" {
			return
		}
		both := readQuery(raw + "&" + cased("sign", upper) + "=" + url.QueryEscape(value))
		if got, ok := both.get("sign"); !ok || got != value {
			t.Errorf("sign is %q, %v, want %q", got, ok, value)
		}
	})
}

// cased writes the letters in upper case whose bits are set.
func cased(name string, upper uint8) string {
	letters := []byte(name)
	for i := range letters {
		if upper>>i&1 == 1 {
			letters[i] -= 'a' - 'A'
		}
	}
	return string(letters)
}
