package hub

import (
	"bufio"
	"bytes"
	"errors"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"

	"golang.org/x/time/rate"

	"battlehub/hub/rawconn"
)

// Buffers of a hijacked connection. The library keeps what Hijack returns for the life of
// the connection; net/http's own are 4 KB each, most of an idle connection's memory. Frames
// of clients are small, and frames to them do not pass through the buffer.
const (
	readBuffer = 256
	// writeBuffer holds the largest control frame, 2 + 125 bytes (RFC 6455 §5.5), so that
	// the library writes each in one piece: see frameConn.
	writeBuffer = 128
)

// smallHijacker hands a hijacked connection over with small buffers.
type smallHijacker struct {
	http.ResponseWriter
	hold     bool       // the answer to the handshake goes out with the first frame
	upgraded []byte     // that answer
	conn     *frameConn // set by Hijack
}

// WriteHeader implements http.ResponseWriter. Held back, the answer to a handshake, hello
// and the board are one system call and one packet instead of three each.
func (h *smallHijacker) WriteHeader(status int) {
	if !h.hold || status != http.StatusSwitchingProtocols {
		h.ResponseWriter.WriteHeader(status)
		return
	}
	b := bytes.NewBufferString("HTTP/1.1 101 Switching Protocols\r\n")
	_ = h.Header().Write(b) // a buffer takes everything
	b.WriteString("\r\n")
	h.upgraded = b.Bytes()
}

// Hijack implements http.Hijacker.
func (h *smallHijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, brw, err := http.NewResponseController(h.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	if c, ok := conn.(*rawconn.Conn); ok {
		conn = c.TCPConn // a session has its own way to write, and 0.2 KB less of it
	}
	early, _ := brw.Reader.Peek(brw.Reader.Buffered()) // what the client sent already
	c := &frameConn{Conn: conn, first: h.upgraded, early: bytes.Clone(early), in: rate.NewLimiter(bytesASec, bytesBurst)}
	c.buffer = bufio.NewReaderSize(c, readBuffer)
	if socket, ok := conn.(syscall.Conn); ok { // not a pipe of a test
		c.socket, _ = socket.SyscallConn() // fails on what is closed; so will writing
	}
	h.conn = c
	return c, bufio.NewReadWriter(c.buffer, bufio.NewWriterSize(c, writeBuffer)), nil
}

// frameConn is the connection below the library, which does the handshake, all reading,
// control frames and closing. Data frames are encoded once for all sessions (frame.go) and
// written here, past the library: writing one through it costs a third of the write itself.
//
// That is safe because every write is of whole frames, ours and the library's (writeBuffer),
// and the mutex keeps them apart. The library would write a fragmented message in several
// pieces, but nobody asks it to write messages.
type frameConn struct {
	net.Conn
	socket syscall.RawConn // nil if it is none
	in     *rate.Limiter   // of the bytes that the client sends
	early  []byte          // what it sent with its handshake
	buffer *bufio.Reader   // through which the library reads

	mu    sync.Mutex // held while writing; blocks for as long as the write does
	first []byte     // what goes out before the first write, and with it
}

// What a client may send. The limit on frames sees whole messages only, after the library
// read them: without a limit on bytes, a message of endless empty fragments, or of control
// frames, would never be stopped.
const (
	bytesASec  = 32 << 10
	bytesBurst = 256 << 10
)

// errFlood ends the reading of what a client sends too fast.
var errFlood = errors.New("too many bytes")

// Read implements net.Conn, for the library. After a flood, the limit starts anew: what
// the client had under way is read past, so that it gets to see the close frame.
func (c *frameConn) Read(p []byte) (int, error) {
	if len(c.early) > 0 {
		n := copy(p, c.early)
		c.early = c.early[n:]
		return n, nil
	}
	n, err := c.Conn.Read(p)
	if n > 0 && !c.in.AllowN(time.Now(), n) {
		c.in = rate.NewLimiter(bytesASec, bytesBurst)
		return 0, errFlood
	}
	return n, err
}

// Write implements net.Conn, for the library.
func (c *frameConn) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.first == nil {
		return c.Conn.Write(p)
	}
	first := c.first
	c.first = nil
	n, err := c.Conn.Write(append(first, p...))
	return max(n-len(first), 0), err
}

// gatherBuffers are shared by all connections: a buffer is needed only while writing.
var gatherBuffers = sync.Pool{New: func() any { b := make([]byte, 0, 16<<10); return &b }}

// largestKept is the largest buffer that is kept for reuse.
const largestKept = 256 << 10

// writeFrames writes the frames in one system call. It blocks until the socket took them
// or the write deadline passed.
func (c *frameConn) writeFrames(frames []*frame) error {
	switch len(frames) {
	case 0: // what try kept
		_, err := c.Write(nil)
		return err
	case 1:
		_, err := c.Write(frames[0].wire)
		return err
	}
	buf := gatherBuffers.Get().(*[]byte)
	*buf = appendFrames(*buf, frames)
	_, err := c.Write(*buf)
	if cap(*buf) <= largestKept {
		*buf = (*buf)[:0]
		gatherBuffers.Put(buf)
	}
	return err
}

func appendFrames(b []byte, frames []*frame) []byte {
	for _, f := range frames {
		b = append(b, f.wire...)
	}
	return b
}
