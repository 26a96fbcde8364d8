package hub_test

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"net"
	"strings"
)

// rawSocket is a WebSocket read by hand: it allocates nothing, and can send what a library
// would not.
type rawSocket struct {
	conn net.Conn
	in   *bufio.Reader
}

// rawSocket connects and upgrades; what the test sends early goes out with the request.
func (n *node) rawSocket(early ...byte) *rawSocket {
	n.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(n.url, "http://"))
	if err != nil {
		n.t.Fatal(err)
	}
	fmt.Fprintf(conn, "GET /v1/ws HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n%s", conn.RemoteAddr(), early)
	in := bufio.NewReaderSize(conn, 64<<10)
	for line, status := "", ""; line != "\r\n"; {
		if line, err = in.ReadString('\n'); err != nil {
			n.t.Fatal(err)
		}
		if status == "" {
			if status = line; !strings.Contains(status, " 101 ") {
				n.t.Fatalf("upgrade: %s", status)
			}
		}
	}
	return &rawSocket{conn, in}
}

// frame reads one frame of a server (RFC 6455 §5.2). Its payload is valid until the next
// call; it must be smaller than the buffer.
func (s *rawSocket) frame() (opcode byte, payload []byte, err error) {
	head, err := s.in.Peek(2)
	if err != nil {
		return 0, nil, err
	}
	opcode, size, header := head[0]&0xf, int(head[1]&0x7f), 2
	if size == 126 {
		if head, err = s.in.Peek(4); err != nil {
			return 0, nil, err
		}
		size, header = int(binary.BigEndian.Uint16(head[2:])), 4
	}
	whole, err := s.in.Peek(header + size)
	if err != nil {
		return 0, nil, err
	}
	payload = whole[header:]
	_, err = s.in.Discard(header + size)
	return opcode, payload, err
}
