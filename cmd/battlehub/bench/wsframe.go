package bench

import (
	"encoding/binary"
	"errors"
)

// The opcodes that matter here (RFC 6455 §5.2).
const (
	opText  = 1
	opClose = 8
	opPing  = 9
	opPong  = 10
)

// maxFrame bounds what a server may make a client keep. A page of a snapshot is the largest.
const maxFrame = 4 << 20

var (
	errFrameKind = errors.New("the server sent a frame that is masked, compressed or one of several, which bench does not read")
	errFrameSize = errors.New("the server sent a frame of over 4 MiB")
)

// cutFrame reads the WebSocket frame at the beginning of b, as a server sends it. Its size
// with the header is 0 while there is less than the whole of it.
func cutFrame(b []byte) (op byte, payload []byte, size int, err error) {
	if len(b) < 2 {
		return 0, nil, 0, nil
	}
	if b[0]&0xf0 != 0x80 || b[1]&0x80 != 0 {
		return 0, nil, 0, errFrameKind
	}
	length, header := uint64(b[1]), 2
	switch {
	case length == 126 && len(b) >= 4:
		length, header = uint64(binary.BigEndian.Uint16(b[2:])), 4
	case length == 127 && len(b) >= 10:
		length, header = binary.BigEndian.Uint64(b[2:]), 10
	case length >= 126:
		return 0, nil, 0, nil
	}
	if length > maxFrame {
		return 0, nil, 0, errFrameSize
	}
	if size = header + int(length); len(b) < size {
		return 0, nil, 0, nil
	}
	return b[0] & 0xf, b[header:size], size, nil
}

// pongFrame answers a ping. Clients mask what they send (§5.3); a mask of zeros is one, and
// changes nothing.
func pongFrame(payload []byte) []byte {
	payload = payload[:min(len(payload), 125)] // control frames have no more (§5.5)
	return append([]byte{0x80 | opPong, 0x80 | byte(len(payload)), 0, 0, 0, 0}, payload...)
}

// appendTextFrame appends a message as a server sends it.
func appendTextFrame(b, message []byte) []byte {
	b = append(b, 0x80|opText)
	switch n := len(message); {
	case n < 126:
		b = append(b, byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, 126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 127), uint64(n))
	}
	return append(b, message...)
}
