package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"battlehub/hub"
	"battlehub/webhook"
)

const attackedToken = "t0ps3cret"

// target is a hub under attack, with a moderator who watches all the time.
type target struct {
	*process
	moderator string // its Authorization
	board     *websocket.Conn
}

// attacks are what somebody may try who reaches a hub, by name. Those on the parts alone are
// tested beside them: tokens in hub/auth, the Sign in webhook, frames in hub, names on the
// page in web/webtest.
var attacks = map[string]func(*testing.T, *target){
	"replayed_webhook":         replayWebhook,
	"captured_sign_other_body": useCapturedSign,
	"which_401":                tell401sApart,
	"cross_site_websocket":     hijackWebSocket,
	"dns_rebinding":            rebindDNS,
	"token_in_url":             putTokenInURL,
	"alg_none":                 func(t *testing.T, g *target) { g.wantUnauthorized(t, g.forge(`{"alg":"none"}`, "")) },
	"alg_confusion":            func(t *testing.T, g *target) { g.wantUnauthorized(t, g.forge(`{"alg":"RS256","kid":"r"}`, "x")) },
	"kid_path": func(t *testing.T, g *target) {
		g.wantUnauthorized(t, g.forge(`{"alg":"HS256","kid":"../../dev/null"}`, "x"))
	},
	"enormous_token": func(t *testing.T, g *target) { g.wantUnauthorized(t, "Bearer "+strings.Repeat("e30.", 4000)) },
	"flood_of_pings": func(t *testing.T, g *target) { g.flood(t, "", "\x89\x80\x01\x02\x03\x04", 0) },
	"flood_of_fragments": func(t *testing.T, g *target) {
		g.flood(t, "\x01\x80\x01\x02\x03\x04", "\x00\x80\x01\x02\x03\x04", 4429)
	},
	"flood_of_frames":              func(t *testing.T, g *target) { g.flood(t, "", "\x81\x8f\x00\x00\x00\x00"+`{"type":"ping"}`, 4429) },
	"bomb_in_a_body":               sendBombs,
	"huge_headers":                 sendHugeHeaders,
	"header_injection":             injectHeaders,
	"log_injection":                injectLines,
	"names_of_object_members":      nameRooms,
	"names_that_are_too_long":      nameRoomsAtLength,
	"ops_under_another_name":       rebindOps,
	"secrets_by_the_command_line":  readCommandLine,
	"another_apps_webhook":         sendForAnotherApp,
	"methods_that_mean_no_good":    useOtherMethods,
	"paths_that_lead_elsewhere":    walkPaths,
	"webhook_instead_of_a_session": upgradeWebhook,
}

// TestAttacks: each fails, the watcher misses nothing, and nothing of it is in the log that
// should not be.
func TestAttacks(t *testing.T) {
	t.Parallel()
	p := startProcess(t, "--webhook-token="+attackedToken, "--jwt-secret="+jwtSecret, "--log-level=debug", "--drain=0s")
	g := &target{process: p, moderator: mint(t, hub.Grant{User: "watcher"})}
	g.board = g.watch(t)
	t.Run("attacks", func(t *testing.T) {
		for name, attack := range attacks {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				attack(t, g)
			})
		}
	})
	g.wantAlive(t)
	g.wantCleanLog(t)
}

// watch opens a moderator's session.
func (g *target) watch(t *testing.T) *websocket.Conn {
	t.Helper()
	conn, _, err := websocket.Dial(t.Context(), g.base+"/v1/ws", &websocket.DialOptions{HTTPHeader: http.Header{"Authorization": {g.moderator}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.CloseNow() })
	conn.SetReadLimit(1 << 20)
	return conn
}

// wantAlive sends an honest webhook and waits for it to reach the watcher.
func (g *target) wantAlive(t *testing.T) {
	t.Helper()
	if code, body := post(t, g.base, g.sign(), "after-all"); code != http.StatusOK {
		t.Fatalf("an honest webhook: %d %s", code, body)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		_, frame, err := g.board.Read(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(frame, []byte(`"after-all"`)) {
			return
		}
	}
}

// wantCleanLog looks for what a log must not have: secrets, and lines that the hub did not
// write.
func (g *target) wantCleanLog(t *testing.T) {
	t.Helper()
	log := g.Output.String()
	for _, secret := range []string{attackedToken, jwtSecret, strings.TrimPrefix(g.moderator, "Bearer "), "Sign=", "eyJ"} {
		if strings.Contains(log, secret) {
			t.Errorf("%q is in the log", secret)
		}
	}
	for line := range strings.Lines(log) {
		if strings.HasPrefix(line, "forged") {
			t.Errorf("a line of the attacker's: %s", line)
		}
	}
}

// sign is the query of a webhook that Tencent signed just now.
func (g *target) sign() string {
	sign, at := webhook.Sign(attackedToken, time.Now())
	return "&Sign=" + sign + "&RequestTime=" + at
}

// deliver posts a body with a query and returns the answer.
func (g *target) deliver(t *testing.T, query string, body io.Reader, headers ...string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost,
		g.base+"/webhook?SdkAppid=1400000000&CallbackCommand=Live.CallbackAfterCreateBattle&contenttype=json"+query, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// timeline is the battle's page, as the moderator sees it.
func (g *target) timeline(t *testing.T, battle string) string {
	t.Helper()
	_, body := askWith(t, g.base+"/v1/battles/"+url.PathEscape(battle), "Authorization", g.moderator)
	return body
}

// forge makes an Authorization of a token that asks for everything.
func (g *target) forge(header, signature string) string {
	part := base64.RawURLEncoding.EncodeToString
	return "Bearer " + part([]byte(header)) + "." +
		part(fmt.Appendf(nil, `{"sub":"eve","exp":%d,"battlehub":{"role":"moderator"}}`, time.Now().Add(time.Hour).Unix())) + "." + part([]byte(signature))
}

func (g *target) wantUnauthorized(t *testing.T, credential string) {
	t.Helper()
	for _, path := range []string{"/v1/battles", "/v1/events", "/v1/battles/b1"} {
		if code, body := askWith(t, g.base+path, "Authorization", credential); code != http.StatusUnauthorized {
			t.Errorf("%s: %d %s", path, code, body)
		}
	}
}
