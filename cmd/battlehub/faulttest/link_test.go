package faulttest

import (
	"context"
	"errors"
	"net"
	"sync"
	"testing"
)

// link is a TCP proxy between one node and Redis. It knows what each connection is for, so
// that a fault can strike one kind alone, and it can lead elsewhere from one moment to the
// next, as an address does that follows the master.
type link struct {
	t     *testing.T
	ln    net.Listener
	gates map[role]*gate
	loop  sync.WaitGroup
	pairs sync.WaitGroup

	mu       sync.Mutex
	upstream string // "": connections are refused
	open     map[*pair]bool
	ended    bool
}

// startLink starts a proxy to an address.
func startLink(t *testing.T, upstream string) *link {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &link{t: t, ln: ln, upstream: upstream, open: map[*pair]bool{},
		gates: map[role]*gate{unknown: {}, appender: {}, reader: {}, subscriber: {}}}
	l.loop.Go(l.accept)
	t.Cleanup(func() {
		ln.Close()
		l.loop.Wait()
		l.end()
		l.pairs.Wait()
	})
	return l
}

func (l *link) addr() string { return l.ln.Addr().String() }

func (l *link) accept() {
	for {
		conn, err := l.ln.Accept()
		if err != nil {
			return // closed
		}
		l.pairs.Go(func() { l.serve(conn) })
	}
}

// serve forwards one connection until either side ends it.
func (l *link) serve(client net.Conn) {
	l.mu.Lock()
	upstream := l.upstream
	l.mu.Unlock()
	server, err := net.Dial("tcp", upstream)
	if err != nil { // also if there is none
		client.Close()
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	p := &pair{link: l, client: client, server: server, ctx: ctx, cancel: cancel}
	if !l.enter(p, upstream) {
		p.close()
		return
	}
	var pumps sync.WaitGroup
	pumps.Go(func() { p.pump(server, client, p.classify) })
	pumps.Go(func() { p.pump(client, server, func([]byte) {}) })
	pumps.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.open, p)
}

// enter registers a connection, unless the link leads elsewhere by now.
func (l *link) enter(p *pair, upstream string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended || l.upstream != upstream {
		return false
	}
	l.open[p] = true
	return true
}

// freeze black-holes the connections of a kind, those to come included: they stay open and
// nothing passes. thaw lets all pass that has been held up, as a network does that comes
// back before TCP has given up.
func (l *link) freeze(r role) { l.gates[r].shut() }
func (l *link) thaw(r role)   { l.gates[r].open() }

// each does something to the gates of all kinds.
func (l *link) each(do func(*gate)) {
	for _, g := range l.gates {
		do(g)
	}
}

// reset ends the connections of a kind by a TCP reset.
func (l *link) reset(r role) {
	for _, p := range l.all() {
		if p.role() == r {
			p.reset()
		}
	}
}

// lead ends all connections, and leads new ones to an address; "" refuses them.
func (l *link) lead(upstream string) {
	l.mu.Lock()
	l.upstream = upstream
	l.mu.Unlock()
	for _, p := range l.all() {
		p.reset()
	}
}

func (l *link) end() {
	l.mu.Lock()
	l.ended = true
	l.mu.Unlock()
	for _, p := range l.all() {
		p.close()
	}
}

func (l *link) all() (pairs []*pair) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for p := range l.open {
		pairs = append(pairs, p)
	}
	return pairs
}

// pair is one connection through a link.
type pair struct {
	link           *link
	client, server net.Conn
	ctx            context.Context
	cancel         context.CancelFunc

	mu  sync.Mutex
	use role
}

// pump forwards one direction. A chunk waits at the gate of the connection's kind.
func (p *pair) pump(to, from net.Conn, look func([]byte)) {
	defer p.close()
	chunk := make([]byte, 64<<10)
	for {
		n, err := from.Read(chunk)
		look(chunk[:n])
		if p.link.gates[p.role()].pass(p.ctx) != nil {
			return
		}
		if _, werr := to.Write(chunk[:n]); errors.Join(err, werr) != nil {
			return
		}
	}
}

// classify looks what the connection is for, until it is known.
func (p *pair) classify(chunk []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.use == unknown {
		p.use = roleOf(chunk)
	}
}

func (p *pair) role() role {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.use
}

func (p *pair) close() {
	p.cancel()
	p.client.Close()
	p.server.Close()
}

// reset ends the connection so that both sides get an error instead of an end.
func (p *pair) reset() {
	for _, c := range []net.Conn{p.client, p.server} {
		if tcp, ok := c.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // then it ends in order, which is an end, too
		}
	}
	p.close()
}
