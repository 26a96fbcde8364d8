package webhook

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"battlehub/hub"
)

// logged makes a handler that logs into the buffer.
func logged(out *bytes.Buffer, tokens ...hub.Secret) *Handler {
	return New(Options{
		Apps: map[hub.App]App{testApp: {Log: newMapLog(), Tokens: tokens}},
		Log:  slog.New(slog.NewTextHandler(out, nil)),
	})
}

// TestRefusalsDoNotFloodTheLog: a storm of forged webhooks costs ten lines and then one
// a second, and does not hide that something else is refused too.
func TestRefusalsDoNotFloodTheLog(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		h := logged(&out, testToken)
		for range 1000 {
			post(h, appQuery, "{}")
		}
		if got := strings.Count(out.String(), "\n"); got != 10 {
			t.Errorf("1000 refusals at once logged %d lines, want 10", got)
		}
		post(h, "SdkAppid=7", "{}")
		pass(time.Second)
		post(h, appQuery, "{}")
		if got := strings.Count(out.String(), "\n"); got != 12 {
			t.Errorf("%d lines, want 12: another reason and another second", got)
		}
	})
}

// TestLogKeepsSecrets sends what must not be seen in a log, in every way that is refused.
func TestLogKeepsSecrets(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	h := logged(&out, testToken)
	query := signed(appQuery, testToken) + "&ClientIP=203.0.113.9"
	create := packetFile(t, "create.json")
	for _, c := range []struct{ query, body string }{
		{signed(appQuery, "another"), create},
		{query + "&contenttype=xml", create},
		{query, `{"CallbackCommand":"zebra`},
		{query, `{"CallbackCommand":["zebra"]}`},
		{query + "&CallbackCommand=zebra", create},
		{query, strings.Replace(create, `["pk-5"]`, `"zebra"`, 1)},
		{query, strings.Replace(create, `60000`, `"zebra"`, 1)},
		{query, strings.Replace(create, `"pk-3"`, `{"zebra":1}`, 1)},
		{query, strings.Replace(create, `pk-3`, `zebra\n`, 1)},
		{query + "&SdkAppid=zebra", create},
	} {
		if resp := post(h, c.query, c.body); resp.StatusCode < 400 {
			t.Errorf("%s was taken", c.body)
		}
	}
	sign, _, _ := strings.Cut(strings.SplitN(query, "Sign=", 2)[1], "&")
	for _, secret := range []string{"zebra", sign, string(testToken), "203.0.113.9", "brennanli"} {
		if strings.Contains(out.String(), secret) {
			t.Errorf("log tells %q:\n%s", secret, &out)
		}
	}
	if !strings.Contains(out.String(), "Sign is wrong") {
		t.Errorf("log does not tell why a Sign was refused:\n%s", &out)
	}
}

// pass lets time pass on the bubble's clock.
func pass(d time.Duration) { <-time.After(d) }
