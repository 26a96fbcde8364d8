package hub_test

import (
	"context"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"battlehub/hub"
	"battlehub/hub/memlog"
)

// pipeListener is a network inside the process, for tests whose clock is synctest's:
// unlike a socket's, a pipe's reads and writes block durably, and it buffers nothing.
type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error   { l.once.Do(func() { close(l.closed) }); return nil }
func (l *pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "unix"} }

func (l *pipeListener) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case l.conns <- theirs:
		return ours, nil
	case <-l.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// pipeNode is a node that is reached by pipes. It lives inside a synctest bubble; stop
// must be called before the bubble ends.
type pipeNode struct {
	node
	http *http.Client
	stop func()
}

func startPipeNode(t *testing.T, o hub.Options) *pipeNode {
	t.Helper()
	log, err := memlog.Open(memlog.Options{App: testApp})
	if err != nil {
		t.Fatal(err)
	}
	h := hub.New(map[hub.App]hub.Log{testApp: log}, o)
	h.Start()
	ln := &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
	// The bounds that a real server sets must not end an event stream.
	server := &http.Server{Handler: h.Handler(), ReadTimeout: 10 * time.Second, WriteTimeout: time.Minute, IdleTimeout: time.Minute}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(ln) }) // ErrServerClosed, when stop closes it
	transport := &http.Transport{DialContext: ln.dial}
	n := &pipeNode{node: node{t: t, hub: h, log: log, url: "http://hub"}, http: &http.Client{Transport: transport}}
	n.stop = func() {
		h.Close()
		transport.CloseIdleConnections()
		server.Close()
		serving.Wait()
		if err := log.Close(); err != nil {
			t.Error(err)
		}
	}
	n.eventually("ready", func() bool { return h.Ready() == nil })
	return n
}

func (n *pipeNode) dial(query ...string) *client {
	n.t.Helper()
	conn, _, err := websocket.Dial(context.Background(), n.url+"/v1/ws?"+queryOf(query...), &websocket.DialOptions{HTTPClient: n.http})
	if err != nil {
		n.t.Fatal(err)
	}
	conn.SetReadLimit(1 << 20)
	return &client{n.t, conn}
}
