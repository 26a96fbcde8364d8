package hub_test

import (
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/coder/websocket"

	"battlehub/hub"
	"battlehub/hub/memlog"
)

// What clients may do wrong, or to harm. After each attack, a bystander that was connected
// all the time still gets its events.

func TestHostileFrames(t *testing.T) {
	t.Parallel()
	n := startNode(t, hub.Options{})
	bystander := n.dial("room", "pk-5")
	bystander.wantGreeting()
	tests := map[string]struct {
		typ   websocket.MessageType
		frame []byte
		code  websocket.StatusCode
	}{
		"not_json":         {websocket.MessageText, []byte("hello?"), 4400},
		"truncated":        {websocket.MessageText, []byte(`{"type":"subscribe","rooms":["pk`), 4400},
		"an_array":         {websocket.MessageText, []byte(`[]`), 4400},
		"no_type":          {websocket.MessageText, []byte(`{"id":1}`), 4400},
		"wrong_types":      {websocket.MessageText, []byte(`{"type":"subscribe","rooms":{"a":1}}`), 4400},
		"not_utf8":         {websocket.MessageText, []byte("{\"type\":\"ping\xff\"}"), 4400},
		"deeply_nested":    {websocket.MessageText, []byte(`{"type":` + strings.Repeat("[", 3000)), 4400},
		"binary":           {websocket.MessageBinary, []byte(`{"type":"ping"}`), 4400},
		"oversized":        {websocket.MessageText, []byte(`{"type":"ping","x":"` + strings.Repeat("x", 20<<10) + `"}`), websocket.StatusMessageTooBig},
		"oversized_binary": {websocket.MessageBinary, make([]byte, 64<<10), websocket.StatusMessageTooBig},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := n.dial()
			c.wantGreeting()
			c.sendType(test.typ, test.frame)
			c.wantClosed(test.code, "")
		})
	}
	n.append(event(hub.KindCreated, "b1", "pk-3", "pk-5"))
	bystander.wantEvent(hub.KindCreated, "b1")
}

func TestRefusedRequestsLeaveTheSessionAlone(t *testing.T) {
	t.Parallel()
	n := startNode(t, hub.Options{})
	many := `"r` + strings.Repeat(`","r`, 300) + `"`
	c := n.dial("room", "pk-3")
	c.wantGreeting()
	for frame, code := range map[string]string{
		`{"type":"subscribe","id":5}`:                                                     "bad_request",
		`{"type":"subscribe","id":5,"rooms":[]}`:                                          "bad_request",
		`{"type":"subscribe","id":5,"rooms":[""]}`:                                        "bad_request",
		`{"type":"subscribe","id":5,"rooms":[` + many + `]}`:                              "bad_request",
		`{"type":"unsubscribe","id":5}`:                                                   "bad_request",
		`{"type":"auth","id":5,"token":"x"}`:                                              "bad_request",
		`{"type":"dance","id":5}`:                                                         "bad_request",
		fmt.Sprintf(`{"type":"subscribe","id":5,"rooms":[%q]}`, strings.Repeat("r", 300)): "bad_request",
	} {
		c.send(frame)
		if m := c.want(hub.FrameError); m.Code != code || m.ID != 5.0 || m.Message == "" {
			t.Errorf("%.60s: got %+v", frame, m)
		}
	}
	c.send(`{"type":"ping","id":6}`)
	c.want(hub.FramePong)
}

func TestTooManyRoomsOverTime(t *testing.T) {
	t.Parallel()
	n := startNode(t, hub.Options{})
	c := n.dial("room", "pk-0")
	c.wantGreeting()
	for i := range 6 {
		var rooms []string
		for j := range 50 {
			rooms = append(rooms, fmt.Sprintf(`"r%d-%d"`, i, j))
		}
		c.send(fmt.Sprintf(`{"type":"subscribe","id":1,"rooms":[%s]}`, strings.Join(rooms, ",")))
		m := c.next()
		if i < 5 {
			if m.Type != hub.FrameSubscribed {
				t.Fatalf("got %+v", m)
			}
			c.wantBoard()
		} else if m.Type != hub.FrameError {
			t.Errorf("more rooms than a session may follow: %+v", m)
		}
	}
	if n.hub.Reached("rooms") != 1 {
		t.Error("not counted")
	}
}

func TestFramesThatArriveTooFast(t *testing.T) {
	t.Parallel()
	n := startNode(t, hub.Options{})
	c := n.dial()
	c.wantGreeting()
	for range 200 {
		if c.conn.Write(t.Context(), websocket.MessageText, []byte(`{"type":"ping"}`)) != nil {
			break // closed already
		}
	}
	c.wantClosed(4429, "too_many: send at most 20 frames a second")
	if n.hub.Reached("frames") != 1 {
		t.Error("not counted")
	}
}

// TestFloodOfBytes: frames that never make a message are beyond the limit on messages, and
// are stopped by that on bytes. The client sees why.
func TestFloodOfBytes(t *testing.T) {
	t.Parallel()
	for name, flood := range map[string]struct{ begin, again string }{
		"empty_fragments": {"\x01\x80\x01\x02\x03\x04", "\x00\x80\x01\x02\x03\x04"}, // RFC 6455 §5.4
		"pings":           {"", "\x89\x80\x01\x02\x03\x04"},
		"pongs":           {"", "\x8a\x80\x01\x02\x03\x04"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := startNode(t, hub.Options{})
			bystander := n.dial()
			bystander.wantGreeting()
			raw := n.rawSocket()
			var sending sync.WaitGroup
			defer sending.Wait()
			defer raw.conn.Close()
			sending.Go(func() {
				_, err := io.WriteString(raw.conn, flood.begin)
				for err == nil { // as fast as they are taken, until the hub closes
					_, err = io.WriteString(raw.conn, strings.Repeat(flood.again, 10_000))
				}
			})
			var code uint16
			for code == 0 {
				opcode, payload, err := raw.frame()
				if err != nil {
					t.Fatalf("no close frame: %v", err)
				}
				if opcode == 8 {
					code = binary.BigEndian.Uint16(payload)
				}
			}
			if code != 4429 || n.hub.Reached("bytes") != 1 {
				t.Errorf("closed with %d, counted %v", code, n.hub.Reached("bytes"))
			}
			n.append(event(hub.KindCreated, "b1", "pk-3", "pk-5"))
			bystander.wantEvent(hub.KindCreated, "b1")
		})
	}
}

// TestFloodOfPings: control frames are not frames of the protocol; beyond the rate they
// are not answered, and cost no one else anything.
func TestFloodOfPings(t *testing.T) {
	t.Parallel()
	n := startNode(t, hub.Options{})
	raw := n.rawSocket()
	defer raw.conn.Close()
	for range 500 {
		// A masked ping with an empty payload.
		if _, err := raw.conn.Write([]byte{0x89, 0x80, 1, 2, 3, 4}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := raw.conn.Write([]byte{0x88, 0x80, 1, 2, 3, 4}); err != nil { // close
		t.Fatal(err)
	}
	answers := 0
	for {
		opcode, _, err := raw.frame()
		if err != nil {
			break
		}
		if opcode == 0xa {
			answers++
		}
	}
	if answers == 0 || answers > 100 {
		t.Errorf("%d of 500 pings were answered", answers)
	}
}

// TestFramesSentWithTheHandshake: a client may write its first frame before it has read
// the answer; the bytes are then in a buffer of net/http and must not be lost.
func TestFramesSentWithTheHandshake(t *testing.T) {
	t.Parallel()
	n := startNode(t, hub.Options{})
	ping := `{"type":"ping","id":77}`
	raw := n.rawSocket([]byte(strings.Repeat(maskedText(ping), 40))...) // more than the session's own buffer holds
	defer raw.conn.Close()
	for pongs := 0; pongs < 40; {
		_, payload, err := raw.frame()
		if err != nil {
			t.Fatalf("after %d pongs: %v", pongs, err)
		}
		if string(payload) == `{"type":"pong","id":77}` {
			pongs++
		}
	}
}

// maskedText is a client's text frame of less than 126 bytes, masked with zeros.
func maskedText(text string) string {
	return string([]byte{0x81, 0x80 | byte(len(text)), 0, 0, 0, 0}) + text
}

func TestHostileQueries(t *testing.T) {
	t.Parallel()
	n := startNode(t, hub.Options{})
	many := make([]string, 0, 600)
	for i := range 300 {
		many = append(many, "room", fmt.Sprint("r", i))
	}
	for name, query := range map[string][]string{
		"empty_room":    {"room", ""},
		"long_room":     {"room", strings.Repeat("x", 300)},
		"not_utf8":      {"room", "\xff"},
		"many_rooms":    many,
		"unknown_app":   {"app", "7"},
		"app_no_number": {"app", "x"},
	} {
		t.Run(name, func(t *testing.T) {
			n.dial(query...).wantClosed(4400, "bad_request: ")
			resp := n.get("/v1/events?"+queryOf(query...), nil)
			if resp.StatusCode != http.StatusBadRequest {
				t.Errorf("over SSE: %d", resp.StatusCode)
			}
		})
	}
}

// TestErrorsHaveOneForm: also what does not exist, and what is asked in the wrong way, is
// answered by a problem document.
func TestErrorsHaveOneForm(t *testing.T) {
	t.Parallel()
	n := startNode(t, hub.Options{})
	for path, status := range map[string]int{"/v1/nothing": 404, "/v1/ws": 426, "/v1/battles/none": 404, "/v1/battles/%zz": 0} {
		resp, err := http.Get(n.url + path)
		if err != nil {
			if status != 0 {
				t.Error(err)
			}
			continue
		}
		resp.Body.Close()
		if resp.StatusCode != status || resp.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d, %s", path, resp.StatusCode, resp.Header.Get("Content-Type"))
		}
	}
	resp, err := http.Post(n.url+"/v1/battles", "text/plain", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 405 || resp.Header.Get("Content-Type") != "application/problem+json" || resp.Header.Get("Allow") == "" {
		t.Errorf("POST: %d, %v", resp.StatusCode, resp.Header)
	}
}

// TestHeadOpensNoSession: a HEAD cannot see events, and must not hold a session for them.
func TestHeadOpensNoSession(t *testing.T) {
	t.Parallel()
	n := startNode(t, hub.Options{})
	for path, status := range map[string]int{"/v1/events": 405, "/v1/ws": 405, "/v1/battles": 200} {
		resp, err := http.Head(n.url + path)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != status {
			t.Errorf("%s: %d, want %d", path, resp.StatusCode, status)
		}
	}
}

// TestTwoApps: what is one app's never reaches another's sessions, and a client that may
// see several must say which.
func TestTwoApps(t *testing.T) {
	t.Parallel()
	n := startNodeOf(t, hub.Options{}, memlog.Options{}, 20000001)
	n.dial().wantClosed(4400, "several")
	a, b := n.dial("app", "1400000000"), n.dial("app", "20000001")
	a.wantGreeting()
	if hello, _ := b.wantGreeting(); hello.App != 20000001 {
		t.Errorf("hello %+v", hello)
	}
	n.append(event(hub.KindCreated, "b1", "pk-3", "pk-5"))
	a.wantEvent(hub.KindCreated, "b1")
	b.send(`{"type":"ping"}`)
	b.want(hub.FramePong)
}
