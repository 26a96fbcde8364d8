package hub_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"battlehub/hub"
)

// byName grants by the text of a bearer token: "mod", or "<user>[@<room it hosts>]", which
// sees what the user owns. A token counts as issued when the bubble began.
func byName(ctx context.Context, c hub.Credential) (hub.Grant, error) {
	name, host, _ := strings.Cut(string(c.Text), "@")
	g := hub.Grant{User: name, TokenID: "id of " + name, Issued: time.Unix(946684800, 0)}
	switch {
	case name == "mod":
		return g, nil
	case name == "forged":
		return hub.Grant{}, &hub.Refusal{Reason: hub.RefusedSignature, Detail: "who signed this?"}
	case name == "brief":
		g.Expires = time.Now().Add(10 * time.Second)
	}
	g.Rooms, g.Owns = []string{}, true
	if host != "" {
		g.Host = &hub.Hosting{Room: host, Since: time.Now()}
	}
	return g, nil
}

// as connects with a bearer token.
func (n *pipeNode) as(token string, query ...string) *client {
	n.t.Helper()
	conn, _, err := websocket.Dial(n.t.Context(), n.url+"/v1/ws?"+queryOf(query...), &websocket.DialOptions{
		HTTPClient: n.http, HTTPHeader: http.Header{"Authorization": {"Bearer " + token}}})
	if err != nil {
		n.t.Fatal(err)
	}
	conn.SetReadLimit(1 << 20)
	return &client{n.t, conn}
}

// room makes an event about a room.
func roomEvent(kind hub.Kind, room, owner string) hub.Event {
	now := hub.At(time.Now())
	return hub.Event{ID: hub.EventID(testApp, kind, fmt.Sprint(room, owner, now)), App: testApp, Kind: kind, At: now, ReceivedAt: now,
		From: hub.Side{Room: room, Owner: owner}}
}

// inBubble runs a test on a node that grants byName.
func inBubble(t *testing.T, test func(t *testing.T, n *pipeNode)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := startPipeNode(t, hub.Options{Authorize: byName})
		defer n.stop()
		test(t, n)
	})
}

func (c *client) wantSubscribed(rooms ...string) {
	c.t.Helper()
	m := c.want(hub.FrameSubscribed)
	if strings.Join(m.Rooms, " ") != strings.Join(rooms, " ") {
		c.t.Fatalf("follows %v, want %v", m.Rooms, rooms)
	}
}

// TestRoomChangesHands: the old owner stops seeing the room and the new owner starts, with
// the very next event, without reconnecting, and both are told.
func TestRoomChangesHands(t *testing.T) {
	inBubble(t, func(t *testing.T, n *pipeNode) {
		n.append(roomEvent(hub.KindRoomCreated, "pk-3", "ann"), event(hub.KindCreated, "b1", "pk-3", "pk-5"))
		ann, bob := n.as("ann"), n.as("bob")
		defer ann.conn.CloseNow()
		defer bob.conn.CloseNow()
		if hello, battles := ann.wantGreeting(); len(hello.Rooms) != 1 || len(battles) != 1 {
			t.Fatalf("ann sees %v and %d battles", hello.Rooms, len(battles))
		}
		if hello, battles := bob.wantGreeting(); hello.Rooms == nil || len(hello.Rooms) != 0 || len(battles) != 0 {
			t.Fatalf("bob sees %v and %d battles", hello.Rooms, len(battles))
		}
		n.append(roomEvent(hub.KindOwnerChanged, "pk-3", "bob"), event(hub.KindStarted, "b1", "pk-3", "pk-5"))
		ann.wantSubscribed()
		bob.wantSubscribed("pk-3")
		if battles, _ := bob.wantBoard(); len(battles) != 1 {
			t.Fatalf("bob got %d battles", len(battles))
		}
		n.append(event(hub.KindEnded, "b1", "pk-3", "pk-5"))
		for m := bob.next(); m.Kind != hub.KindEnded; m = bob.next() {
			if m.Kind != hub.KindStarted {
				t.Fatalf("bob got %+v", m)
			}
		}
		ann.send(`{"type":"ping","id":7}`)
		ann.want(hub.FramePong)
		ann.send(`{"type":"subscribe","id":8,"rooms":["pk-3"]}`)
		if m := ann.want(hub.FrameError); m.Code != "forbidden" {
			t.Errorf("ann may subscribe: %+v", m)
		}
	})
}

// TestResumeAfterARoomWasGained: a cursor proves where a client was, not what it may see.
// A room gained since comes with its battles, one lost since does not come at all.
func TestResumeAfterARoomWasGained(t *testing.T) {
	inBubble(t, func(t *testing.T, n *pipeNode) {
		appended := n.append(roomEvent(hub.KindRoomCreated, "pk-1", "ann"), roomEvent(hub.KindRoomCreated, "pk-2", "ann"),
			roomEvent(hub.KindRoomCreated, "pk-3", "bob"))
		cursor := appended[2].Position.String()
		n.append(event(hub.KindCreated, "of-1", "pk-1", "x"), event(hub.KindCreated, "of-2", "pk-2", "x"), event(hub.KindCreated, "of-3", "pk-3", "x"),
			roomEvent(hub.KindOwnerChanged, "pk-2", "bob"), roomEvent(hub.KindOwnerChanged, "pk-3", "ann"))
		ann := n.as("ann", "cursor", cursor)
		defer ann.conn.CloseNow()
		if hello := ann.want(hub.FrameHello); !hello.Resumed || strings.Join(hello.Rooms, " ") != "pk-1" {
			t.Fatalf("hello %+v", hello)
		}
		ann.wantEvent(hub.KindCreated, "of-1")
		ann.wantSubscribed("pk-1", "pk-3")
		if battles, _ := ann.wantBoard(); len(battles) != 1 || battles[0].ID != "of-3" {
			t.Errorf("gained %+v", battles)
		}
	})
}

// TestHostBeforeAnyWebhook: the app's own server vouches for the host of a room of which
// the log knows nothing yet, until the log knows better.
func TestHostBeforeAnyWebhook(t *testing.T) {
	inBubble(t, func(t *testing.T, n *pipeNode) {
		ann := n.as("ann@pk-3")
		defer ann.conn.CloseNow()
		if hello, _ := ann.wantGreeting(); strings.Join(hello.Rooms, " ") != "pk-3" {
			t.Fatalf("hello %+v", hello)
		}
		n.append(event(hub.KindCreated, "b1", "pk-3", "pk-5"))
		ann.wantEvent(hub.KindCreated, "b1")
		pass(2 * time.Second)
		n.append(roomEvent(hub.KindRoomCreated, "pk-3", "bob"), event(hub.KindStarted, "b1", "pk-3", "pk-5"))
		ann.wantSubscribed()
	})
}

// TestLateWebhookGivesNothingBack: whose a room is follows Tencent's clock, not the order in
// which webhooks arrive, and nobody can claim a room for the future.
func TestLateWebhookGivesNothingBack(t *testing.T) {
	inBubble(t, func(t *testing.T, n *pipeNode) {
		late := event(hub.KindEnded, "b1", "pk-3", "pk-5")
		late.From.Owner = "ann"
		future := roomEvent(hub.KindOwnerChanged, "pk-3", "mallory")
		future.At = future.At.Plus(3_600_000)
		pass(5 * time.Second)
		n.append(future)
		pass(5 * time.Second)
		n.append(roomEvent(hub.KindOwnerChanged, "pk-3", "bob"), late)
		for user, rooms := range map[string]string{"bob": "pk-3", "ann": "", "mallory": ""} {
			c := n.as(user)
			defer c.conn.CloseNow()
			if hello, _ := c.wantGreeting(); strings.Join(hello.Rooms, " ") != rooms {
				t.Errorf("%s sees %v", user, hello.Rooms)
			}
		}
	})
}

// TestDestroyedRoomIsNobodys also after a start from the stored board.
func TestDestroyedRoomIsNobodys(t *testing.T) {
	inBubble(t, func(t *testing.T, n *pipeNode) {
		n.append(roomEvent(hub.KindRoomCreated, "pk-3", "ann"))
		ann := n.as("ann")
		defer ann.conn.CloseNow()
		ann.wantGreeting()
		n.append(roomEvent(hub.KindRoomDestroyed, "pk-3", ""))
		ann.wantSubscribed()
	})
}

// TestRevocation ends sessions at once and lets nobody in again.
func TestRevocation(t *testing.T) {
	revoke := map[string]func(now hub.Time) hub.Revocation{
		"token": func(hub.Time) hub.Revocation { return hub.Revocation{Token: "id of ann"} },
		"user":  func(now hub.Time) hub.Revocation { return hub.Revocation{User: "ann", Before: now} },
		"all":   func(now hub.Time) hub.Revocation { return hub.Revocation{All: true, Before: now} },
	}
	for name, of := range revoke {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, n *pipeNode) {
				pass(time.Second)
				ann, mod := n.as("ann"), n.as("mod")
				defer ann.conn.CloseNow()
				defer mod.conn.CloseNow()
				ann.wantGreeting()
				mod.wantGreeting()
				e := roomEvent(hub.KindRevoked, "", "")
				r := of(e.At)
				e.Revoked = &r
				n.append(e)
				ann.wantBye("revoked", 4409)
				again := n.as("ann")
				again.wantClosed(4409, "revoked")
				if name == "all" {
					mod.wantBye("revoked", 4409)
					return
				}
				n.append(event(hub.KindCreated, "b1", "pk-3", "pk-5"))
				mod.wantEvent(hub.KindCreated, "b1")
			})
		})
	}
}

func (c *client) wantBye(reason string, code websocket.StatusCode) {
	c.t.Helper()
	if m := c.want(hub.FrameBye); m.Reason != reason {
		c.t.Fatalf("bye %+v", m)
	}
	var closed websocket.CloseError
	if _, err := c.read(); !errors.As(err, &closed) || closed.Code != code {
		c.t.Fatalf("closed by %v, want %d", err, code)
	}
}

// TestExpiry: sessions end when their grants do, not all in the same moment; one that was
// refreshed goes on.
func TestExpiry(t *testing.T) {
	inBubble(t, func(t *testing.T, n *pipeNode) {
		start := time.Now()
		var clients []*client
		for range 20 {
			c := n.as("brief")
			defer c.conn.CloseNow()
			c.wantGreeting()
			clients = append(clients, c)
		}
		refreshed := clients[0]
		pass(5 * time.Second)
		refreshed.send(`{"type":"auth","id":2,"token":"brief"}`)
		if m := refreshed.want(hub.FrameSubscribed); m.ID != 2.0 {
			t.Fatalf("got %+v", m)
		}
		took := make([]time.Duration, len(clients))
		var reading sync.WaitGroup
		for i, c := range clients {
			reading.Go(func() {
				if m, err := c.read(); err != nil || m.Type != hub.FrameBye || m.Reason != "unauthenticated" {
					t.Errorf("client %d got %+v, %v", i, m, err)
				}
				took[i] = time.Since(start)
				var closed websocket.CloseError
				if _, err := c.read(); !errors.As(err, &closed) || closed.Code != 4401 {
					t.Errorf("client %d was closed by %v", i, err)
				}
			})
		}
		reading.Wait()
		if took[0] < 15*time.Second || took[0] > 17*time.Second {
			t.Errorf("the refreshed one expired after %s", took[0])
		}
		slices.Sort(took[1:])
		if took[1] < 10*time.Second || took[19] > 12*time.Second || took[1] == took[19] {
			t.Errorf("the others expired after %s to %s", took[1], took[19])
		}
	})
}

// TestRefreshIsForTheSame: a token of another user does not take a session over, a forged
// one changes nothing, and the session goes on.
func TestRefreshIsForTheSame(t *testing.T) {
	inBubble(t, func(t *testing.T, n *pipeNode) {
		n.append(roomEvent(hub.KindRoomCreated, "pk-3", "ann"))
		ann := n.as("ann")
		defer ann.conn.CloseNow()
		ann.wantGreeting()
		for token, code := range map[string]string{"mod": "forbidden", "bob": "forbidden", "forged": "unauthenticated", "": "bad_request"} {
			ann.send(fmt.Sprintf(`{"type":"auth","id":3,"token":%q}`, token))
			if m := ann.want(hub.FrameError); m.Code != code {
				t.Errorf("%q: got %+v", token, m)
			}
		}
		n.append(event(hub.KindCreated, "b1", "pk-3", "pk-5"))
		ann.wantEvent(hub.KindCreated, "b1")
	})
}
