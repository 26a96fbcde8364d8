package faulttest

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// startEcho starts a server that answers what it gets, with its name in front.
func startEcho(t *testing.T, name string) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var loops sync.WaitGroup
	loops.Go(func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			loops.Go(func() {
				defer conn.Close()
				for in := bufio.NewScanner(conn); in.Scan(); {
					fmt.Fprintf(conn, "%s %s\n", name, in.Text())
				}
			})
		}
	})
	t.Cleanup(func() { ln.Close(); loops.Wait() })
	return ln.Addr().String()
}

// caller is a client of such a server.
type caller struct {
	t    *testing.T
	conn net.Conn
	in   *bufio.Reader
}

func call(t *testing.T, addr, first string) *caller {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	c := &caller{t, conn, bufio.NewReader(conn)}
	c.say(first)
	return c
}

func (c *caller) say(line string) {
	c.t.Helper()
	if _, err := io.WriteString(c.conn, line+"\n"); err != nil {
		c.t.Fatal(err)
	}
}

// hears reads lines up to one that ends with the text.
func (c *caller) hears(want string) {
	c.t.Helper()
	for {
		_ = c.conn.SetReadDeadline(time.Now().Add(patience))
		line, err := c.in.ReadString('\n')
		if err != nil {
			c.t.Fatal(err)
		}
		if line == want+"\n" {
			return
		}
	}
}

// ends reads up to the end of the connection.
func (c *caller) ends() {
	_ = c.conn.SetReadDeadline(time.Now().Add(patience))
	_, _ = io.Copy(io.Discard, c.in) // an error is an end, too
}

const subscribing = "*2\r\n$9\r\nsubscribe\r\n$4\r\nlive\r"

// TestLinkStrikesOneKind: a frozen kind hears nothing while others go on; thawed, it hears
// what was held up.
func TestLinkStrikesOneKind(t *testing.T) {
	t.Parallel()
	l := startLink(t, startEcho(t, "a"))
	deaf, other := call(t, l.addr(), subscribing), call(t, l.addr(), "x")
	deaf.hears("a live")
	l.freeze(subscriber)
	deaf.say("first")
	late := call(t, l.addr(), subscribing)
	other.say("y")
	other.hears("a y")
	_ = deaf.conn.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	if line, err := deaf.in.ReadString('\n'); err == nil {
		t.Errorf("a frozen connection heard %q", line)
	}
	l.thaw(subscriber)
	deaf.hears("a first")
	late.hears("a live")
	l.reset(subscriber)
	deaf.ends()
	other.say("z")
	other.hears("a z")
}

// TestLinkLeadsElsewhere: connections end, and new ones reach another server, or none.
func TestLinkLeadsElsewhere(t *testing.T) {
	t.Parallel()
	l := startLink(t, startEcho(t, "a"))
	old := call(t, l.addr(), "x")
	old.hears("a x")
	l.lead(startEcho(t, "b"))
	old.ends()
	call(t, l.addr(), "x").hears("b x")
	l.lead("")
	call(t, l.addr(), "x").ends()
}
