package webhook

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"battlehub/hub"
)

// guarded makes a handler that takes webhooks from 198.51.100.0/24 and 2001:db8::7 only, and
// believes proxies in 10.0.0.0/8.
func guarded(log Appender, out *bytes.Buffer, tokens ...hub.Secret) *Handler {
	return New(Options{
		Apps:           map[hub.App]App{testApp: {Log: log, Tokens: tokens}},
		Allow:          []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("2001:db8::7/128")},
		TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")},
		Log:            slog.New(slog.NewTextHandler(out, nil)),
	})
}

// postFrom posts a packet from an address, through what the header says.
func postFrom(h http.Handler, from string, forwarded []string, query, body string) *http.Response {
	r := httptest.NewRequest(http.MethodPost, "/webhook?"+query, strings.NewReader(body))
	r.RemoteAddr = from
	for _, f := range forwarded {
		r.Header.Add("X-Forwarded-For", f)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func TestAllowedAddresses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		from      string
		forwarded []string
		status    int
	}{
		"network":                 {"198.51.100.9:4711", nil, 200},
		"single":                  {"[2001:db8::7]:4711", nil, 200},
		"v4_in_v6":                {"[::ffff:198.51.100.9]:4711", nil, 200},
		"stranger":                {"203.0.113.9:4711", nil, 401},
		"neighbour":               {"[2001:db8::8]:4711", nil, 401},
		"forged_header":           {"203.0.113.9:4711", []string{"198.51.100.9"}, 401},
		"behind_proxy":            {"10.0.0.1:4711", []string{"198.51.100.9"}, 200},
		"stranger_behind_proxy":   {"10.0.0.1:4711", []string{"203.0.113.9"}, 401},
		"forged_behind_proxy":     {"10.0.0.1:4711", []string{"198.51.100.9, 203.0.113.9"}, 401},
		"second_header":           {"10.0.0.1:4711", []string{"198.51.100.9", "203.0.113.9"}, 401},
		"proxy_itself":            {"10.0.0.1:4711", nil, 401},
		"proxy_says_nothing_good": {"10.0.0.1:4711", []string{"unknown"}, 401},
		"no_address":              {"@", nil, 401},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log := newMapLog()
			h := guarded(log, &bytes.Buffer{}, testToken)
			resp := postFrom(h, c.from, c.forwarded, signed(appQuery, testToken), packetFile(t, "create.json"))
			wantAnswer(t, resp, c.status)
			if taken := len(log.events) == 1; taken != (c.status == 200) {
				t.Errorf("the log holds %d events", len(log.events))
			}
		})
	}
}

// TestUnauthorizedAreAlike compares whole answers, to the byte: a forger must not learn which
// part to work on. The operator learns it, from the metric and the log.
func TestUnauthorizedAreAlike(t *testing.T) {
	t.Parallel()
	const tencent, stranger = "198.51.100.9:4711", "203.0.113.9:4711"
	stale, at := Sign(testToken, time.Now().Add(-2*time.Minute))
	good := signed(appQuery, testToken)
	answers := map[string]bool{}
	for name, c := range map[string]struct {
		tokens      []hub.Secret
		from, query string
		reason      senderFault
		logged      string
	}{
		"missing":           {[]hub.Secret{testToken}, tencent, appQuery, signMissing, "Sign is missing"},
		"wrong":             {[]hub.Secret{testToken}, tencent, signed(appQuery, "guess"), signWrong, "Sign is wrong"},
		"stale":             {[]hub.Secret{testToken}, tencent, appQuery + "&Sign=" + stale + "&RequestTime=" + at, signStale, "Sign is stale"},
		"address":           {[]hub.Secret{testToken}, stranger, good, senderAddress, "it came from 203.0.113.9, which --webhook-allow does not name"},
		"address_and_sign":  {[]hub.Secret{testToken}, stranger, signed(appQuery, "guess"), senderAddress, "203.0.113.9"},
		"address_no_tokens": {nil, stranger, appQuery, senderAddress, "203.0.113.9"},
	} {
		var out bytes.Buffer
		log := newMapLog()
		h := guarded(log, &out, c.tokens...)
		resp := postFrom(h, c.from, nil, c.query, packetFile(t, "create.json"))
		answer, err := httputil.DumpResponse(resp, true)
		if err != nil {
			t.Fatal(err)
		}
		answers[string(answer)] = true
		if resp.StatusCode != http.StatusUnauthorized || len(log.events) != 0 {
			t.Errorf("%s: %s, and the log holds %d events", name, resp.Status, len(log.events))
		}
		for _, fault := range senderFaults {
			if got := testutil.ToFloat64(h.metrics.rejections.WithLabelValues(string(fault))); (got == 1) != (fault == c.reason) {
				t.Errorf("%s: %s counted %v times", name, fault, got)
			}
		}
		if !strings.Contains(out.String(), c.logged) {
			t.Errorf("%s: the log does not tell %q:\n%s", name, c.logged, &out)
		}
	}
	if len(answers) != 1 {
		t.Errorf("%d different answers: %v", len(answers), answers)
	}
}

// TestStrangersSeeTheSameAsForgers: who is not allowed by address is told apart from who
// cannot sign by no other request either.
func TestStrangersSeeTheSameAsForgers(t *testing.T) {
	t.Parallel()
	h := guarded(newMapLog(), &bytes.Buffer{}, testToken)
	forged := signed(appQuery, "guess")
	for name, c := range map[string]struct{ method, query string }{
		"get":          {http.MethodGet, forged},
		"other_app":    {http.MethodPost, "SdkAppid=7"},
		"no_app":       {http.MethodPost, ""},
		"content_type": {http.MethodPost, forged + "&contenttype=xml"},
		"plain":        {http.MethodPost, forged},
	} {
		var answers []string
		for _, from := range []string{"198.51.100.9:4711", "203.0.113.9:4711"} {
			r := httptest.NewRequest(c.method, "/webhook?"+c.query, strings.NewReader("["))
			r.RemoteAddr = from
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			answer, err := httputil.DumpResponse(w.Result(), true)
			if err != nil {
				t.Fatal(err)
			}
			answers = append(answers, string(answer))
		}
		if answers[0] != answers[1] {
			t.Errorf("%s: a forger is told\n%s\nand a stranger\n%s", name, answers[0], answers[1])
		}
	}
}
