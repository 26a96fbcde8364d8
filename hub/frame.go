package hub

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math"
)

// frame is one object of the wire, encoded once and shared by every session that gets
// it. It is immutable from the moment that a second goroutine can see it.
type frame struct {
	typ FrameType
	// wire is a whole WebSocket frame: a header and, from body on, the JSON. It is nil for
	// an entry that nobody is sent, such as that which opens an epoch.
	wire []byte
	body int

	// pos is where a client stands once it has this frame; zero for frames that move
	// no one, such as pong.
	pos Position
	// at is when the event happened, to measure its age at the socket; zero otherwise.
	at Time

	// offset is the frame's place in the ring or, for a bookmark, the place of the
	// next event: either way, where a session goes on that could not be sent it.
	offset uint64
	rooms  []string // whom an event concerns
}

// json is the object alone.
func (f *frame) json() []byte { return f.wire[f.body:] }

// headerRoom is what a WebSocket frame's header takes at most, without a mask.
const headerRoom = 2 + 8

// newFrame makes a frame of JSON that stands in b after headerRoom free bytes. The header
// (RFC 6455 §5.2) goes right in front of it: one final, unmasked text frame.
func newFrame(typ FrameType, b []byte) frame {
	const finalText = 0x81
	size := len(b) - headerRoom
	var start int
	switch {
	case size < 126:
		start = headerRoom - 2
		b[start+1] = byte(size)
	case size <= math.MaxUint16:
		start = headerRoom - 4
		b[start+1] = 126
		binary.BigEndian.PutUint16(b[start+2:], uint16(size))
	default:
		b[1] = 127
		binary.BigEndian.PutUint64(b[2:], uint64(size))
	}
	b[start] = finalText
	return frame{typ: typ, wire: b[start:], body: headerRoom - start}
}

// plainFrame encodes an object that is neither an event nor stands in the ring.
func plainFrame(typ FrameType, v any) *frame {
	f := newFrame(typ, append(make([]byte, headerRoom), encode(v)...))
	return &f
}

// encode writes v as JSON without escaping <, > and &: the wire is not HTML, and raw
// packets must stay as they came.
func encode(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic("hub: encoding our own type: " + err.Error()) // a defect: no outside value can cause it
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// eventSize is more than what eventFrame makes of an event and its battle.
func eventSize(e *Entry, battle []byte) int {
	const around = `{"type":"event","cursor":"","id":"","kind":"","at":"","received_at":"","battle":}`
	return headerRoom + len(around) + maxCursorLen + len(e.Event.ID) + len(e.Event.Kind) + 2*len(timeLayout) + len(battle)
}

// eventFrame encodes an event, and the battle as it stands after it, into an empty slice. The
// ids are hex and the kind is ours, so nothing needs escaping; the battle is JSON already.
func eventFrame(b []byte, e *Entry, battle []byte, rooms []string) frame {
	b = append(b, make([]byte, headerRoom)...)
	b = append(b, `{"type":"event","cursor":"`...)
	b = e.Position.append(b)
	b = append(b, `","id":"`...)
	b = append(b, e.Event.ID...)
	b = append(b, `","kind":"`...)
	b = append(b, e.Event.Kind...)
	b = append(b, `","at":"`...)
	b = e.Event.At.append(b)
	b = append(b, `","received_at":"`...)
	b = e.Event.ReceivedAt.append(b)
	b = append(b, `","battle":`...)
	b = append(b, battle...)
	b = append(b, '}')
	f := newFrame(FrameEvent, b)
	f.pos, f.at, f.rooms = e.Position, e.Event.At, rooms
	return f
}
