package hub

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
)

// socketPair is a connection of the hub over real sockets, and its client.
func socketPair(t *testing.T) (*frameConn, net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	client, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(); client.Close() })
	socket, err := conn.(syscall.Conn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	return &frameConn{Conn: conn, socket: socket}, client
}

// numbered makes frames that differ, of a size that no buffer divides evenly.
func numbered(from, n int) (frames []*frame) {
	for i := from; i < from+n; i++ {
		frames = append(frames, plainFrame(FrameEvent, fmt.Sprint(i, strings.Repeat("x", 3001))))
	}
	return frames
}

// TestWhatTheSocketRefusesGoesOutFirst: a full socket takes part of a frame, or none; the
// rest of it precedes whatever is written next, by whomever.
func TestWhatTheSocketRefusesGoesOutFirst(t *testing.T) {
	t.Parallel()
	for name, next := range map[string]func(c *frameConn, later []*frame) error{
		"nothing more": func(c *frameConn, later []*frame) error {
			if err := c.writeFrames(nil); err != nil {
				return err
			}
			return c.writeFrames(later)
		},
		"frames": func(c *frameConn, later []*frame) error { return c.writeFrames(later) },
		"the library": func(c *frameConn, later []*frame) error {
			_, err := c.Write(appendFrames(nil, later))
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, client := socketPair(t)
			a, want, came, i := newAttempt(), []byte(nil), sent, 0
			for ; came == sent; i += 3 {
				frames := numbered(i, 3)
				want = appendFrames(want, frames)
				came = c.try(a, frames)
			}
			if came != kept {
				t.Fatalf("a full socket: %v", came)
			}
			later := numbered(i, 1)
			want = appendFrames(want, later)
			written := make(chan error, 1)
			go func() { written <- next(c, later) }()
			got := make([]byte, len(want))
			if _, err := io.ReadFull(client, got); err != nil {
				t.Fatal(err)
			}
			if err := <-written; err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Error("the client read other bytes than were sent")
			}
		})
	}
}

// TestAttemptLeavesOthersAlone: while somebody else writes, perhaps for long, nothing is
// tried; nor on what is no socket.
func TestAttemptLeavesOthersAlone(t *testing.T) {
	t.Parallel()
	c, _ := socketPair(t)
	c.mu.Lock()
	if came := c.try(newAttempt(), numbered(0, 1)); came != busy {
		t.Errorf("while another writes: %v", came)
	}
	c.mu.Unlock()
	pipe, _ := net.Pipe()
	if came := (&frameConn{Conn: pipe}).try(newAttempt(), numbered(0, 1)); came != busy {
		t.Errorf("on a pipe: %v", came)
	}
}

// TestAttemptOnAClosedSocket: the error is for the write that follows to tell.
func TestAttemptOnAClosedSocket(t *testing.T) {
	t.Parallel()
	c, _ := socketPair(t)
	c.Conn.Close()
	if came := c.try(newAttempt(), numbered(0, 1)); came != kept {
		t.Errorf("got %v", came)
	}
	if err := c.writeFrames(nil); err == nil {
		t.Error("writing to a closed socket is no error")
	}
}
