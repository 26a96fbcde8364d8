package hub_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"battlehub/hub"
	"battlehub/hub/memlog"
)

const testApp hub.App = 1400000000

// node is a running hub on an embedded log, behind a real HTTP server.
type node struct {
	t   *testing.T
	hub *hub.Hub
	log hub.Log
	url string // http://127.0.0.1:port
}

// startNode starts a hub in memory, and stops it when the test ends.
func startNode(t *testing.T, o hub.Options) *node {
	t.Helper()
	return startNodeOf(t, o, memlog.Options{})
}

// startNodeOf starts a hub of the test's app and of others.
func startNodeOf(t *testing.T, o hub.Options, m memlog.Options, others ...hub.App) *node {
	t.Helper()
	logs := map[hub.App]hub.Log{}
	for _, app := range append(others, testApp) {
		m.App = app
		log, err := memlog.Open(m)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { // after the hub, which is stopped first
			if err := log.Close(); err != nil {
				t.Error(err)
			}
		})
		logs[app] = log
	}
	return startNodeOver(t, o, logs)
}

// startNodeOver starts a hub over logs that the test owns.
func startNodeOver(t *testing.T, o hub.Options, logs map[hub.App]hub.Log) *node {
	t.Helper()
	n := &node{t: t, hub: hub.New(logs, o), log: logs[testApp]}
	n.hub.Start()
	server := httptest.NewServer(n.hub.Handler())
	n.url = server.URL
	t.Cleanup(func() {
		n.hub.Close()
		server.Close()
	})
	n.eventually("ready", func() bool { return n.hub.Ready() == nil })
	return n
}

// patience is how long a test waits for what must happen. It is long, since it only
// matters when something is broken.
const patience = 30 * time.Second

// eventually waits until a condition holds.
func (n *node) eventually(what string, holds func() bool) {
	n.t.Helper()
	deadline := time.Now().Add(patience)
	for !holds() {
		if time.Now().After(deadline) {
			n.t.Fatalf("not in time: %s", what)
		}
		<-time.After(2 * time.Millisecond)
	}
}

// append appends events, waits until the hub has applied them, and returns where they
// stand.
func (n *node) append(events ...hub.Event) []hub.Appended {
	n.t.Helper()
	appended := n.appendOnly(events...)
	last := slices.MaxFunc(appended, func(a, b hub.Appended) int { return a.Position.Compare(b.Position) })
	n.eventually("applied", func() bool { return n.hub.Head(testApp).Compare(last.Position) >= 0 })
	return appended
}

// appendOnly appends events and returns where they stand.
func (n *node) appendOnly(events ...hub.Event) []hub.Appended {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	appended, err := n.log.Append(ctx, events)
	if err != nil {
		n.t.Fatal(err)
	}
	return appended
}

// event makes one event of a battle between rooms, the challenger first.
func event(kind hub.Kind, battle string, rooms ...string) hub.Event {
	now := hub.At(time.Now())
	e := hub.Event{ID: hub.EventID(testApp, kind, battle), App: testApp, Kind: kind, Battle: battle, At: now, ReceivedAt: now,
		From: hub.Side{Room: rooms[0]}, DurationMS: 60_000, Raw: json.RawMessage(fmt.Sprintf(`{"BattleId":%q,"n":%d}`, battle, len(rooms)))}
	for _, room := range rooms[1:] {
		e.To = append(e.To, hub.Side{Room: room})
	}
	switch kind {
	case hub.KindCreated:
		e.CreatedAt = now
	case hub.KindStarted:
		e.StartedAt = now
	case hub.KindEnded:
		e.EndedAt, e.Outcome = now, hub.OutcomeTimeUp
		e.From.Score = 10
	}
	return e
}

// message is any frame of the server.
type message struct {
	Type    hub.FrameType `json:"type"`
	Cursor  string        `json:"cursor"`
	ID      any           `json:"id"` // a text in events, a number in answers
	Kind    hub.Kind      `json:"kind"`
	Resumed bool          `json:"resumed"`
	Rooms   []string      `json:"rooms"`
	Done    bool          `json:"done"`
	Reason  string        `json:"reason"`
	Code    string        `json:"code"`
	Message string        `json:"message"`
	App     hub.App       `json:"app"`
	Battle  hub.Battle    `json:"battle"`
	Battles []hub.Battle  `json:"battles"`

	Protocol    int    `json:"protocol"`
	Session     string `json:"session"`
	Node        string `json:"node"`
	ServerTime  string `json:"server_time"`
	HeartbeatMS int    `json:"heartbeat_ms"`
	ReconnectMS *int   `json:"reconnect_ms"`
	RetryMS     int    `json:"retry_ms"`
}

// client is a WebSocket client that a test drives by hand.
type client struct {
	t    *testing.T
	conn *websocket.Conn
}

// dial connects with the query given as pairs of name and value.
func (n *node) dial(query ...string) *client {
	n.t.Helper()
	c, resp, err := n.tryDial(nil, query...)
	if err != nil {
		status := 0
		if resp != nil {
			status = resp.StatusCode
		}
		n.t.Fatalf("dial: %v (%d)", err, status)
	}
	return c
}

func (n *node) tryDial(header http.Header, query ...string) (*client, *http.Response, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, resp, err := websocket.Dial(ctx, n.url+"/v1/ws?"+queryOf(query...), &websocket.DialOptions{HTTPHeader: header})
	if err != nil {
		return nil, resp, err
	}
	conn.SetReadLimit(1 << 20)
	n.t.Cleanup(func() { conn.CloseNow() })
	return &client{n.t, conn}, resp, nil
}

func queryOf(pairs ...string) string {
	values := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		values.Add(pairs[i], pairs[i+1])
	}
	return values.Encode()
}

// next reads the next frame that is no bookmark: those come whenever a slow machine takes
// its time.
func (c *client) next() message {
	c.t.Helper()
	m, err := c.read()
	if err != nil {
		c.t.Fatalf("reading: %v", err)
	}
	return m
}

func (c *client) read() (message, error) {
	for {
		if m, err := c.readAny(); err != nil || m.Type != hub.FrameBookmark {
			return m, err
		}
	}
}

// readAny reads the next frame.
func (c *client) readAny() (message, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_, data, err := c.conn.Read(ctx)
	if err != nil {
		return message{}, err
	}
	var m message
	if err := json.Unmarshal(data, &m); err != nil {
		return m, fmt.Errorf("%w in %s", err, data)
	}
	return m, nil
}

// want reads the next frame, which must be of the type.
func (c *client) want(typ hub.FrameType) message {
	c.t.Helper()
	m := c.next()
	if m.Type != typ {
		c.t.Fatalf("got %+v, want a %s", m, typ)
	}
	return m
}

// wantEvent reads the next frame, which must be this event.
func (c *client) wantEvent(kind hub.Kind, battle string) message {
	c.t.Helper()
	m := c.want(hub.FrameEvent)
	if m.Kind != kind || m.Battle.ID != battle {
		c.t.Fatalf("got %s of %q, want %s of %q", m.Kind, m.Battle.ID, kind, battle)
	}
	return m
}

// wantBoard reads the pages of a snapshot and returns its battles and cursor.
func (c *client) wantBoard() ([]hub.Battle, string) {
	c.t.Helper()
	var battles []hub.Battle
	for {
		m := c.want(hub.FrameSnapshot)
		battles = append(battles, m.Battles...)
		if m.Done {
			return battles, m.Cursor
		}
	}
}

// wantGreeting reads hello and an empty or full board.
func (c *client) wantGreeting() (message, []hub.Battle) {
	c.t.Helper()
	hello := c.want(hub.FrameHello)
	if hello.Resumed {
		c.t.Fatalf("resumed: %+v", hello)
	}
	battles, cursor := c.wantBoard()
	if cursor == "" || hello.Cursor == "" {
		c.t.Fatalf("no cursor in %+v or its snapshot", hello)
	}
	return hello, battles
}

// send writes a frame.
func (c *client) send(frame string) {
	c.t.Helper()
	c.sendType(websocket.MessageText, []byte(frame))
}

func (c *client) sendType(typ websocket.MessageType, frame []byte) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := c.conn.Write(ctx, typ, frame); err != nil {
		c.t.Fatalf("writing: %v", err)
	}
}

// wantClosed reads until the server closes, with the code and a reason that contains
// text.
func (c *client) wantClosed(code websocket.StatusCode, text string) {
	c.t.Helper()
	for {
		_, err := c.read()
		if err == nil {
			continue
		}
		var closed websocket.CloseError
		if !errors.As(err, &closed) || closed.Code != code || !strings.Contains(closed.Reason, text) {
			c.t.Fatalf("closed by %v, want %d %q", err, code, text)
		}
		return
	}
}

// get asks for a path of the HTTP surface and decodes the answer.
func (n *node) get(path string, into any) *http.Response {
	n.t.Helper()
	return n.getAs("", path, into)
}

// getAs is get with a bearer token, if there is one.
func (n *node) getAs(token, path string, into any) *http.Response {
	n.t.Helper()
	r, err := http.NewRequestWithContext(n.t.Context(), http.MethodGet, n.url+path, nil)
	if err != nil {
		n.t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		n.t.Fatal(err)
	}
	defer resp.Body.Close()
	if into != nil {
		if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
			n.t.Fatalf("%s: %v", path, err)
		}
	}
	return resp
}
