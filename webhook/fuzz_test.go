package webhook

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"battlehub/hub"
)

// FuzzDecode feeds the decoder anything. Whatever it accepts must be an event that a log
// can keep and give back unchanged.
func FuzzDecode(f *testing.F) {
	for i, packets := range [][]string{
		{"create.json", "create-needs-response.json"}, {"start.json"}, {"end.json", "end-never-started.json"},
	} {
		f.Add(uint8(i), []byte("{}"))
		f.Add(uint8(i), []byte(`{"BattleId":"b","FromRoomId":"a","ToRoomIdList":["c"]}`))
		f.Add(uint8(i), []byte(`{"BattleId":1,"FromRoomInfo":{"RoomId":2},"ToRoomList":[{"RoomId":3}]}`))
		for _, packet := range packets {
			f.Add(uint8(i), []byte(packetFile(f, packet)))
		}
	}
	f.Fuzz(func(t *testing.T, n uint8, body []byte) {
		kind := hub.Kinds[n%3]
		e, err := decode(testApp, kind, body, noon)
		if err != nil {
			if r := refused(err); r == nil || r.result != resultBadRequest || r.info == "" {
				t.Fatalf("refused with %#v", err)
			}
			return
		}
		if e.Kind != kind || e.App != testApp || e.ID != hub.EventID(testApp, kind, e.Battle) {
			t.Errorf("identity %s %s %s", e.App, e.Kind, e.ID)
		}
		checkIDs(t, e, body)
		checkTimes(t, e)
		checkRoundTrip(t, e)
	})
}

// checkIDs compares ids with what an independent reading of the body gives, where the
// body does not name the field twice.
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
		if id == "" || len(id) > maxID || strings.ContainsAny(id, "\x00\n\r\x1b\x7f\ufffd") {
			t.Errorf("accepted the id %q", id)
		}
	}
}

// lookUp finds a field token by token, and whether the body names it exactly once.
func lookUp(body []byte, name string) (value string, once bool) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if _, err := d.Token(); err != nil {
		return "", false
	}
	found := 0
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return "", false
		}
		var v any
		if d.Decode(&v) != nil {
			return "", false
		}
		if strings.EqualFold(key.(string), name) {
			found++
			switch v := v.(type) {
			case string:
				value = v
			case json.Number:
				value = v.String()
			}
		}
	}
	return value, found == 1
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
		if !ok || given != "" || strings.Count(raw, "&") > 1000 { // net/url bounds the number
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
