package hub_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"battlehub/hub"
	"battlehub/hub/memlog"
)

// byToken grants everything to whoever gives a name: the user is the token's text.
func byToken(_ context.Context, c hub.Credential) (hub.Grant, error) {
	if c.Text == "" || c.Text == "forged" {
		return hub.Grant{}, &hub.Refusal{Reason: hub.RefusedSignature, Detail: "who signed this?"}
	}
	return hub.Grant{User: string(c.Text)}, nil
}

func as(user string) http.Header { return http.Header{"Authorization": {"Bearer " + user}} }

// ask makes a plain request as a user.
func (n *node) ask(method, path, user string) *http.Response {
	n.t.Helper()
	r, err := http.NewRequestWithContext(n.t.Context(), method, n.url+path, nil)
	if err != nil {
		n.t.Fatal(err)
	}
	r.Header = as(user)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		n.t.Fatal(err)
	}
	resp.Body.Close()
	return resp
}

// TestReadsOfAUser: whichever way a user takes snapshots, it gets only so many, is told when
// to come back, and holds up no one else.
func TestReadsOfAUser(t *testing.T) {
	t.Parallel()
	n := startNodeOf(t, hub.Options{Authorize: byToken, MaxReads: 4}, memlog.Options{}, 20000001)
	in := "?app=1400000000"
	c, _, err := n.tryDial(as("ann"), "app", "1400000000", "room", "pk-3")
	if err != nil {
		t.Fatal(err)
	}
	c.wantGreeting()
	c.send(`{"type":"subscribe","id":1,"rooms":["pk-5"]}`)
	c.want(hub.FrameSubscribed)
	c.wantBoard()
	for _, path := range []string{"/v1/battles" + in, "/v1/battles/none" + in} {
		if resp := n.ask(http.MethodGet, path, "ann"); resp.StatusCode == http.StatusTooManyRequests {
			t.Errorf("%s: %d", path, resp.StatusCode)
		}
	}
	for _, path := range []string{"/v1/battles" + in, "/v1/battles/none" + in, "/v1/history" + in + "&room=pk-3", "/v1/events" + in} {
		resp := n.ask(http.MethodGet, path, "ann")
		if resp.StatusCode != http.StatusTooManyRequests || resp.Header.Get("Retry-After") == "" {
			t.Errorf("%s: %d, %v", path, resp.StatusCode, resp.Header)
		}
	}
	n.refusedWith(http.StatusTooManyRequests, as("ann"), "app", "1400000000")
	c.send(`{"type":"subscribe","id":2,"rooms":["pk-7"]}`)
	if m := c.want(hub.FrameError); m.Code != "too_many" || m.RetryMS < 1 || m.ID != 2.0 || !strings.Contains(m.Message, "--max-reads") {
		t.Errorf("got %+v", m)
	}
	c.send(`{"type":"unsubscribe","id":3,"rooms":["pk-5"]}`) // leads to no snapshot
	c.want(hub.FrameSubscribed)
	if got := n.hub.Reached("reads"); got != 6 {
		t.Errorf("counted %v", got)
	}
	if resp := n.ask(http.MethodGet, "/v1/battles"+in, "bob"); resp.StatusCode != http.StatusOK {
		t.Errorf("another user: %d", resp.StatusCode)
	}
	if resp := n.ask(http.MethodGet, "/v1/battles?app=20000001", "ann"); resp.StatusCode != http.StatusOK {
		t.Errorf("who is called so in another app: %d", resp.StatusCode)
	}
}

func TestTicketsOfAUser(t *testing.T) {
	t.Parallel()
	n := startNode(t, hub.Options{Authorize: byToken, MaxTickets: 2})
	for i, want := range []int{200, 200, 429} {
		resp := n.ask(http.MethodPost, "/v1/tickets", "ann")
		if resp.StatusCode != want || (resp.Header.Get("Retry-After") != "") != (want == 429) {
			t.Errorf("ticket %d: %d, %v", i, resp.StatusCode, resp.Header)
		}
	}
	if resp := n.ask(http.MethodPost, "/v1/tickets", "bob"); resp.StatusCode != http.StatusOK || n.hub.Reached("tickets") != 1 {
		t.Errorf("another user: %d", resp.StatusCode)
	}
}

// TestRefusedSocketsAreBounded: when many are being told why they were refused, the next is
// told by plain HTTP, and takes no place.
func TestRefusedSocketsAreBounded(t *testing.T) {
	t.Parallel()
	n := startNode(t, hub.Options{Authorize: byToken, MaxSessions: 2})
	c, _, err := n.tryDial(as("forged"))
	if err != nil {
		t.Fatal(err)
	}
	c.wantClosed(4401, "who signed this?")
	n.hub.FillFarewells()
	for range 3 {
		n.refusedWith(http.StatusUnauthorized, as("forged"))
	}
	if got := n.hub.Reached("farewells"); got != 3 {
		t.Errorf("counted %v", got)
	}
	c, _, err = n.tryDial(as("ann"))
	if err != nil {
		t.Fatal(err)
	}
	c.wantGreeting()
}

// TestSignInTime: an authority that does not answer holds a handshake up for 5 s and no
// longer; the client is told when to come back.
func TestSignInTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := startPipeNode(t, hub.Options{Authorize: func(ctx context.Context, _ hub.Credential) (hub.Grant, error) {
			<-ctx.Done()
			return hub.Grant{}, ctx.Err()
		}})
		defer n.stop()
		began := time.Now()
		_, resp, err := websocket.Dial(t.Context(), n.url+"/v1/ws", &websocket.DialOptions{HTTPClient: n.http, HTTPHeader: as("ann")})
		if err == nil || resp == nil || resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" {
			t.Errorf("%v, %v", resp, err)
		}
		if waited := time.Since(began); waited != 5*time.Second {
			t.Errorf("it took %v", waited)
		}
	})
}
