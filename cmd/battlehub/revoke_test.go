package main

import (
	"bytes"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"battlehub/hub"
	"battlehub/hub/redislog/redistest"
)

const opsToken = "ops-token-of-32-bytes-or-rather-more"

// TestRevoke: an order given to one node ends the session at another, and the token opens
// none any more, at either.
func TestRevoke(t *testing.T) {
	t.Parallel()
	args := []string{"--redis-url=" + redistest.Start(t).URL(), "--jwt-secret=" + jwtSecret, "--ops-token=" + opsToken}
	one, other := startProcess(t, args...), startProcess(t, args...)
	issued := time.Now().Add(-time.Minute)
	ann := mint(t, hub.Grant{User: "ann", Rooms: []string{"pk-3"}, TokenID: "ann-1", Issued: issued})
	bob := mint(t, hub.Grant{User: "bob", TokenID: "bob-1", Issued: issued})
	conn, _, err := websocket.Dial(t.Context(), other.base+"/v1/ws", &websocket.DialOptions{HTTPHeader: http.Header{"Authorization": {ann}}})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow()
	revoke := func(says string, args ...string) {
		t.Helper()
		var out, errs bytes.Buffer
		code := run(append([]string{"revoke", "--ops-url=" + one.ops}, args...), stdio{&out, &errs})
		if (code == 0) != (says == "") || !strings.Contains(errs.String(), says) {
			t.Fatalf("%v: %d %s", args, code, &errs)
		}
	}
	revoke("401", "--user=ann", "--ops-token=guessed")
	revoke("--ops-token-file", "--user=ann")
	revoke("future", "--all", "--before=2999-01-01T00:00:00Z", "--ops-token="+opsToken)
	revoke("", "--user=ann", "--ops-token="+opsToken)
	for err == nil {
		_, _, err = conn.Read(t.Context())
	}
	var closed websocket.CloseError
	if !errors.As(err, &closed) || closed.Code != 4409 {
		t.Errorf("the session ended with %v", err)
	}
	revoke("", "--token-id=bob-1", "--ops-token="+opsToken)
	for _, p := range []*process{one, other} {
		for _, token := range []string{ann, bob} {
			waitFor(t, "it is refused", func() bool {
				code, body := askWith(t, p.base+"/v1/battles", "Authorization", token)
				return code == http.StatusUnauthorized && strings.Contains(body, "revoked")
			})
		}
		if out := p.Output.String(); strings.Contains(out, opsToken) || strings.Contains(out, "ann") {
			t.Errorf("the log tells too much:\n%s", out)
		}
	}
}

// TestNoOrdersWithoutAToken: a hub that was given none takes no orders.
func TestNoOrdersWithoutAToken(t *testing.T) {
	t.Parallel()
	a := startApp(t, func(*config) {})
	resp, err := http.Post("http://"+a.OpsAddr().String()+"/v1/revocations", "application/json", strings.NewReader(`{"all":true}`))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusForbidden {
		t.Errorf("answered %d", resp.StatusCode)
	}
}
