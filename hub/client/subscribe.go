package client

import (
	"context"
	"encoding/json"

	"github.com/coder/websocket"

	"battlehub/hub"
)

// Subscribe follows further rooms, now and after every reconnect. The hub answers with a
// *hub.Subscribed and a snapshot of the new rooms, or with a *hub.ErrorFrame: then all that
// were named together are refused, and forgotten. Rooms that are followed already are
// skipped. It may block for some seconds while the connection is busy; a write that fails
// is made up for after the reconnect. A client that was given no rooms follows all:
// Subscribe returns an error then.
func (c *Client) Subscribe(rooms ...string) error {
	return c.change(hub.FrameSubscribe, c.rooms.add, rooms)
}

// Unsubscribe no longer follows the rooms, now and after every reconnect. The hub answers
// with a *hub.Subscribed. It returns an error if no room would be left, or if the client
// was given none and so follows all. It blocks as Subscribe does.
func (c *Client) Unsubscribe(rooms ...string) error {
	return c.change(hub.FrameUnsubscribe, c.rooms.remove, rooms)
}

// change notes a change and, while connected, asks the hub for it.
func (c *Client) change(typ hub.FrameType, note func([]string) ([]string, error), rooms []string) error {
	c.sending.Lock()
	defer c.sending.Unlock()
	changed, err := note(rooms)
	if err != nil {
		return err
	}
	if c.current != nil {
		c.current.ask(typ, changed)
	}
	return nil
}

// attach makes s the session to write to, and asks it for what has changed since its
// handshake.
func (c *Client) attach(s *session) {
	c.sending.Lock()
	defer c.sending.Unlock()
	c.current = s
	added, removed := c.rooms.changed()
	s.ask(hub.FrameSubscribe, added)
	s.ask(hub.FrameUnsubscribe, removed)
}

func (c *Client) detach() {
	c.sending.Lock()
	defer c.sending.Unlock()
	c.current = nil
}

// roomsRequest is a frame of the client.
type roomsRequest struct {
	Type  hub.FrameType `json:"type"`
	ID    int64         `json:"id"`
	Rooms []string      `json:"rooms"`
}

// maxAsked bounds the names of one request, as JSON. Hubs accept 4 KiB of a client's frame.
const maxAsked = 3 << 10

// ask writes the request, in several frames if the names are many. When a write fails,
// the connection is broken, which the reading side finds out.
func (s *session) ask(typ hub.FrameType, rooms []string) {
	ctx, cancel := context.WithTimeout(context.Background(), writeTimeout)
	defer cancel()
	for _, names := range split(rooms) {
		frame := encode(roomsRequest{typ, s.c.rooms.ask(typ, names), names})
		if err := s.conn.Write(ctx, websocket.MessageText, frame); err != nil {
			return
		}
	}
}

// split cuts the names into lists that fit into one request each.
func split(names []string) [][]string {
	var lists [][]string
	size := 0
	for _, name := range names {
		n := len(encode(name)) + len(",")
		if len(lists) == 0 || size+n > maxAsked {
			lists, size = append(lists, nil), 0
		}
		last := &lists[len(lists)-1]
		*last, size = append(*last, name), size+n
	}
	return lists
}

// encode writes strings, and structures of them, as JSON, which cannot fail.
func encode(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic("client: encoding our own type: " + err.Error()) // a defect: no outside value can cause it
	}
	return data
}
