package hub_test

import (
	"context"
	"net/http"
	"strconv"
	"testing"

	"github.com/coder/websocket"

	"battlehub/hub"
)

// refusedWith connects, and expects a refusal before the upgrade.
func (n *node) refusedWith(status int, header http.Header, query ...string) *http.Response {
	n.t.Helper()
	_, resp, err := n.tryDial(header, query...)
	if err == nil || resp == nil || resp.StatusCode != status {
		n.t.Fatalf("got %v, %v; want %d", resp, err, status)
	}
	return resp
}

func wantRetryAfter(t *testing.T, resp *http.Response) {
	t.Helper()
	if s, err := strconv.Atoi(resp.Header.Get("Retry-After")); err != nil || s < 1 || s > 10 {
		t.Errorf("Retry-After %q", resp.Header.Get("Retry-After"))
	}
}

func TestMaxSessions(t *testing.T) {
	t.Parallel()
	n := startNode(t, hub.Options{MaxSessions: 2})
	first, second := n.dial(), n.dial()
	first.wantGreeting()
	second.wantGreeting()
	wantRetryAfter(t, n.refusedWith(http.StatusServiceUnavailable, nil))
	first.conn.CloseNow()
	n.eventually("the place is free again", func() bool {
		c, _, err := n.tryDial(nil)
		if err == nil {
			c.wantGreeting()
		}
		return err == nil
	})
}

func TestMaxPerIP(t *testing.T) {
	t.Parallel()
	n := startNode(t, hub.Options{MaxPerIP: 1})
	n.dial().wantGreeting()
	wantRetryAfter(t, n.refusedWith(http.StatusTooManyRequests, nil))
	// Whoever is not a trusted proxy cannot claim another address.
	wantRetryAfter(t, n.refusedWith(http.StatusTooManyRequests, http.Header{"X-Forwarded-For": {"198.51.100.7"}}))
}

func TestAcceptRate(t *testing.T) {
	t.Parallel()
	n := startNode(t, hub.Options{AcceptRate: 0.001})
	n.dial().wantGreeting()
	wantRetryAfter(t, n.refusedWith(http.StatusServiceUnavailable, nil))
}

func TestOriginIsChecked(t *testing.T) {
	t.Parallel()
	n := startNode(t, hub.Options{AllowOrigins: []string{"https://mods.example.com"}})
	n.refusedWith(http.StatusForbidden, http.Header{"Origin": {"https://evil.example"}})
	if _, _, err := n.tryDial(http.Header{"Origin": {"https://mods.example.com"}}); err != nil {
		t.Error(err)
	}
	if _, _, err := n.tryDial(http.Header{"Origin": {n.url}}); err != nil {
		t.Error(err)
	}
}

// TestGrants: an owner sees its rooms whatever it asks for.
func TestGrants(t *testing.T) {
	t.Parallel()
	n := startNode(t, hub.Options{Authorize: func(_ context.Context, c hub.Credential) (hub.Grant, error) {
		switch string(c.Text) {
		case "owner":
			return hub.Grant{Apps: []hub.App{testApp}, Rooms: []string{"pk-3"}}, nil
		case "other-app":
			return hub.Grant{Apps: []hub.App{1}}, nil
		}
		return hub.Grant{}, &hub.Refusal{Reason: hub.RefusedSignature, Detail: "who signed this?"}
	}})
	appended := n.append(event(hub.KindCreated, "b1", "pk-3", "pk-5"), event(hub.KindCreated, "b2", "pk-7", "pk-9"), event(hub.KindStarted, "b1", "pk-3", "pk-5"))
	owner := http.Header{"Authorization": {"Bearer owner"}}
	connect := func(query ...string) *client {
		c, _, err := n.tryDial(owner, query...)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	t.Run("all_means_its_own", func(t *testing.T) {
		hello, battles := connect().wantGreeting()
		if len(hello.Rooms) != 1 || len(battles) != 1 || battles[0].ID != "b1" {
			t.Errorf("hello %+v, battles %+v", hello, battles)
		}
	})
	t.Run("resume_is_no_capability", func(t *testing.T) {
		c := connect("cursor", appended[0].Position.String())
		c.want(hub.FrameHello)
		c.wantEvent(hub.KindStarted, "b1")
	})
	t.Run("another_room", func(t *testing.T) { connect("room", "pk-9").wantClosed(4403, "pk-9") })
	t.Run("subscribe_to_another_room", func(t *testing.T) {
		c := connect()
		c.wantGreeting()
		c.send(`{"type":"subscribe","id":1,"rooms":["pk-3","pk-9"]}`)
		if m := c.want(hub.FrameError); m.Code != "forbidden" || m.ID != 1.0 {
			t.Errorf("got %+v", m)
		}
	})
	t.Run("no_credential", func(t *testing.T) { n.dial().wantClosed(4401, "say who you are") })
	t.Run("no_grant", func(t *testing.T) {
		c, _, err := n.tryDial(http.Header{"Authorization": {"Bearer forged"}})
		if err != nil {
			t.Fatal(err)
		}
		c.wantClosed(4401, "who signed this?")
	})
	t.Run("another_app", func(t *testing.T) {
		c, _, err := n.tryDial(http.Header{"Authorization": {"Bearer other-app"}})
		if err != nil {
			t.Fatal(err)
		}
		c.wantClosed(4400, "app")
	})
	t.Run("another_rooms_battle_does_not_exist", func(t *testing.T) {
		for id, status := range map[string]int{"b1": 200, "b2": 404} {
			req, _ := http.NewRequest("GET", n.url+"/v1/battles/"+id, nil)
			req.Header = owner
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if resp.StatusCode != status {
				t.Errorf("%s: %d", id, resp.StatusCode)
			}
		}
	})
}

func TestSubprotocol(t *testing.T) {
	t.Parallel()
	n := startNode(t, hub.Options{})
	conn, resp, err := websocket.Dial(t.Context(), n.url+"/v1/ws", &websocket.DialOptions{Subprotocols: []string{"bearer.secret", "battlehub.v1"}})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow()
	if got := resp.Header.Get("Sec-WebSocket-Protocol"); got != "battlehub.v1" {
		t.Errorf("subprotocol %q: a token must not be echoed", got)
	}
}
