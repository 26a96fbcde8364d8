package client_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"battlehub/hub"
	"battlehub/hub/client"
)

func TestDecode(t *testing.T) {
	t.Parallel()
	const cursor = `"cursor":"1-42-9f3a12cd"`
	position := hub.Position{Epoch: 1, Seq: 42, Tag: 0x9f3a12cd}
	for name, tc := range map[string]struct {
		text string
		want client.Frame
	}{
		"hello": {
			`{"type":"hello","protocol":1,"session":"s","node":"n","app":1400000000,"rooms":["pk-3"],` + cursor +
				`,"resumed":true,"heartbeat_ms":25000}`,
			&hub.Hello{Type: hub.FrameHello, Protocol: 1, Session: "s", Node: "n", App: 1400000000,
				Rooms: []string{"pk-3"}, Cursor: position, Resumed: true, HeartbeatMS: 25000},
		},
		"gap":      {`{"type":"gap","reason":"lagged"}`, &hub.Gap{Type: hub.FrameGap, Reason: hub.GapLagged}},
		"bye":      {`{"type":"bye","reason":"draining","reconnect_ms":2731}`, &hub.Bye{Type: hub.FrameBye, Reason: hub.CloseDraining, ReconnectMS: 2731}},
		"pong":     {`{"type":"pong","id":3}`, &hub.Pong{Type: hub.FramePong, ID: 3}},
		"bookmark": {`{"type":"bookmark",` + cursor + `}`, &hub.Bookmark{Type: hub.FrameBookmark, Cursor: position}},
		"error": {
			`{"type":"error","id":1,"code":"forbidden","message":"no"}`,
			&hub.ErrorFrame{Type: hub.FrameError, ID: 1, Code: hub.CodeForbidden, Message: "no"},
		},
		"subscribed_all": {`{"type":"subscribed","id":1,"rooms":null}`, &hub.Subscribed{Type: hub.FrameSubscribed, ID: 1}},
		"snapshot_empty": {`{"type":"snapshot",` + cursor + `,"battles":[],"done":true}`,
			&client.Snapshot{Cursor: position, Battles: []hub.Battle{}, Done: true, JSON: []json.RawMessage{}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := client.Decode([]byte(tc.text))
			if err != nil || !reflect.DeepEqual(got, tc.want) {
				t.Errorf("got %+v, %v\nwant %+v", got, err, tc.want)
			}
		})
	}
}

func TestDecodeKeepsTheTextOfBattles(t *testing.T) {
	t.Parallel()
	const newer = `{"id":"b1","state":"live","from":{"room":"pk-3","score":0},"to":[],"stars":5}`
	f, err := client.Decode([]byte(`{"type":"snapshot","cursor":"1-42-9f3a12cd","battles":[` + newer + `],"done":false}`))
	if s, ok := f.(*client.Snapshot); err != nil || !ok || string(s.JSON[0]) != newer || s.Battles[0].State != hub.StateLive {
		t.Errorf("got %+v, %v", f, err)
	}
	text := `{"type":"event","cursor":"1-42-9f3a12cd","id":"e","kind":"started","at":"2026-11-22T10:00:00.123Z","battle":` + newer + `}`
	f, err = client.Decode([]byte(text))
	if e, ok := f.(*client.Event); err != nil || !ok || string(e.JSON) != text || e.Battle.From.Room != "pk-3" {
		t.Errorf("got %+v, %v", f, err)
	}
}

func TestDecodeRefusesWhatIsIncomplete(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"empty":             ``,
		"array":             `[]`,
		"cut":               `{"type":"gap"`,
		"type_is_number":    `{"type":1}`,
		"hello_no_cursor":   `{"type":"hello","protocol":1}`,
		"null_cursor":       `{"type":"bookmark","cursor":null}`,
		"snapshot_cursor":   `{"type":"snapshot","battles":[],"done":true}`,
		"battle_without_id": `{"type":"snapshot","cursor":"1-1-00000001","battles":[{}],"done":true}`,
		"battle_null":       `{"type":"snapshot","cursor":"1-1-00000001","battles":[null],"done":true}`,
		"event_without_id":  `{"type":"event","cursor":"1-1-00000001","battle":{"id":"b"}}`,
		"event_battle":      `{"type":"event","cursor":"1-1-00000001","id":"e"}`,
		"event_time":        `{"type":"event","cursor":"1-1-00000001","id":"e","at":"noon","battle":{"id":"b"}}`,
		"rooms_are_a_text":  `{"type":"subscribed","rooms":"pk-3"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if f, err := client.Decode([]byte(text)); err == nil {
				t.Errorf("%s is taken for %+v", text, f)
			}
		})
	}
}

// What a hub sends never panics the client, and what is decoded has what the client
// relies on.
func FuzzFrame(f *testing.F) {
	for _, seed := range []string{
		hello(1, false), hello(1, true), page(1, false, "b1", "b2"), page(2, true), event(3), bookmark(4),
		`{"type":"gap","reason":"expired"}`, `{"type":"bye","reason":"draining","reconnect_ms":1}`,
		`{"type":"subscribed","id":1,"rooms":["pk-3"]}`, `{"type":"pong"}`, `{"type":"error","code":"forbidden"}`,
		`{"type":"news"}`, `null`, strings.Repeat("[", 20000),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		frame, err := client.Decode(data)
		if err != nil {
			if frame != nil {
				t.Errorf("an error and %+v", frame)
			}
			return
		}
		var board client.Board
		board.Apply(frame)
		board.Battles()
		switch v := frame.(type) {
		case *client.Event:
			if v.ID == "" || v.Battle.ID == "" || v.Cursor.IsZero() || !json.Valid(v.JSON) {
				t.Errorf("incomplete: %+v", v)
			}
		case *client.Snapshot:
			if len(v.JSON) != len(v.Battles) || v.Cursor.IsZero() {
				t.Errorf("incomplete: %+v", v)
			}
		}
	})
}
