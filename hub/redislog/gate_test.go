package redislog

import (
	"io"
	"net"
	"sync"
	"testing"
)

// gate is an address that leads to one server or another, or nowhere: what an operator does
// by DNS or a proxy. Frozen, it keeps its connections and forwards nothing, which is what a
// network does that drops packets.
type gate struct {
	addr string

	mu     sync.Mutex
	thawed *sync.Cond
	frozen bool
	to     string // empty: closed
	conns  map[net.Conn]bool
	loops  sync.WaitGroup
}

func newGate(t testing.TB, to string) *gate {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{addr: ln.Addr().String(), to: to, conns: map[net.Conn]bool{}}
	g.thawed = sync.NewCond(&g.mu)
	g.loops.Go(func() { g.acceptLoop(ln) })
	t.Cleanup(func() {
		ln.Close()
		g.shut()
		g.loops.Wait()
	})
	return g
}

func (g *gate) acceptLoop(ln net.Listener) {
	for {
		in, err := ln.Accept()
		if err != nil {
			return
		}
		g.mu.Lock()
		to := g.to
		g.mu.Unlock()
		out, err := net.Dial("tcp", to)
		if to == "" || err != nil {
			in.Close()
			continue
		}
		g.join(in, out)
	}
}

func (g *gate) join(in, out net.Conn) {
	g.mu.Lock()
	g.conns[in], g.conns[out] = true, true
	g.mu.Unlock()
	for _, way := range [][2]net.Conn{{in, out}, {out, in}} {
		g.loops.Go(func() {
			_, _ = io.Copy(valve{g, way[0]}, way[1]) // it ends with either connection
			way[0].Close()
			way[1].Close()
		})
	}
}

// valve writes to a connection as long as the gate is not frozen.
type valve struct {
	g *gate
	net.Conn
}

func (v valve) Write(b []byte) (int, error) {
	v.g.mu.Lock()
	for v.g.frozen {
		v.g.thawed.Wait()
	}
	v.g.mu.Unlock()
	return v.Conn.Write(b)
}

func (g *gate) freeze() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.frozen = true
}

// shut cuts every connection and lets nobody in.
func (g *gate) shut() { g.open("") }

// open cuts every connection; new ones lead to the address.
func (g *gate) open(to string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.to, g.frozen = to, false
	for c := range g.conns {
		c.Close()
	}
	clear(g.conns)
	g.thawed.Broadcast()
}
