package faulttest

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"
)

// gate lets through or holds up; the zero gate is open.
type gate struct {
	mu     sync.Mutex
	opened chan struct{} // nil: open
	every  time.Duration // through the open gate, one each so often; 0: all
}

// shut holds up whoever comes from now on.
func (g *gate) shut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.opened == nil {
		g.opened = make(chan struct{})
	}
}

// open lets all through.
func (g *gate) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.every = 0
	if g.opened != nil {
		close(g.opened)
		g.opened = nil
	}
}

// narrow lets one through each so often.
func (g *gate) narrow(every time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.every = every
}

// pass returns when the gate is open, or with ctx's error when that ends first.
func (g *gate) pass(ctx context.Context) error {
	for {
		g.mu.Lock()
		opened, every := g.opened, g.every
		g.mu.Unlock()
		if opened == nil {
			if every > 0 {
				pause(ctx, every)
			}
			return ctx.Err()
		}
		select {
		case <-opened:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// slowHTTP dials with a receive buffer so small that a client that does not read is felt
// by the node soon.
func slowHTTP() *http.Client {
	dialer := &net.Dialer{Timeout: handshakeTime}
	return &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			conn, err := dialer.DialContext(ctx, network, addr)
			if tcp, ok := conn.(*net.TCPConn); ok {
				err = tcp.SetReadBuffer(16 << 10)
			}
			return conn, err
		},
	}}
}
