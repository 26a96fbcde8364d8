package hub

import (
	"bytes"
	"unsafe"

	"golang.org/x/sys/unix"
)

// attempt sends to a socket without ever waiting for it. A writer has one and uses it for
// all its sessions, so that a delivery allocates nothing.
type attempt struct {
	send func(fd uintptr) // what follows, bound once

	gathered []byte // several frames in one piece
	out      []byte // what to send,
	n        int    // and what came of it
	err      unix.Errno
}

func newAttempt() *attempt {
	a := &attempt{}
	a.send = func(fd uintptr) {
		for a.err = unix.EINTR; a.err == unix.EINTR; {
			a.n, a.err = sendNow(fd, a.out)
		}
	}
	return a
}

// sendNow is send(2), which spares the kernel what write(2) does for files only: 4 % of a
// delivery.
//
// It is a raw system call, of which the scheduler is not told. Told, it takes the processor
// away from a thread that the kernel happened to preempt in the middle, and wakes another:
// another 3 %. With MSG_DONTWAIT the call never blocks, so that nobody waits for this
// thread longer than for one that computes. The conversion of the pointer stands in the
// call itself, which keeps b alive and in place meanwhile (package unsafe, rule 4).
func sendNow(fd uintptr, b []byte) (int, unix.Errno) {
	n, _, err := unix.RawSyscall6(unix.SYS_SENDTO, fd, uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)),
		unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL, 0, 0)
	return int(n), err
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
	if len(frames) > 1 || c.first != nil {
		a.gathered = appendFrames(append(a.gathered[:0], c.first...), frames)
		a.out = a.gathered
	}
	a.n, c.first = 0, nil
	if err := c.socket.Control(a.send); err == nil && a.n == len(a.out) {
		return sent
	}
	c.first = bytes.Clone(a.out[max(a.n, 0):]) // n is -1 after an error
	return kept
}
