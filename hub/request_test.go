package hub

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestParseRequestRefuses(t *testing.T) {
	t.Parallel()
	for _, frame := range []string{"", "x", "[]", "null", `"subscribe"`, `{}`, `{"type":1}`, `{"type":"ping","id":"1"}`,
		`{"type":"subscribe","rooms":"pk-3"}`, `{"type":"ping","id":1.5}`, `{"type":"ping"`, "{\"type\":\"\xff\"}",
		strings.Repeat("[", 4096)} {
		if r, err := parseRequest([]byte(frame)); err == nil {
			t.Errorf("%.40q was accepted: %+v", frame, r)
		}
	}
}

// FuzzClientFrame: any bytes are refused, or are a request whose every field is bounded
// once checkRooms passed it.
func FuzzClientFrame(f *testing.F) {
	for _, seed := range []string{`{"type":"subscribe","id":1,"rooms":["pk-9"]}`, `{"type":"unsubscribe","id":2,"rooms":["pk-9"]}`,
		`{"type":"ping","id":3}`, `{"type":"auth","id":4,"token":"x"}`, `{"type":"new","rooms":[""]}`, `null`, `{"type":"ping","cursor":"x"}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := parseRequest(data)
		if err != nil {
			return
		}
		if r.Type == "" || r.cursor != "" {
			t.Errorf("%q reads as %+v, a request to join", data, r)
		}
		if checkRooms(r.Rooms) != "" {
			return
		}
		for _, room := range r.Rooms {
			if room == "" || len(room) > maxRoomLen || !utf8.ValidString(room) {
				t.Errorf("%q passed with room %q", data, room)
			}
		}
	})
}
