package webhook

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"testing"
	"time"

	"battlehub/hub"
)

// documented is a row of testdata/requests.json.
type documented struct {
	Packet  string
	Query   string
	Command command
	Result  result
	Status  int
	Answer  json.RawMessage
	Event   json.RawMessage
}

func documentedRequests(t testing.TB) []documented {
	t.Helper()
	var rows []documented
	if err := json.Unmarshal([]byte(packetFile(t, "requests.json")), &rows); err != nil {
		t.Fatal(err)
	}
	if len(rows) == 0 {
		t.Fatal("no rows")
	}
	return rows
}

func TestDocumentedRequests(t *testing.T) {
	t.Parallel()
	for _, row := range documentedRequests(t) {
		t.Run(row.Packet, func(t *testing.T) {
			t.Parallel()
			log := newMapLog()
			h, packet := handler(log), packetFile(t, row.Packet)
			before := time.Now().Truncate(time.Millisecond)
			resp := post(h, row.Query, packet)

			body, _ := io.ReadAll(resp.Body)
			if resp.StatusCode != row.Status || string(body) != compacted(t, row.Answer) {
				t.Errorf("answered %d %s, want %d %s", resp.StatusCode, body, row.Status, row.Answer)
			}
			wantCount(t, h, row.Command, row.Result)
			if row.Event == nil {
				if len(log.events) != 0 {
					t.Errorf("appended %v, want nothing", log.events)
				}
				return
			}
			wantEvent(t, log.only(t), row.Event, packet, before)
		})
	}
}

// wantEvent compares an event with its expected JSON. What that leaves out is checked
// against the packet and the clock.
func wantEvent(t *testing.T, e hub.Event, want json.RawMessage, packet string, before time.Time) {
	t.Helper()
	if e.ID != wantID(e, compacted(t, []byte(packet))) {
		t.Errorf("id %s is not derived from the event", e.ID)
	}
	if e.ReceivedAt.Before(before) || e.ReceivedAt.After(time.Now()) {
		t.Errorf("received at %v, want between %v and now", e.ReceivedAt, before)
	}
	if string(e.Raw) != compacted(t, []byte(packet)) {
		t.Errorf("raw %s, want %s", e.Raw, packet)
	}
	e.ID, e.ReceivedAt, e.Raw = "", hub.Time{}, nil
	var expected hub.Event
	if err := json.Unmarshal(want, &expected); err != nil {
		t.Fatal(err)
	}
	if got, want := asJSON(t, e), asJSON(t, expected); got != want {
		t.Errorf("event\n got %s\nwant %s", got, want)
	}
}

// wantID is the id of an event of which raw came: of its battle, or else of its body.
func wantID(e hub.Event, raw string) string {
	identity := e.Battle
	if identity == "" {
		identity = fmt.Sprintf("%x", sha256.Sum256([]byte(raw)))
	}
	return hub.EventID(e.App, e.Kind, identity)
}

func compacted(t *testing.T, b []byte) string {
	t.Helper()
	var out bytes.Buffer
	if err := json.Compact(&out, b); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
