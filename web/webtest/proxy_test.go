package webtest

import (
	"io"
	"net"
	"sync"
	"testing"
)

// network is what lies between a page and its hub. It can be cut, so that what is under way
// gets nowhere and nobody is told, and can lead to another hub.
type network struct {
	addr string

	mu     sync.Mutex
	target string
	isCut  bool
	conns  map[net.Conn]bool // both ends of all that goes through
}

// startNetwork leads to the hub until the test ends.
func startNetwork(t *testing.T, to string) *network {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n := &network{addr: ln.Addr().String(), target: to, conns: map[net.Conn]bool{}}
	t.Cleanup(func() {
		_ = ln.Close() // it ends accept
		n.drop()
	})
	go n.accept(ln)
	return n
}

func (n *network) url(path string) string { return "http://" + n.addr + path }

func (n *network) accept(ln net.Listener) {
	for {
		near, err := ln.Accept()
		if err != nil {
			return
		}
		n.mu.Lock()
		target, isCut := n.target, n.isCut
		n.conns[near] = true
		n.mu.Unlock()
		if isCut {
			continue // nobody answers
		}
		far, err := net.Dial("tcp", target)
		if err != nil {
			near.Close()
			continue
		}
		n.mu.Lock()
		n.conns[far] = true
		n.mu.Unlock()
		go n.pass(near, far)
		go n.pass(far, near)
	}
}

// pass copies until either end closes. While the network is cut, what comes is lost.
func (n *network) pass(from, to net.Conn) {
	buf := make([]byte, 32<<10)
	for {
		size, err := from.Read(buf)
		n.mu.Lock()
		lost := n.isCut
		n.mu.Unlock()
		if lost {
			_, _ = io.Copy(io.Discard, from) // until drop closes it
			return
		}
		if _, failed := to.Write(buf[:size]); err != nil || failed != nil {
			from.Close()
			to.Close()
			return
		}
	}
}

// cut lets nothing through any more.
func (n *network) cut() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.isCut = true
}

// restore lets new connections through, to the hub at that address; those from before are
// gone.
func (n *network) restore(to string) {
	n.drop()
	n.mu.Lock()
	defer n.mu.Unlock()
	n.isCut, n.target = false, to
}

// drop closes everything.
func (n *network) drop() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for c := range n.conns {
		c.Close()
	}
	clear(n.conns)
}
