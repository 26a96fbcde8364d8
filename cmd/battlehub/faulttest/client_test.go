package faulttest

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"battlehub/hub"
)

// client speaks the wire itself, and keeps every frame as it came, repeats and all: the
// project's own client would hide what the checker looks for. When its connection ends it
// comes back by its cursor (design §6), to any node.
type client struct {
	t     *testing.T
	name  string
	rooms []string // nil: a moderator
	nodes []*node

	http *http.Client
	gate gate // closed, it does not read
	door gate // closed, it does not come back
	quit context.CancelFunc
	loop sync.WaitGroup

	mu      sync.Mutex
	history history
	cursor  hub.Position
	conn    *websocket.Conn // nil: not connected
	drops   int             // connections that ended
}

// These are what a client waits before it comes back: far less than real ones do, who
// must not all come at once, so that tests end.
const (
	shortestReturn = 20 * time.Millisecond
	longestReturn  = 120 * time.Millisecond
	longestBye     = time.Second
	handshakeTime  = 5 * time.Second
	// silence is when a client takes its connection for dead: two heartbeats and more.
	silence = time.Minute
)

// startClient starts a client, at first on the node at home.
func startClient(t *testing.T, name string, nodes []*node, home int, rooms []string) *client {
	c := &client{t: t, name: name, rooms: rooms, nodes: nodes, http: slowHTTP()}
	c.history = history{client: name, rooms: rooms}
	ctx, quit := context.WithCancel(context.Background())
	c.quit = quit
	t.Cleanup(c.stop)
	c.loop.Go(func() {
		for at := home; c.door.pass(ctx) == nil; at = rand.IntN(len(nodes)) {
			back := c.session(ctx, nodes[at])
			pause(ctx, back)
		}
	})
	return c
}

// session is one connection, from the handshake to its end. It returns when to come back.
func (c *client) session(ctx context.Context, n *node) time.Duration {
	back := shortestReturn + rand.N(longestReturn-shortestReturn)
	from := c.position()
	conn, err := c.dial(ctx, n, from)
	if err != nil {
		return back
	}
	defer conn.CloseNow()
	c.connected(conn)
	defer c.connected(nil)
	for {
		f, err := c.read(ctx, conn)
		if err != nil {
			return back
		}
		f.node, f.from = n.name, from
		c.record(f)
		if f.typ == hub.FrameBye {
			back = min(time.Duration(f.back)*time.Millisecond, longestBye)
		}
	}
}

func (c *client) dial(ctx context.Context, n *node, from hub.Position) (*websocket.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, handshakeTime)
	defer cancel()
	query := url.Values{"room": c.rooms}
	if !from.IsZero() {
		query.Set("cursor", from.String())
	}
	conn, _, err := websocket.Dial(ctx, n.base+"/v1/ws?"+query.Encode(),
		&websocket.DialOptions{HTTPClient: c.http, Subprotocols: []string{hub.Subprotocol}})
	if err == nil {
		conn.SetReadLimit(4 << 20)
	}
	return conn, err
}

// read reads the next frame, once the gate is open.
func (c *client) read(ctx context.Context, conn *websocket.Conn) (frame, error) {
	if err := c.gate.pass(ctx); err != nil {
		return frame{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, silence)
	defer cancel()
	_, data, err := conn.Read(ctx)
	if err != nil {
		if errors.Is(err, context.DeadlineExceeded) {
			c.t.Logf("%s heard nothing for %v", c.name, silence)
		}
		return frame{}, err
	}
	f, err := decodeFrame(data)
	if err != nil {
		c.t.Errorf("%s: %v", c.name, err)
	}
	f.at = time.Now()
	return f, err
}

// record keeps the frame. Its cursor counts once the client has all before it: a
// snapshot's with the last page.
func (c *client) record(f frame) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.history.frames = append(c.history.frames, f)
	switch {
	case f.typ == hub.FrameEvent, f.typ == hub.FrameBookmark, f.typ == hub.FrameSnapshot && f.done, f.typ == hub.FrameHello && f.resumed:
		c.cursor = f.cursor
	case f.typ == hub.FrameError:
		c.t.Errorf("%s was told an error by %s", c.name, f.node)
	}
}

func (c *client) connected(conn *websocket.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.conn = conn
	if conn == nil {
		c.drops++
	}
}

// pause waits for d or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
