package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"battlehub/hub"
	"battlehub/hub/client"
)

// pipes is a listener whose connections are pipes in memory, so that servers and clients
// can live in one synctest bubble.
type pipes struct {
	accepted chan net.Conn
	closed   chan struct{}
	once     sync.Once

	mu   sync.Mutex
	open []net.Conn
}

func newPipes() *pipes { return &pipes{accepted: make(chan net.Conn), closed: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.accepted:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "pipe"} }

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case p.accepted <- far:
		p.mu.Lock()
		defer p.mu.Unlock()
		p.open = append(p.open, near)
		return near, nil
	case <-p.closed:
		return nil, errors.New("connection refused")
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// cut breaks all connections off.
func (p *pipes) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.open {
		c.Close()
	}
	p.open = nil
}

// serve serves the handler in memory until the test ends, and returns options that lead
// there.
func serve(t *testing.T, handler http.Handler) client.Options {
	t.Helper()
	return serveOn(t, newPipes(), handler)
}

func serveOn(t *testing.T, at *pipes, handler http.Handler) client.Options {
	t.Helper()
	server := &http.Server{Handler: handler}
	done := make(chan struct{})
	go func() {
		defer close(done)
		server.Serve(at)
	}()
	transport := &http.Transport{DialContext: at.dial}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		server.Close()
		<-done
	})
	return client.Options{URL: "http://hub.test", HTTPClient: &http.Client{Transport: transport}}
}

// peer is the hub's end of one connection, as a script sees it.
type peer struct {
	t     *testing.T
	w     http.ResponseWriter
	r     *http.Request
	query url.Values
	conn  *websocket.Conn
}

// script plays the hub in one connection. When it returns, the connection breaks off.
type script func(p *peer)

// play serves one connection after the other by the scripts. A connection beyond them is
// a failure of the test.
func play(t *testing.T, scripts ...script) client.Options {
	t.Helper()
	var mu sync.Mutex
	return serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		if len(scripts) == 0 {
			mu.Unlock()
			t.Error("one connection too many")
			http.Error(w, "", http.StatusForbidden)
			return
		}
		next := scripts[0]
		scripts = scripts[1:]
		mu.Unlock()
		next(&peer{t: t, w: w, r: r, query: r.URL.Query()})
	}))
}

// accept upgrades the connection and runs fn on it.
func accept(fn func(p *peer)) script {
	return func(p *peer) {
		conn, err := websocket.Accept(p.w, p.r, &websocket.AcceptOptions{Subprotocols: []string{hub.Subprotocol}})
		if err != nil {
			p.t.Errorf("accepting: %v", err)
			return
		}
		defer conn.CloseNow()
		p.conn = conn
		fn(p)
	}
}

// answer refuses the handshake.
func answer(status int, header ...string) script {
	return func(p *peer) {
		for i := 0; i < len(header); i += 2 {
			p.w.Header().Set(header[i], header[i+1])
		}
		p.w.WriteHeader(status)
		fmt.Fprintf(p.w, `{"title":"%s","status":%d,"detail":"because"}`, http.StatusText(status), status)
	}
}

// say sends the frames and then breaks off.
func say(frames ...string) script {
	return accept(func(p *peer) { p.send(frames...) })
}

func (p *peer) send(frames ...string) {
	for _, f := range frames {
		if err := p.conn.Write(context.Background(), websocket.MessageText, []byte(f)); err != nil {
			p.t.Errorf("sending %s: %v", f, err)
		}
	}
}

// request is a frame of the client.
type request struct {
	Type  hub.FrameType `json:"type"`
	ID    int64         `json:"id"`
	Rooms []string      `json:"rooms"`
}

// receive waits for a frame of the client.
func (p *peer) receive() request {
	var r request
	_, data, err := p.conn.Read(context.Background())
	if err != nil {
		p.t.Errorf("receiving: %v", err)
		return r
	}
	if err := json.Unmarshal(data, &r); err != nil {
		p.t.Errorf("receiving %s: %v", data, err)
	}
	return r
}

// awaitClose waits for the client's end and returns its close code.
func (p *peer) awaitClose() websocket.StatusCode {
	for {
		if _, _, err := p.conn.Read(context.Background()); err != nil {
			return websocket.CloseStatus(err)
		}
	}
}

// hold keeps the connection open until the client ends it.
func (p *peer) hold() { p.awaitClose() }

// follower is a running client and what it told.
type follower struct {
	*client.Client
	cancel context.CancelFunc
	ended  chan struct{}
	err    error // valid once ended

	mu     sync.Mutex
	frames []client.Frame
}

// follow runs a client until the test ends.
func follow(t *testing.T, o client.Options) *follower {
	t.Helper()
	c, err := client.New(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	f := &follower{Client: c, cancel: cancel, ended: make(chan struct{})}
	go func() {
		defer close(f.ended)
		f.err = c.Run(ctx, f.note)
	}()
	t.Cleanup(f.stop)
	return f
}

func (f *follower) note(frame client.Frame) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.frames = append(f.frames, frame)
}

func (f *follower) stop() {
	f.cancel()
	<-f.ended
}

// end waits until Run gives up by itself and returns its error.
func (f *follower) end(t *testing.T) error {
	t.Helper()
	select {
	case <-f.ended:
		return f.err
	case <-time.After(time.Hour):
		t.Fatal("Run goes on")
		return nil
	}
}

// told returns the frames of one type, so far.
func told[T client.Frame](f *follower) []T {
	f.mu.Lock()
	defer f.mu.Unlock()
	var frames []T
	for _, frame := range f.frames {
		if v, ok := frame.(T); ok {
			frames = append(frames, v)
		}
	}
	return frames
}

// eventIDs are the ids of the events told.
func (f *follower) eventIDs() []string {
	var ids []string
	for _, e := range told[*client.Event](f) {
		ids = append(ids, e.ID)
	}
	return ids
}

// bubble runs the test in a synctest bubble.
func bubble(t *testing.T, fn func(t *testing.T)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, fn)
}

// at is the cursor of a sequence number.
func at(seq uint64) hub.Position {
	return hub.Position{Epoch: 1, Seq: seq, Tag: 0xabcd0000 + uint32(seq)}
}

func hello(seq uint64, resumed bool) string {
	return fmt.Sprintf(`{"type":"hello","protocol":1,"session":"s","node":"n","app":1400000000,"rooms":null,`+
		`"cursor":"%s","resumed":%t,"server_time":"%s","heartbeat_ms":25000}`, at(seq), resumed, hub.At(time.Now()))
}

// page is a page of a snapshot with battles of these ids.
func page(seq uint64, done bool, battles ...string) string {
	list := []json.RawMessage{}
	for _, id := range battles {
		list = append(list, json.RawMessage(battle(id, "pending")))
	}
	data, _ := json.Marshal(hub.Snapshot{Type: hub.FrameSnapshot, Cursor: at(seq), Battles: list, Done: done})
	return string(data)
}

func battle(id, state string) string {
	return fmt.Sprintf(`{"id":%q,"app":1400000000,"state":%q,"from":{"room":"pk-3","score":0},"to":[{"room":"pk-5","score":0}]}`, id, state)
}

// event is the event number seq, of a battle of its own.
func event(seq uint64) string {
	return fmt.Sprintf(`{"type":"event","cursor":"%s","id":"e%d","kind":"started","at":"2026-11-22T10:00:00.000Z","battle":%s}`,
		at(seq), seq, battle(fmt.Sprint("b", seq), "live"))
}

func bookmark(seq uint64) string {
	return fmt.Sprintf(`{"type":"bookmark","cursor":"%s","server_time":"%s"}`, at(seq), hub.At(time.Now()))
}

// pass lets time pass on the bubble's clock.
func pass(d time.Duration) { <-time.After(d) }
