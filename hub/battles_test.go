package hub_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"battlehub/hub"
)

// listing is an answer of /v1/battles.
type listing struct {
	Battles      []hub.Battle
	Cursor, Next string
}

func (n *node) list(query ...string) listing {
	n.t.Helper()
	var l listing
	if resp := n.get("/v1/battles?"+queryOf(query...), &l); resp.StatusCode != http.StatusOK {
		n.t.Fatalf("%v: %d", query, resp.StatusCode)
	}
	return l
}

func ids(battles []hub.Battle) string {
	var list []string
	for _, b := range battles {
		list = append(list, b.ID)
	}
	return strings.Join(list, " ")
}

func TestListBattles(t *testing.T) {
	t.Parallel()
	n := startNode(t, hub.Options{})
	appended := n.append(event(hub.KindCreated, "b1", "pk-1", "pk-2"), event(hub.KindCreated, "b2", "pk-3", "pk-4"), event(hub.KindCreated, "b3", "pk-1", "pk-4"),
		event(hub.KindStarted, "b2", "pk-3", "pk-4"), event(hub.KindStarted, "b3", "pk-1", "pk-4"), event(hub.KindEnded, "b3", "pk-1", "pk-4"))
	n.eventually("applied", func() bool { return n.list().Cursor == appended[5].Position.String() })
	tests := map[string]struct {
		query []string
		want  string
	}{
		"all_newest_first": {nil, "b3 b2 b1"},
		"by_room":          {[]string{"room", "pk-4"}, "b3 b2"},
		"by_rooms":         {[]string{"room", "pk-4", "room", "pk-1"}, "b3 b2 b1"},
		"by_state":         {[]string{"state", "live"}, "b2"},
		"by_both":          {[]string{"room", "pk-1", "state", "pending"}, "b1"},
		"nothing":          {[]string{"room", "pk-9"}, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := ids(n.list(test.query...).Battles); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	t.Run("pages_neither_skip_nor_repeat", func(t *testing.T) {
		first := n.list("limit", "2")
		n.append(event(hub.KindCreated, "b4", "pk-5", "pk-6")) // newer than all
		second := n.list("limit", "2", "after", first.Next)
		if ids(first.Battles) != "b3 b2" || ids(second.Battles) != "b1" || second.Next != "" {
			t.Errorf("pages %+v, %+v", first, second)
		}
	})
	t.Run("a_session_may_start_at_the_cursor", func(t *testing.T) {
		c := n.dial("cursor", appended[5].Position.String())
		if hello := c.want(hub.FrameHello); !hello.Resumed {
			t.Errorf("hello %+v", hello)
		}
	})
}

// problemOf reads an RFC 9457 answer.
func problemOf(t *testing.T, resp *http.Response, body any) {
	t.Helper()
	if ct := resp.Header.Get("Content-Type"); ct != "application/problem+json" {
		t.Errorf("content type %q", ct)
	}
	p, ok := body.(*map[string]any)
	if !ok || (*p)["title"] != http.StatusText(resp.StatusCode) || (*p)["detail"] == "" || int((*p)["status"].(float64)) != resp.StatusCode {
		t.Errorf("problem %+v", body)
	}
}

func TestListRefuses(t *testing.T) {
	t.Parallel()
	n := startNode(t, hub.Options{})
	for query, names := range map[string]string{
		"state=over": "state", "limit=0": "limit", "limit=1001": "limit", "limit=x": "limit", "after=x": "after",
		"room=": "rooms", "room=%ff": "rooms", "room=" + strings.Repeat("x", 257): "rooms", "app=1": "app", "app=x": "app",
	} {
		var p map[string]any
		resp := n.get("/v1/battles?"+query, &p)
		if resp.StatusCode != http.StatusBadRequest || !strings.HasPrefix(fmt.Sprint(p["detail"]), names) {
			t.Errorf("%.30s: %d, %v", query, resp.StatusCode, p)
		}
		problemOf(t, resp, &p)
	}
}

// detail is an answer of /v1/battles/{id}.
type detail struct {
	Battle hub.Battle
	Events []struct {
		Kind       hub.Kind
		Verdict    string
		DelayMS    int64  `json:"delay_ms"`
		AppendedAt string `json:"appended_at"`
		Cursor     string
		Raw        json.RawMessage
	}
}

func TestBattleDetail(t *testing.T) {
	t.Parallel()
	n := startNode(t, hub.Options{})
	const id = "4siHs//sNsWN/T3aub9zKra+PbSE=" // as hostile to paths as base64 can be
	created, started := event(hub.KindCreated, id, "pk-3", "pk-5", "pk-7"), event(hub.KindStarted, id, "pk-3", "pk-5")
	forged := created
	forged.Raw = json.RawMessage(`{"BattleId":"forged"}`)
	started.At = hub.UnixMilli(started.ReceivedAt.UnixMilli() - 20_000)
	n.append(created, started, created, forged)
	n.append(hub.Event{ID: hub.EventID(testApp, hub.KindPresumedEnded, id), App: testApp, Kind: hub.KindPresumedEnded, Battle: id,
		At: created.At, ReceivedAt: hub.At(created.At.Add(1e12)), EndedAt: created.At, Outcome: hub.OutcomePresumedEnded})

	var d detail
	if resp := n.get("/v1/battles/"+url.PathEscape(id), &d); resp.StatusCode != http.StatusOK {
		t.Fatalf("status %d", resp.StatusCode)
	}
	if d.Battle.ID != id || d.Battle.State != hub.StateEnded || len(d.Battle.To) != 2 {
		t.Errorf("battle %+v", d.Battle)
	}
	verdicts := map[string]int{}
	for _, e := range d.Events {
		verdicts[fmt.Sprint(e.Kind, " ", e.Verdict)]++
		if kept := e.Verdict != "duplicate" && e.Verdict != "conflict"; kept != (e.AppendedAt != "") || kept != (e.Cursor != "") {
			t.Errorf("line %+v", e)
		}
		if e.Verdict == "conflict" && string(e.Raw) != string(forged.Raw) {
			t.Errorf("the forged packet is not shown: %s", e.Raw)
		}
		if e.Verdict == "late" && e.DelayMS != 20_000 {
			t.Errorf("delay %d", e.DelayMS)
		}
	}
	want := map[string]int{"created ok": 1, "created duplicate": 1, "created conflict": 1, "started late": 1, "presumed_ended inferred": 1}
	if fmt.Sprint(verdicts) != fmt.Sprint(want) {
		t.Errorf("verdicts %v, want %v", verdicts, want)
	}
}

func TestUnknownBattleIsNotFound(t *testing.T) {
	t.Parallel()
	n := startNode(t, hub.Options{})
	var p map[string]any
	resp := n.get("/v1/battles/none", &p)
	if resp.StatusCode != http.StatusNotFound {
		t.Errorf("status %d", resp.StatusCode)
	}
	problemOf(t, resp, &p)
}
