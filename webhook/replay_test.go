package webhook_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"battlehub/hub"
	"battlehub/hub/memlog"
	"battlehub/webhook"
)

// The tests of this file say what somebody can do who has seen one signed URL, as in the log
// of a proxy: the Sign covers the second in which it was made, and not the body.

const (
	secret hub.Secret = "xxxxyyyy"

	tencent  = "198.51.100.9:4711"
	attacker = "203.0.113.9:4711"

	startedBattle = "4siHsNsWN/T3aub9zKraqI4zZAyPRpXQhdtKv1q4HOs="
)

// capture is a signed webhook's URL that an attacker has seen.
func capture() string {
	sign, at := webhook.Sign(secret, time.Now())
	return "/webhook?SdkAppid=1400000000&Sign=" + sign + "&RequestTime=" + at
}

// send posts a body to the URL from an address, and returns the status.
func send(h http.Handler, url, from, body string) int {
	r := httptest.NewRequest(http.MethodPost, url, strings.NewReader(body))
	r.RemoteAddr = from
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code
}

// wantStart checks that the Start stands in the log as Tencent sent it, how many other bodies
// were kept out, and how many events the log has in all.
func wantStart(t *testing.T, log *memlog.Log, conflicts, events int) {
	t.Helper()
	found, err := log.Find(t.Context(), []string{hub.EventID(app, hub.KindStarted, startedBattle)})
	if err != nil || len(found) != 1 || found[0].Event.To[0].Room != "pk-5" || len(found[0].Repeats) != conflicts {
		t.Fatalf("the log holds %+v, want the Start against pk-5 with %d repeats (%v)", found, conflicts, err)
	}
	for _, again := range found[0].Repeats {
		if again.Verdict != hub.Conflict || !strings.Contains(string(again.Raw), "pk-666") {
			t.Errorf("repeated as %s with %s", again.Verdict, again.Raw)
		}
	}
	entries, err := log.Read(t.Context(), hub.Position{}, 100)
	if got := len(entries) - 1; got != events || err != nil { // the first opens the epoch
		t.Errorf("the log holds %d events, want %d (%v)", got, events, err)
	}
}

func TestReplayedSign(t *testing.T) {
	t.Parallel()
	start := packet(t, "start.json")
	otherBody := strings.Replace(start, "pk-5", "pk-666", 1)
	newBattle := strings.Replace(otherBody, startedBattle, "forged", 1)
	newOwner := strings.Replace(packet(t, "change-owner.json"), "user2", "mallory", 1)
	allowed := []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")}
	for name, c := range map[string]struct {
		allow             []netip.Prefix
		later             time.Duration // when the attacker comes
		body              string
		status            int
		conflicts, events int // in the log afterwards
	}{
		// The first body stands. That there was another is counted, logged and shown.
		"other_body_for_a_known_battle": {nil, 0, otherBody, 200, 1, 1},
		"within_the_minute":             {nil, time.Minute, otherBody, 200, 1, 1},
		"stale":                         {nil, 61 * time.Second, otherBody, 401, 0, 1},
		"not_allowed":                   {allowed, 0, otherBody, 401, 0, 1},

		// Nothing in the scheme tells these from Tencent's own: all webhooks of one second carry
		// the same Sign. TLS, a URL that nobody can guess, and --webhook-allow are what helps.
		"new_battle":             {nil, 0, newBattle, 200, 0, 2},
		"new_battle_stale":       {nil, 61 * time.Second, newBattle, 401, 0, 1},
		"new_battle_not_allowed": {allowed, 0, newBattle, 401, 0, 1},
		"new_owner":              {nil, 0, newOwner, 200, 0, 2},
		"new_owner_not_allowed":  {allowed, 0, newOwner, 401, 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				log := openLog(t, "")
				h := webhook.New(webhook.Options{
					Apps: map[hub.App]webhook.App{app: {Log: log, Tokens: []hub.Secret{secret}}}, Allow: c.allow,
				})
				url := capture()
				if got := send(h, url, tencent, start); got != http.StatusOK {
					t.Fatalf("Tencent was answered %d", got)
				}
				<-time.After(c.later)
				if got := send(h, url, attacker, c.body); got != c.status {
					t.Errorf("the attacker was answered %d, want %d", got, c.status)
				}
				wantStart(t, log, c.conflicts, c.events)
			})
		})
	}
}
