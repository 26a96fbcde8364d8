package hub

import "battlehub/hub/rawconn"

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
		_ = c.socket.Read(rawconn.Readable) // closed meanwhile: reading says so
	}
}
