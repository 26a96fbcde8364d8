package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"battlehub/hub"
	"battlehub/hub/memlog"
)

// TestAPIEventStream compares the first frames of an event stream with the document.
func TestAPIEventStream(t *testing.T) {
	t.Parallel()
	d := readAPI(t, "asyncapi.yaml")
	url, _ := tailedHub(t)
	waitFor(t, "ready", func() bool { return status(t, url+"/v1/battles") == http.StatusOK })
	stream := openEvents(t, url)
	defer stream.Body.Close()
	var got []string
	lines := bufio.NewScanner(stream.Body)
	for len(got) < 4 && lines.Scan() {
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			got = append(got, compareFrame(t, d, "events", []byte(data))["type"].(string))
		}
	}
	if want := []string{"hello", "error", "gap", "snapshot"}; !slices.Equal(got, want) {
		t.Errorf("%q instead of %q", got, want)
	}
}

// compareFrame compares a frame with the message of its type, and returns it.
func compareFrame(t *testing.T, d apiDocument, channel string, data []byte) object {
	t.Helper()
	var frame object
	if err := json.Unmarshal(data, &frame); err != nil {
		t.Fatal(err)
	}
	typ, _ := frame["type"].(string)
	message := d.at("channels", channel, "messages", typ)
	if message == nil {
		t.Fatalf("%s: %q is not documented", channel, typ)
	}
	report(t, d.faults(typ, message["payload"].(object), frame))
	return frame
}

// TestAPIFrames has a session of every frame that is documented, in both directions.
func TestAPIFrames(t *testing.T) {
	t.Parallel()
	log, err := memlog.Open(memlog.Options{App: 1400000000})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	h := hub.New(map[hub.App]hub.Log{1400000000: log}, hub.Options{Heartbeat: 50 * time.Millisecond})
	h.Start()
	defer h.Close()
	server := httptest.NewServer(h.Handler())
	defer server.Close()

	s := openAPISession(t, server.URL, "?room=pk-3&cursor=none")
	s.until("done", true)
	startBattle(t, log, "b1", "pk-3", "pk-5")
	s.until("kind", "started")
	s.sendEveryExample()
	s.until("type", "bookmark")
	var draining sync.WaitGroup
	draining.Go(func() { h.Drain(t.Context(), time.Second) })
	s.until("type", "bye")
	if _, _, err := s.conn.Read(t.Context()); websocket.CloseStatus(err) != websocket.StatusServiceRestart {
		t.Errorf("closed with %v", err)
	}
	draining.Wait()
	wantSet(t, "frames of the hub", slices.Collect(maps.Keys(s.seen)), []hub.FrameType{hub.FrameHello, hub.FrameSnapshot,
		hub.FrameEvent, hub.FrameBookmark, hub.FrameGap, hub.FrameBye, hub.FrameSubscribed, hub.FramePong, hub.FrameError})
}

// apiSession is a WebSocket session that compares every frame with the document.
type apiSession struct {
	t    *testing.T
	d    apiDocument
	conn *websocket.Conn
	seen map[string]bool // types of the frames read
}

func openAPISession(t *testing.T, url, query string) *apiSession {
	t.Helper()
	waitFor(t, "ready", func() bool { return status(t, url+"/v1/battles") == http.StatusOK })
	conn, _, err := websocket.Dial(t.Context(), url+"/v1/ws"+query, &websocket.DialOptions{Subprotocols: []string{hub.Subprotocol}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.CloseNow() })
	return &apiSession{t: t, d: readAPI(t, "asyncapi.yaml"), conn: conn, seen: map[string]bool{}}
}

// until reads up to the frame in which key has that value.
func (s *apiSession) until(key string, want any) object {
	s.t.Helper()
	for {
		_, data, err := s.conn.Read(s.t.Context())
		if err != nil {
			s.t.Fatalf("waiting for %s %v: %v", key, want, err)
		}
		frame := compareFrame(s.t, s.d, "session", data)
		s.seen[frame["type"].(string)] = true
		if frame[key] == want {
			return frame
		}
	}
}

// sendEveryExample sends the client's frames as documented, and expects the first of the
// documented replies, which is the usual one.
func (s *apiSession) sendEveryExample() {
	s.t.Helper()
	for name, operation := range s.d.at("operations") {
		operation := operation.(object)
		if operation["action"] != "receive" {
			continue
		}
		reply := list(operation["reply"].(object)["messages"])[0].(object)
		for _, message := range list(operation["messages"]) {
			example := list(s.d.follow(message.(object))["examples"])[0].(object)["payload"].(object)
			s.send(example)
			if got := s.until("id", example["id"])["type"]; got != path.Base(reply["$ref"].(string)) {
				s.t.Errorf("%s: %v is answered %v", name, example["type"], got)
			}
		}
	}
}

func (s *apiSession) send(frame object) {
	s.t.Helper()
	data, err := json.Marshal(frame)
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.conn.Write(s.t.Context(), websocket.MessageText, data); err != nil {
		s.t.Fatal(err)
	}
}

// TestAPICloseCodes makes a hub close sessions and looks the codes up in the table.
func TestAPICloseCodes(t *testing.T) {
	t.Parallel()
	d := readAPI(t, "asyncapi.yaml")
	table := d.at("channels", "session")["description"].(string)
	url, _ := tailedHub(t)
	for name, test := range map[string]struct {
		query, frame string
		repeat       int
		row          string
	}{
		"wrong_app":      {"?app=7", "", 0, "| 4400 | bad_request |"},
		"not_json":       {"", "[", 1, "| 4400 | bad_request |"},
		"too_many":       {"", `{"type":"ping"}`, 1000, "| 4429 | too_many |"},
		"too_big":        {"", strings.Repeat(" ", 16<<10+1), 1, "| 1009 | too_big |"},
		"as_big_as_told": {"", strings.Repeat(" ", 16<<10), 1, "| 4400 | bad_request |"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn := openAPISession(t, url, test.query).conn
			for range test.repeat { // the hub may have closed meanwhile
				_ = conn.Write(t.Context(), websocket.MessageText, []byte(test.frame))
			}
			var err error
			for err == nil {
				_, _, err = conn.Read(t.Context())
			}
			code := fmt.Sprintf("| %d |", websocket.CloseStatus(err))
			if !strings.HasPrefix(test.row, code) || !strings.Contains(table, test.row) {
				t.Errorf("closed with %v; documented as %q: %t", err, test.row, strings.Contains(table, test.row))
			}
		})
	}
}
