package signin

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"battlehub/hub"
)

func tokenBody(token hub.Secret) string {
	body, _ := json.Marshal(map[string]string{"token": string(token)})
	return string(body)
}

func TestSignInByToken(t *testing.T) {
	t.Parallel()
	o := options(t)
	h := New(o)
	expires := time.Now().Add(30 * time.Minute).Truncate(time.Second)
	token := mint(t, hub.Grant{User: "ann", Rooms: []string{"pk-3", "pk-5"}, Apps: []hub.App{7}, Expires: expires})

	resp := serve(h, request(http.MethodPost, "/v1/session", tokenBody(token)))
	want := `{"user":"ann","role":"owner","rooms":["pk-3","pk-5"],"apps":[7],"expires":"` + hub.At(expires).String() + `","open":false,"sign_in":{"token":true}}`
	if body := strings.TrimSpace(bodyOf(t, resp)); resp.StatusCode != http.StatusOK || body != want {
		t.Fatalf("%d %s\nwant %s", resp.StatusCode, body, want)
	}
	c := cookie(resp, hub.SessionCookie)
	if c == nil || c.Value != string(token) || !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteStrictMode ||
		c.Path != "/" || c.Domain != "" || c.MaxAge < 29*60 || c.MaxAge > 30*60 {
		t.Errorf("cookie %+v", c)
	}

	again := serve(h, request(http.MethodGet, "/v1/session", "", "Cookie", c.Name+"="+c.Value))
	if body := strings.TrimSpace(bodyOf(t, again)); again.StatusCode != http.StatusOK || body != want {
		t.Errorf("with the cookie: %d %s", again.StatusCode, body)
	}
	out := serve(h, request(http.MethodDelete, "/v1/session", "", "Cookie", c.Name+"="+c.Value))
	gone := cookie(out, hub.SessionCookie)
	if out.StatusCode != http.StatusNoContent || gone == nil || gone.Value != "" || gone.MaxAge != -1 || !gone.Secure || gone.Path != "/" {
		t.Errorf("signing out: %d %+v", out.StatusCode, gone)
	}
	if n := counted(t, o, byToken, resultOK); n != 1 {
		t.Errorf("%v sign-ins counted", n)
	}
}

func TestModeratorSeesAllRooms(t *testing.T) {
	t.Parallel()
	resp := serve(New(options(t)), request(http.MethodPost, "/v1/session", tokenBody(mint(t, hub.Grant{User: "mod"}))))
	if body := bodyOf(t, resp); !strings.Contains(body, `"role":"moderator","rooms":null,"apps":null`) {
		t.Errorf("%s", body)
	}
}

// TestWhoIsNotSignedIn is told why, and how to sign in.
func TestWhoIsNotSignedIn(t *testing.T) {
	t.Parallel()
	o := options(t)
	o.OIDC = &OIDC{Name: "Example <b>"}
	h := New(o)
	expired := mint(t, hub.Grant{User: "ann"})
	for name, test := range map[string]struct {
		headers []string
		reason  hub.RefusalReason
	}{
		"nothing":    {nil, hub.RefusedMissing},
		"forged":     {[]string{"Cookie", hub.SessionCookie + "=" + string(expired) + "x"}, hub.RefusedSignature},
		"cross_site": {[]string{"Cookie", hub.SessionCookie + "=" + string(expired), "Sec-Fetch-Site", "cross-site"}, hub.RefusedMissing},
	} {
		resp := serve(h, request(http.MethodGet, "/v1/session", "", test.headers...))
		var p struct {
			Title  string
			Status int
			Detail string
			Reason hub.RefusalReason
			SignIn ways `json:"sign_in"`
		}
		if err := json.NewDecoder(resp.Body).Decode(&p); err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode != http.StatusUnauthorized || resp.Header.Get("Content-Type") != "application/problem+json" || p.Status != 401 ||
			p.Title == "" || p.Detail == "" || p.Reason != test.reason || !p.SignIn.Token || p.SignIn.OIDC == nil || p.SignIn.OIDC.Name != "Example <b>" {
			t.Errorf("%s: %d %+v", name, resp.StatusCode, p)
		}
	}
}

func TestOpenHubNeedsNoSignIn(t *testing.T) {
	t.Parallel()
	h := New(Options{})
	resp := serve(h, request(http.MethodGet, "/v1/session", ""))
	if body := strings.TrimSpace(bodyOf(t, resp)); resp.StatusCode != http.StatusOK || body != `{"user":"","role":"moderator","rooms":null,"apps":null,"open":true}` {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
	resp = serve(h, request(http.MethodPost, "/v1/session", `{"token":"x"}`))
	if body := bodyOf(t, resp); resp.StatusCode != http.StatusBadRequest || !strings.Contains(body, "open") || len(resp.Cookies()) > 0 {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
}

// TestSignInRefused: nothing but the dashboard's own request with a good token gets a cookie,
// and no answer repeats a token.
func TestSignInRefused(t *testing.T) {
	t.Parallel()
	good := tokenBody(mint(t, hub.Grant{User: "ann"}))
	many := make([]string, 200)
	for i := range many {
		many[i] = strings.Repeat("r", 10) + string(rune('0'+i%10)) + strings.Repeat("s", i%7)
	}
	long := mint(t, hub.Grant{User: "ann", Rooms: many})
	if len(long) < 4096 {
		t.Fatalf("a token of %d bytes", len(long))
	}
	for name, test := range map[string]struct {
		method, body string
		headers      []string
		status       int
		says         string
		result       result
	}{
		"other_site":      {"POST", good, []string{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}, 403, "Origin", resultMalformed},
		"sibling_site":    {"POST", good, []string{"Origin", "https://a.example.com"}, 403, "Origin", resultMalformed},
		"null_origin":     {"POST", good, []string{"Origin", "null"}, 403, "Origin", resultMalformed},
		"no_origin":       {"POST", good, []string{"Origin", ""}, 403, "--public-url", resultMalformed},
		"form":            {"POST", "token=x", []string{"Content-Type", "application/x-www-form-urlencoded"}, 415, "application/json", resultMalformed},
		"plain":           {"POST", good, []string{"Content-Type", "text/plain"}, 415, "application/json", resultMalformed},
		"no_type":         {"POST", good, []string{"Content-Type", ""}, 415, "application/json", resultMalformed},
		"too_big":         {"POST", `{"token":"` + strings.Repeat("x", maxBody) + `"}`, nil, 413, "16 KiB", resultMalformed},
		"not_json":        {"POST", `token`, nil, 400, `{\"token\"`, resultMalformed},
		"no_token":        {"POST", `{"token":""}`, nil, 400, `{\"token\"`, resultMalformed},
		"token_no_text":   {"POST", `{"token":["x"]}`, nil, 400, `{\"token\"`, resultMalformed},
		"forged":          {"POST", tokenBody("s3cret.s3cret.s3cret"), nil, 401, "JWT", resultRefused},
		"long_for_cookie": {"POST", tokenBody(long), nil, 401, "too long for a cookie", resultRefused},
		"not_for_cookie":  {"POST", tokenBody("s3cret; Domain=example.com"), nil, 401, "characters", resultRefused},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := options(t)
			resp := serve(New(o), request(test.method, "/v1/session", test.body, test.headers...))
			body := bodyOf(t, resp)
			if resp.StatusCode != test.status || !strings.Contains(body, test.says) || len(resp.Cookies()) > 0 ||
				resp.Header.Get("Content-Type") != "application/problem+json" || strings.Contains(body, "s3cret") {
				t.Errorf("%d %s %v", resp.StatusCode, body, resp.Cookies())
			}
			if n := counted(t, o, byToken, test.result); n != 1 {
				t.Errorf("%s counted %v times", test.result, n)
			}
		})
	}
}

func TestSignOutOfOtherSitesIsRefused(t *testing.T) {
	t.Parallel()
	resp := serve(New(options(t)), request(http.MethodDelete, "/v1/session", "", "Origin", "https://evil.example"))
	if resp.StatusCode != http.StatusForbidden || len(resp.Cookies()) > 0 {
		t.Errorf("%d %v", resp.StatusCode, resp.Cookies())
	}
}

func TestOtherMethodsAndPaths(t *testing.T) {
	t.Parallel()
	h := New(options(t))
	resp := serve(h, request(http.MethodPut, "/v1/session", ""))
	if resp.StatusCode != http.StatusMethodNotAllowed || resp.Header.Get("Allow") != "GET, HEAD, POST, DELETE" {
		t.Errorf("%d %v", resp.StatusCode, resp.Header)
	}
	for _, path := range []string{"/v1/signin/oidc", "/v1/signin/callback", "/v1/signin/"} { // none is configured
		if resp := serve(h, request(http.MethodGet, path, "")); resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, resp.StatusCode)
		}
	}
}

func TestTokensCannotBeJudged(t *testing.T) {
	t.Parallel()
	o := options(t)
	o.Authorize, o.Identify = down, func(r *http.Request) (hub.Grant, error) { return down(r.Context(), hub.Credential{}) }
	var log bytes.Buffer
	o.Log = slog.New(slog.NewTextHandler(&log, nil))
	h := New(o)
	for range 2 {
		for _, r := range []*http.Request{request(http.MethodPost, "/v1/session", `{"token":"s3cret"}`), request(http.MethodGet, "/v1/session", "")} {
			if resp := serve(h, r); resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" || len(resp.Cookies()) > 0 {
				t.Errorf("%s: %d %v", r.Method, resp.StatusCode, resp.Header)
			}
		}
	}
	if text := log.String(); strings.Count(text, "cannot be judged") != 1 || strings.Contains(text, "s3cret") {
		t.Errorf("log: %s", text)
	}
	if n := counted(t, o, byToken, resultUnavailable); n != 2 {
		t.Errorf("counted %v times", n)
	}
}

func TestEveryAnswerIsSecured(t *testing.T) {
	t.Parallel()
	o := options(t)
	o.OIDC = &OIDC{Issuer: "http://127.0.0.1:1", Name: "Example"}
	h := New(o)
	for _, r := range []*http.Request{
		request(http.MethodGet, "/v1/session", ""), request(http.MethodPost, "/v1/session", "x"), request(http.MethodDelete, "/v1/session", ""),
		request(http.MethodPut, "/v1/session", ""), request(http.MethodGet, "/v1/signin/oidc", ""), request(http.MethodGet, "/v1/signin/callback", ""),
		request(http.MethodPost, "/v1/signin/callback", ""), request(http.MethodGet, "/v1/signin/x", ""),
	} {
		header := serve(h, r).Header
		if !strings.Contains(header.Get("Content-Security-Policy"), "default-src 'none'") || header.Get("X-Content-Type-Options") != "nosniff" ||
			header.Get("Cache-Control") != "no-store" || header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s %s: %v", r.Method, r.URL, header)
		}
	}
}

// TestAttemptsAreBounded: an address that tried too often waits; others do not.
func TestAttemptsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := options(t)
		h := New(o)
		try := func(addr, body string) *http.Response {
			r := request(http.MethodPost, "/v1/session", body)
			r.RemoteAddr = addr
			return serve(h, r)
		}
		for i := range attemptsBurst {
			if resp := try("192.0.2.1:1000", `{"token":"x"}`); resp.StatusCode != http.StatusUnauthorized {
				t.Fatalf("attempt %d: %d", i, resp.StatusCode)
			}
		}
		resp := try("192.0.2.1:2000", `{"token":"x"}`)
		if resp.StatusCode != http.StatusTooManyRequests || resp.Header.Get("Retry-After") != "1" {
			t.Errorf("%d %v", resp.StatusCode, resp.Header)
		}
		if resp := try("192.0.2.2:1000", `{"token":"x"}`); resp.StatusCode != http.StatusUnauthorized {
			t.Errorf("another address: %d", resp.StatusCode)
		}
		<-time.After(time.Second)
		if resp := try("192.0.2.1:1000", tokenBody(mint(t, hub.Grant{User: "ann"}))); resp.StatusCode != http.StatusOK {
			t.Errorf("after a wait: %d", resp.StatusCode)
		}
		if n := counted(t, o, byToken, resultLimited); n != 1 {
			t.Errorf("counted %v times", n)
		}
	})
}

// TestUnusualGrants: rooms that only follow from the log are not all rooms, and a token that
// is good for a moment longer than it says is no cookie without an end.
func TestUnusualGrants(t *testing.T) {
	t.Parallel()
	o := options(t)
	o.Authorize = func(context.Context, hub.Credential) (hub.Grant, error) {
		return hub.Grant{User: "ann", Owns: true, Expires: time.Now().Add(-time.Second)}, nil
	}
	resp := serve(New(o), request(http.MethodPost, "/v1/session", `{"token":"x"}`))
	if body := bodyOf(t, resp); resp.StatusCode != http.StatusOK || !strings.Contains(body, `"role":"owner","rooms":[]`) {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
	if c := cookie(resp, hub.SessionCookie); c == nil || c.MaxAge != 1 {
		t.Errorf("%+v", c)
	}
}
