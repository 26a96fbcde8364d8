package signin

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"
	"github.com/oauth2-proxy/mockoidc"

	"battlehub/hub"
)

// TestAnotherKeyIsRefused: the ID token says the right things, signed by somebody else, or by
// nobody.
func TestAnotherKeyIsRefused(t *testing.T) {
	t.Parallel()
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for name, sign := range map[string]func(jwt.MapClaims) (string, error){
		"stranger": func(c jwt.MapClaims) (string, error) {
			return jwt.NewWithClaims(jwt.SigningMethodRS256, c).SignedString(stranger)
		},
		"none": func(c jwt.MapClaims) (string, error) {
			return jwt.NewWithClaims(jwt.SigningMethodNone, c).SignedString(jwt.UnsafeAllowNoneSignatureType)
		},
		"client_secret": func(c jwt.MapClaims) (string, error) {
			return jwt.NewWithClaims(jwt.SigningMethodHS256, c).SignedString([]byte("secret"))
		},
		"missing": func(jwt.MapClaims) (string, error) { return "", nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := startSite(t, nil, resigned(t, sign))
			b := s.browser()
			b.mustFail(b.visit(moderator).String(), http.StatusBadGateway, "could not be verified")
		})
	}
}

// resigned replaces the ID token in what the token endpoint answers.
func resigned(t *testing.T, sign func(jwt.MapClaims) (string, error)) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != mockoidc.TokenEndpoint {
				next.ServeHTTP(w, r)
				return
			}
			recorded := httptest.NewRecorder()
			next.ServeHTTP(recorded, r)
			answer, claims := map[string]any{}, jwt.MapClaims{}
			if err := json.Unmarshal(recorded.Body.Bytes(), &answer); err != nil {
				t.Error(err)
			}
			if _, _, err := jwt.NewParser().ParseUnverified(answer["id_token"].(string), claims); err != nil {
				t.Error(err)
			}
			text, err := sign(claims)
			if err != nil {
				t.Error(err)
			}
			if answer["id_token"] = text; text == "" {
				delete(answer, "id_token")
			}
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(answer)
		})
	}
}

// TestSecretsAreNotRepeated: this provider quotes what it is sent, the secret too.
func TestSecretsAreNotRepeated(t *testing.T) {
	t.Parallel()
	s := startSite(t, func(o *OIDC) { o.ClientSecret = "s3cret-of-the-client" })
	b := s.browser()
	callback := b.visit(moderator)
	code, flow := callback.Query().Get("code"), strings.Split(b.cookies()[flowCookie], ".")
	body := b.mustFail(callback.String(), http.StatusBadGateway)
	for _, secret := range append(flow, code, "s3cret") {
		if strings.Contains(body, secret) || strings.Contains(s.logged(), secret) {
			t.Errorf("%q is told:\n%s\n%s", secret, body, s.logged())
		}
	}
	if !strings.Contains(s.logged(), "invalid_client") {
		t.Errorf("the log does not say why: %s", s.logged())
	}
	good := startSite(t, nil)
	b = good.browser()
	callback = b.visit(moderator)
	b.goTo(callback.String())
	for _, secret := range []string{callback.Query().Get("code"), callback.Query().Get("state"), b.cookies()[hub.SessionCookie], good.provider.ClientSecret} {
		if strings.Contains(good.logged(), secret) {
			t.Errorf("%q is logged: %s", secret, good.logged())
		}
	}
}

func TestATokenThatCannotBeMadeOrKept(t *testing.T) {
	t.Parallel()
	failing := startSite(t, func(o *OIDC) {
		o.Mint = func(hub.Grant) (hub.Secret, error) { return "", errors.New("no such luck") }
	})
	b := failing.browser()
	b.mustFail(b.visit(moderator).String(), http.StatusInternalServerError, "could not make a token")
	if !strings.Contains(failing.logged(), "no such luck") {
		t.Errorf("log %s", failing.logged())
	}
	foreign := startSite(t, func(o *OIDC) {
		o.Mint = func(hub.Grant) (hub.Secret, error) { return "not.a.token", nil }
	})
	b = foreign.browser()
	b.mustFail(b.visit(moderator).String(), http.StatusInternalServerError, "does not take the token")
	rooms := make([]string, 200)
	for i := range rooms {
		rooms[i] = strings.Repeat("r", 20)
	}
	b = startSite(t, nil).browser()
	b.mustFail(b.visit(person{"groups": "hosts", "rooms": rooms}).String(), http.StatusInternalServerError, "too long for a cookie")
}

// TestProvidersThatAreNone: what answers is no provider, or not like one.
func TestProvidersThatAreNone(t *testing.T) {
	t.Parallel()
	good := func(w http.ResponseWriter, r *http.Request) {
		base := "http://" + r.Host
		_ = json.NewEncoder(w).Encode(map[string]string{"issuer": base, "authorization_endpoint": base + "/a", "token_endpoint": base + "/t", "jwks_uri": base + "/k"})
	}
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		status int
	}{
		"good":    {good, http.StatusSeeOther},
		"missing": {http.NotFound, http.StatusBadGateway},
		"huge": {func(w http.ResponseWriter, r *http.Request) {
			good(w, r)
			_, _ = w.Write(bytes.Repeat([]byte(" "), maxAnswer))
		}, http.StatusBadGateway},
		"redirecting": {func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/elsewhere" {
				good(w, r)
				return
			}
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		}, http.StatusBadGateway},
		"no_json":      {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }, http.StatusBadGateway},
		"other_issuer": {func(w http.ResponseWriter, r *http.Request) { r.Host = "evil.example"; good(w, r) }, http.StatusBadGateway},
		"no_endpoints": {func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write([]byte(`{"issuer":"http://` + r.Host + `"}`))
		}, http.StatusBadGateway},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(test.answer)
			t.Cleanup(server.Close)
			s := startSite(t, func(o *OIDC) { o.Issuer = server.URL })
			resp, body := s.browser().get(s.url + "/v1/signin/oidc")
			if resp.StatusCode != test.status {
				t.Errorf("%d %s", resp.StatusCode, body)
			}
			failed := test.status == http.StatusBadGateway
			if failed != strings.Contains(body, "Example cannot be reached") || failed != (len(resp.Cookies()) == 0) {
				t.Errorf("%v %s", resp.Cookies(), body)
			}
			if len(s.logged()) > 2000 || failed != (s.logged() != "") {
				t.Errorf("log: %s", s.logged())
			}
		})
	}
}

func TestMetadataMayNotLeaveHTTPS(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		issuer string
		m      metadata
		good   bool
	}{
		{"https://id.example", metadata{Authorization: "https://id.example/a?p=1", Token: "https://id.example/t", Keys: "https://keys.example/k"}, true},
		{"https://id.example", metadata{Authorization: "https://id.example/a", Token: "http://id.example/t", Keys: "https://id.example/k"}, false},
		{"https://id.example", metadata{Authorization: "javascript:alert(1)", Token: "https://id.example/t", Keys: "https://id.example/k"}, false},
		{"https://id.example", metadata{Token: "https://id.example/t", Keys: "https://id.example/k"}, false},
		{"http://localhost:1", metadata{Authorization: "http://localhost:1/a", Token: "http://localhost:1/t", Keys: "http://localhost:1/k"}, true},
		{"http://localhost:1", metadata{Authorization: "file:///a", Token: "http://localhost:1/t", Keys: "http://localhost:1/k"}, false},
	} {
		if err := test.m.check(test.issuer); (err == nil) != test.good {
			t.Errorf("%+v: %v", test.m, err)
		}
	}
}

func TestCheckIssuer(t *testing.T) {
	t.Parallel()
	for issuer, good := range map[string]bool{
		"https://id.example.com": true, "https://id.example.com/realms/live/": true, "http://localhost:8082/oidc": true, "http://127.0.0.1": true, "http://[::1]:1": true,
		"": false, "id.example.com": false, "http://id.example.com": false, "http://localhost.evil.example": false, "ftp://id.example.com": false,
		"https://u:p@id.example.com": false, "https://id.example.com?a": false, "https://id.example.com#a": false, "https://": false,
	} {
		if err := CheckIssuer(issuer); (err == nil) != good {
			t.Errorf("%q: %v", issuer, err)
		}
	}
}
