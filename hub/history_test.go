package hub_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"battlehub/hub"
	"battlehub/hub/memlog"
)

// past is an answer of /v1/history.
type past struct {
	Battles []hub.Battle
	Looked  int
	BackTo  hub.Time `json:"back_to"`
	Next    string
}

func (n *node) history(query ...string) past {
	n.t.Helper()
	var p past
	if resp := n.get("/v1/history?"+queryOf(query...), &p); resp.StatusCode != http.StatusOK {
		n.t.Fatalf("%v: %d", query, resp.StatusCode)
	}
	return p
}

// owned is event with an owner for every room.
func owned(kind hub.Kind, battle string, rooms ...string) hub.Event {
	e := event(kind, battle, rooms...)
	if kind == hub.KindCreated { // Tencent does not say
		return e
	}
	e.From.Owner = "owner-of-" + e.From.Room
	for i := range e.To {
		e.To[i].Owner = "owner-of-" + e.To[i].Room
	}
	return e
}

// TestHistoryKnowsWhatLeftTheBoard: also of a room that was only invited, which no End names.
func TestHistoryKnowsWhatLeftTheBoard(t *testing.T) {
	t.Parallel()
	n := startNode(t, hub.Options{})
	n.append(owned(hub.KindCreated, "b1", "pk-1", "pk-2", "pk-3"), owned(hub.KindStarted, "b1", "pk-1", "pk-2"), owned(hub.KindEnded, "b1", "pk-1", "pk-2"),
		owned(hub.KindCreated, "b2", "pk-4", "pk-1"), owned(hub.KindStarted, "b2", "pk-4", "pk-1"),
		owned(hub.KindStarted, "b3", "pk-4", "pk-5"), // its Create is lost
		event(hub.KindPresumedEnded, "b3", "pk-4", "pk-5"))
	for name, test := range map[string]struct {
		query []string
		want  string
	}{
		"room":                {[]string{"room", "pk-1"}, "b2 b1"},
		"room_that_declined":  {[]string{"room", "pk-3"}, "b1"},
		"lost_create":         {[]string{"room", "pk-5"}, "b3"},
		"owner":               {[]string{"owner", "owner-of-pk-4"}, "b3 b2"},
		"nobody":              {[]string{"owner", "owner-of-pk-9"}, ""},
		"the_newest_of_it":    {[]string{"room", "pk-4", "limit", "2"}, "b3"},
		"a_room_is_no_prefix": {[]string{"room", "pk-"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := n.history(test.query...)
			if got := ids(p.Battles); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	b := n.history("room", "pk-3").Battles[0]
	if b.State != hub.StateEnded || b.Outcome != hub.OutcomeTimeUp || len(b.To) != 2 || *b.To[1].Joined || b.From.Owner != "owner-of-pk-1" {
		t.Errorf("the battle is not whole: %+v", b)
	}
}

// TestHistoryByPages: whatever their size, pages neither skip nor repeat, and one that found
// nothing says how far it looked.
func TestHistoryByPages(t *testing.T) {
	t.Parallel()
	n := startNode(t, hub.Options{})
	var want []string
	var events []hub.Event
	for i := range 30 {
		mine, other := fmt.Sprintf("b%02d", i), fmt.Sprintf("other-%d", i)
		events = append(events, owned(hub.KindCreated, mine, "pk-1", "pk-2"), owned(hub.KindCreated, other, "pk-8", "pk-9"))
		if i > 0 { // entangled with the one before
			before := fmt.Sprintf("b%02d", i-1)
			events = append(events, owned(hub.KindStarted, before, "pk-1", "pk-2"), owned(hub.KindEnded, before, "pk-1", "pk-2"))
		}
		want = append([]string{mine}, want...)
	}
	n.append(events...)
	for _, limit := range []string{"1", "2", "7", "100", ""} {
		var got []string
		looked := 0
		for query := []string{"room", "pk-1", "limit", limit}; ; {
			p := n.history(query...)
			looked += p.Looked
			if len(p.Battles) > 0 {
				got = append(got, ids(p.Battles))
			}
			if p.Next == "" {
				break
			}
			if p.BackTo.IsZero() {
				t.Error("it does not say how far back it looked")
			}
			query = []string{"room", "pk-1", "limit", limit, "before", p.Next}
		}
		if all := strings.Join(got, " "); all != strings.Join(want, " ") {
			t.Errorf("by pages of %s: %s", limit, all)
		}
		if looked != len(events)+1 { // and the opening of the epoch
			t.Errorf("by pages of %s: looked at %d entries, want %d", limit, looked, len(events)+1)
		}
	}
}

// TestHistoryIsBounded: one request looks at so much of a busy log and no more.
func TestHistoryIsBounded(t *testing.T) {
	t.Parallel()
	n := startNode(t, hub.Options{})
	n.append(owned(hub.KindCreated, "needle", "pk-1", "pk-2"))
	for i := range 5 {
		var others []hub.Event
		for j := range 1000 {
			others = append(others, owned(hub.KindCreated, fmt.Sprint(i, " ", j), "pk-8", "pk-9"))
		}
		n.append(others...)
	}
	p := n.history("room", "pk-1")
	if len(p.Battles) > 0 || p.Looked != 4096 || p.Next == "" {
		t.Errorf("first page: %d battles, looked at %d, next %q", len(p.Battles), p.Looked, p.Next)
	}
	if p = n.history("room", "pk-1", "before", p.Next); ids(p.Battles) != "needle" || p.Next != "" {
		t.Errorf("second page: %+v", p)
	}
}

func TestHistoryRefuses(t *testing.T) {
	t.Parallel()
	n := startNode(t, hub.Options{})
	for query, names := range map[string]string{
		"": "room, owner", "room=a&room=b": "room, owner", "room=a&owner=b": "room, owner", "room=": "rooms", "owner=": "room, owner",
		"owner=%ff": "owner", "owner=" + strings.Repeat("x", 257): "owner", "room=a&limit=0": "limit", "room=a&limit=101": "limit",
		"room=a&before=x": "before", "room=a&before=1-1-00000001": "before", "room=a&app=7": "app",
	} {
		var p map[string]any
		resp := n.get("/v1/history?"+query, &p)
		if resp.StatusCode != http.StatusBadRequest || !strings.HasPrefix(fmt.Sprint(p["detail"]), names) {
			t.Errorf("%.30s: %d, %v", query, resp.StatusCode, p)
		}
		problemOf(t, resp, &p)
	}
}

// TestHistoryThatIsForgotten ends where the log now does.
func TestHistoryThatIsForgotten(t *testing.T) {
	t.Parallel()
	n := startNodeOf(t, hub.Options{}, memlog.Options{MaxBytes: 20 << 10})
	a := n.append(owned(hub.KindCreated, "old", "pk-1", "pk-2"), owned(hub.KindCreated, "next", "pk-1", "pk-2"))
	for i := range 40 {
		n.append(owned(hub.KindCreated, fmt.Sprint("new ", i), "pk-8", "pk-9"))
	}
	if p := n.history("room", "pk-1", "before", a[1].Position.String()); len(p.Battles) > 0 || p.Next != "" {
		t.Errorf("beyond what the log keeps: %+v", p)
	}
	p := n.history("room", "pk-8")
	if got := len(p.Battles); got == 0 || got >= 40 || p.Next != "" {
		t.Errorf("%d battles, next %q", got, p.Next)
	}
}

// TestHistoryKeepsToTheGrant: a room that is not one's own is refused, and of others' battles
// only those are told in which an own room took part.
func TestHistoryKeepsToTheGrant(t *testing.T) {
	t.Parallel()
	grants := map[string]hub.Grant{
		"moderator": {},
		"by_token":  {User: "ann", Rooms: []string{"pk-1"}},
		"by_log":    {User: "owner-of-pk-1", Owns: true},
		"stranger":  {User: "eve", Rooms: []string{"pk-9"}},
		"other_app": {User: "mod", Apps: []hub.App{7}},
	}
	n := startNode(t, hub.Options{Authorize: func(_ context.Context, c hub.Credential) (hub.Grant, error) { return grants[string(c.Text)], nil }})
	n.append(owned(hub.KindStarted, "b1", "pk-1", "pk-2"), owned(hub.KindStarted, "b2", "pk-2", "pk-3"))
	for _, test := range []struct {
		who, query string
		status     int
		want       string
	}{
		{"moderator", "room=pk-2", 200, "b2 b1"},
		{"moderator", "owner=owner-of-pk-2", 200, "b2 b1"},
		{"by_token", "room=pk-1", 200, "b1"},
		{"by_token", "room=pk-2", 403, ""},
		{"by_token", "owner=owner-of-pk-2", 200, "b1"},
		{"by_token", "owner=owner-of-pk-3", 200, ""},
		{"by_log", "room=pk-1", 200, "b1"},
		{"by_log", "room=pk-3", 403, ""},
		{"by_log", "owner=owner-of-pk-2", 200, "b1"},
		{"stranger", "room=pk-9", 200, ""},
		{"stranger", "owner=owner-of-pk-2", 200, ""},
		{"stranger", "room=pk-1", 403, ""},
		{"other_app", "room=pk-1", 400, ""},
	} {
		var p past
		resp := n.getAs(test.who, "/v1/history?"+test.query, &p)
		if resp.StatusCode != test.status || ids(p.Battles) != test.want {
			t.Errorf("%s %s: %d %q, want %d %q", test.who, test.query, resp.StatusCode, ids(p.Battles), test.status, test.want)
		}
	}
}

// TestHistoryOfAHandedOnRoom: as with everything else, the room's past goes with it.
func TestHistoryOfAHandedOnRoom(t *testing.T) {
	t.Parallel()
	n := startNode(t, hub.Options{Authorize: func(_ context.Context, c hub.Credential) (hub.Grant, error) {
		return hub.Grant{User: string(c.Text), Owns: true}, nil
	}})
	n.append(owned(hub.KindStarted, "b1", "pk-1", "pk-2"))
	handed := event(hub.KindOwnerChanged, "", "pk-1")
	handed.ID, handed.From.Owner, handed.At = "handed", "bob", hub.At(time.Now().Add(time.Second))
	n.append(handed)
	path := "/v1/history?room=" + url.QueryEscape("pk-1")
	var p past
	if resp := n.getAs("owner-of-pk-1", path, nil); resp.StatusCode != http.StatusForbidden {
		t.Errorf("its former owner is answered %d", resp.StatusCode)
	}
	if n.getAs("bob", path, &p); ids(p.Battles) != "b1" {
		t.Errorf("its owner sees %q", ids(p.Battles))
	}
}
