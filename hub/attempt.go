package hub

import (
	"bytes"

	"battlehub/hub/rawconn"
)

// attempt sends to a socket without ever waiting for it. A writer has one and uses it for
// all its sessions, so that a delivery allocates nothing.
type attempt struct {
	send func(fd uintptr) // what follows, bound once

	page     page   // of the ring, for the sessions that lag
	gathered []byte // several frames in one piece
	out      []byte // what to send,
	n        int    // and how much of it was sent
}

func newAttempt() *attempt {
	a := &attempt{}
	a.send = func(fd uintptr) { a.n, _ = rawconn.Send(fd, a.out) } // a later Write meets the error, too
	return a
}

// outcome is what came of an attempt.
type outcome int

const (
	sent outcome = iota // all of it
	kept                // the connection keeps what the socket did not take
	busy                // nothing was tried: somebody else is writing, or the socket is none
)

// try writes the frames if the socket takes them at once. What it does not take, or fails
// at, goes out ahead of the next Write, which may wait and tells errors.
//
// It sends past the net package, which is safe since c.mu keeps all other writes off, and
// Control the closing of the socket.
func (c *frameConn) try(a *attempt, frames []*frame) outcome {
	if c.socket == nil || !c.mu.TryLock() {
		return busy
	}
	defer c.mu.Unlock()
	a.out = frames[0].wire
	switch {
	case c.first == nil && a.page.has(frames):
		a.out = a.page.gathered()
	case len(frames) > 1 || c.first != nil:
		a.gathered = appendFrames(append(a.gathered[:0], c.first...), frames)
		a.out = a.gathered
	}
	a.n, c.first = 0, nil
	if err := c.socket.Control(a.send); err == nil && a.n == len(a.out) {
		return sent
	}
	c.first = bytes.Clone(a.out[a.n:])
	return kept
}
