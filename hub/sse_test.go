package hub_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"battlehub/hub"
)

// stream is a client of Server-Sent Events.
type stream struct {
	t    *testing.T
	resp *http.Response
	in   *bufio.Scanner
}

func (n *node) stream(client *http.Client, lastEventID string, query ...string) *stream {
	n.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	n.t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, "GET", n.url+"/v1/events?"+queryOf(query...), nil)
	if err != nil {
		n.t.Fatal(err)
	}
	if lastEventID != "" {
		req.Header.Set("Last-Event-ID", lastEventID)
	}
	resp, err := client.Do(req)
	if err != nil {
		n.t.Fatal(err)
	}
	n.t.Cleanup(func() { resp.Body.Close() })
	if ct := resp.Header.Get("Content-Type"); resp.StatusCode != http.StatusOK || ct != "text/event-stream" {
		n.t.Fatalf("%d, %s", resp.StatusCode, ct)
	}
	in := bufio.NewScanner(resp.Body)
	in.Buffer(nil, 1<<20)
	return &stream{n.t, resp, in}
}

// next reads one event: its name, its id and its data.
func (s *stream) next() (name, id string, m message) {
	s.t.Helper()
	for s.in.Scan() {
		field, value, _ := strings.Cut(s.in.Text(), ": ")
		switch field {
		case "event":
			name = value
		case "id":
			id = value
		case "data":
			if err := json.Unmarshal([]byte(value), &m); err != nil {
				s.t.Fatalf("%v in %s", err, value)
			}
		case "":
			if string(m.Type) != name {
				s.t.Fatalf("event %q holds a %q", name, m.Type)
			}
			return name, id, m
		}
	}
	s.t.Fatalf("the stream ended: %v", s.in.Err())
	return
}

func (s *stream) want(name string) (id string, m message) {
	s.t.Helper()
	got, id, m := s.next()
	if got != name {
		s.t.Fatalf("got %s %+v, want %s", got, m, name)
	}
	return id, m
}

func TestEventStream(t *testing.T) {
	t.Parallel()
	n := startNode(t, hub.Options{})
	s := n.stream(http.DefaultClient, "", "room", "pk-3")
	// A browser keeps the last id it saw, and would resume from it: hello, before the
	// snapshot is complete, must have none.
	if id, hello := s.want("hello"); id != "" || hello.Resumed || hello.Cursor == "" {
		t.Errorf("hello %+v with id %q", hello, id)
	}
	snapID, snap := s.want("snapshot")
	if snapID != snap.Cursor || !snap.Done {
		t.Errorf("snapshot %+v with id %q", snap, snapID)
	}
	n.append(event(hub.KindCreated, "b1", "pk-3", "pk-5"), event(hub.KindCreated, "b2", "pk-7", "pk-9"))
	id, m := s.want("event")
	if m.Battle.ID != "b1" || id != m.Cursor {
		t.Errorf("event %+v with id %q", m, id)
	}
	s.resp.Body.Close()
	n.append(event(hub.KindStarted, "b1", "pk-3", "pk-5"))

	// The browser's own reconnect repeats the URL; its header is newer than a cursor there.
	again := n.stream(http.DefaultClient, id, "room", "pk-3", "cursor", snap.Cursor)
	if _, hello := again.want("hello"); !hello.Resumed {
		t.Errorf("hello %+v", hello)
	}
	if _, m := again.want("event"); m.Kind != hub.KindStarted {
		t.Errorf("event %+v", m)
	}
}

func TestEventStreamHeartbeatAndDrain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := startPipeNode(t, hub.Options{})
		defer n.stop()
		s := n.stream(n.http, "")
		s.want("hello")
		s.want("snapshot")
		for range 10 { // far beyond every time-out of the server
			if id, m := s.want("bookmark"); id != m.Cursor {
				t.Errorf("bookmark %+v with id %q", m, id)
			}
		}
		drained := make(chan struct{})
		go func() { defer close(drained); n.hub.Drain(context.Background(), time.Second) }()
		if _, bye := s.want("bye"); bye.Reason != "draining" || bye.ReconnectMS == nil {
			t.Errorf("bye %+v", bye)
		}
		if s.in.Scan() {
			t.Errorf("after bye: %q", s.in.Text())
		}
		<-drained
	})
}
