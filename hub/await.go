package hub

import "golang.org/x/sys/unix"

// await blocks until the client sent something, or the connection ended; reading tells
// which. It may return early.
//
// It is for memory. A session waits here nearly all its life, and a goroutine's stack never
// shrinks below what it once needed: from inside the library the wait is 16 calls deep and
// takes a stack of 4 KB, from here 2 KB, the smallest. That is a fifth of an idle session
// (BenchmarkIdleSessions).
func (c *frameConn) await() {
	if len(c.early) > 0 || c.buffer.Buffered() > 0 {
		return
	}
	if c.socket != nil {
		_ = c.socket.Read(readable) // closed meanwhile: reading says so
	}
}

// readable reports whether reading would not block. The RawConn waits and asks
// again until it does.
func readable(fd uintptr) bool {
	n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0)
	return n != 0 || err != nil
}
