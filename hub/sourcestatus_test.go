package hub_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"battlehub/hub"
	"battlehub/hub/memlog"
)

// TestSourceStatus: the intake is what the node was told, and when the log last heard of
// Tencent is not when a node last inferred something.
func TestSourceStatus(t *testing.T) {
	t.Parallel()
	intake := hub.Intake{Since: hub.At(time.Now()), Signed: true, Accepted: hub.Tally{Total: 2, LastAt: hub.At(time.Now())},
		Refused: []hub.Refused{{Fault: hub.FaultSignStale, Tally: hub.Tally{Total: 1, LastAt: hub.At(time.Now())}}}}
	n := startNode(t, hub.Options{Node: "hub-1", Intake: func(hub.App) hub.Intake { return intake }})
	if s := n.sourceStatus(); !s.LoggedAt.IsZero() || s.Node != "hub-1" || s.App != testApp || s.ServerTime.IsZero() {
		t.Errorf("of an empty log: %+v", s)
	}
	newest := event(hub.KindStarted, "b1", "pk-1", "pk-2")
	older := event(hub.KindCreated, "b1", "pk-1", "pk-2")
	older.ReceivedAt = newest.ReceivedAt.Plus(-1000)
	inferred := event(hub.KindPresumedEnded, "b1", "pk-1", "pk-2")
	inferred.ReceivedAt = newest.ReceivedAt.Plus(60_000)
	n.append(newest, older, inferred)
	s := n.sourceStatus()
	if s.LoggedAt != newest.ReceivedAt {
		t.Errorf("logged at %v, want %v", s.LoggedAt, newest.ReceivedAt)
	}
	if got := s.Intake; got.Accepted != intake.Accepted || !got.Signed || len(got.Refused) != 1 || got.Refused[0] != intake.Refused[0] {
		t.Errorf("intake %+v, want %+v", got, intake)
	}
	room := event(hub.KindRoomDestroyed, "", "pk-9")
	room.ID, room.ReceivedAt = "destroyed", newest.ReceivedAt.Plus(2000)
	n.append(room)
	if s := n.sourceStatus(); s.LoggedAt != room.ReceivedAt {
		t.Errorf("after a room's webhook: logged at %v, want %v", s.LoggedAt, room.ReceivedAt)
	}
}

func (n *node) sourceStatus() (s hub.SourceStatus) {
	n.t.Helper()
	if resp := n.get("/v1/source", &s); resp.StatusCode != http.StatusOK {
		n.t.Fatal(resp.Status)
	}
	return s
}

// TestSourceStatusOutlivesARestart: the stored board tells, without its log being read again.
func TestSourceStatusOutlivesARestart(t *testing.T) {
	t.Parallel()
	log, err := memlog.Open(memlog.Options{App: testApp})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = log.Close() })
	logs := map[hub.App]hub.Log{testApp: log}
	first := startNodeOver(t, hub.Options{}, logs)
	e := event(hub.KindCreated, "b1", "pk-1", "pk-2")
	first.append(e)
	first.hub.Close() // stores the board
	if s := startNodeOver(t, hub.Options{}, logs).sourceStatus(); s.LoggedAt != e.ReceivedAt {
		t.Errorf("after a restart: logged at %v, want %v", s.LoggedAt, e.ReceivedAt)
	}
}

// TestSourceStatusIsForModerators of the app.
func TestSourceStatusIsForModerators(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		grant  hub.Grant
		status int
	}{
		"moderator":     {hub.Grant{}, http.StatusOK},
		"owner":         {hub.Grant{Rooms: []string{"pk-1"}}, http.StatusForbidden},
		"owner_by_log":  {hub.Grant{User: "ann", Owns: true}, http.StatusForbidden},
		"of_other_apps": {hub.Grant{Apps: []hub.App{7}}, http.StatusBadRequest},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := startNode(t, hub.Options{Authorize: func(context.Context, hub.Credential) (hub.Grant, error) { return test.grant, nil }})
			if resp := n.getAs("any", "/v1/source", nil); resp.StatusCode != test.status {
				t.Errorf("status %d, want %d", resp.StatusCode, test.status)
			}
		})
	}
}
