package faulttest

import (
	"context"
	"encoding/json"
	"net/url"
	"testing"

	"github.com/coder/websocket"

	"battlehub/hub"
)

// followed reads a node's log as a client can: by a session that resumes from where the
// log began. It is called before there is anything in the log. What it cannot see are the
// entries that open epochs, and the links of the chain.
func followed(t *testing.T, n *node) finalLog {
	t.Helper()
	_, genesis, err := n.board()
	if err != nil {
		t.Fatal(err)
	}
	return func(t *testing.T) []entry {
		t.Helper()
		var log []entry
		var err error
		if !within(patience, func() bool {
			log, err = follow(n, genesis)
			return err == nil
		}) {
			t.Fatalf("following %s: %v", n.name, err)
		}
		return log
	}
}

// follow reads what the log has from genesis up to what the node shows now.
func follow(n *node, genesis hub.Position) ([]entry, error) {
	_, end, err := n.board()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, n.base+"/v1/ws?"+url.Values{"cursor": {genesis.String()}}.Encode(), nil)
	if err != nil {
		return nil, err
	}
	defer conn.CloseNow()
	conn.SetReadLimit(4 << 20)
	log := []entry{{Entry: hub.Entry{Position: genesis}}}
	for at := genesis; at.Compare(end) < 0; {
		_, data, err := conn.Read(ctx)
		if err != nil {
			return nil, err
		}
		e, err := eventOf(data)
		if err != nil {
			return nil, err
		}
		if e != nil {
			at = e.Position
			log = append(log, *e)
		}
	}
	return log, nil
}

// eventOf reads an event as the log's entry, or nil of another frame. It names the
// battle's rooms, which are the event's own (packets_test.go).
func eventOf(data []byte) (*entry, error) {
	var w hub.EventFrame
	var b hub.Battle
	if err := json.Unmarshal(data, &w); err != nil || w.Type != hub.FrameEvent {
		return nil, err
	}
	if err := json.Unmarshal(w.Battle, &b); err != nil {
		return nil, err
	}
	e := &hub.Event{ID: w.ID, Kind: w.Kind, Battle: b.ID, At: w.At, From: b.From, To: b.To}
	return &entry{Entry: hub.Entry{Position: w.Cursor, Event: e}}, nil
}
