package auth

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"battlehub/hub"
)

// A Judge is what a hub asks.
var _ hub.Authorizer = (&Judge{}).Authorize

// annsUserSig judges UserSigs as a test needs it.
type annsUserSig struct{}

func (annsUserSig) Grant(text hub.Secret, now time.Time) (hub.Grant, error) {
	if string(text) != "1400000000.ann.sig" {
		return hub.Grant{}, refuse(hub.RefusedSignature, "not ann's")
	}
	return hub.Grant{User: "ann", Owns: true, Expires: now.Add(time.Hour)}, nil
}

func newJudge(t *testing.T, o Options) *Judge {
	t.Helper()
	j, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := j.Close(); err != nil {
			t.Error(err)
		}
	})
	return j
}

func TestOptionsRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		o    Options
		says string
	}{
		"nothing":      {Options{Issuer: "x"}, "give a secret, a JWKS URL or UserSig keys"},
		"short_secret": {Options{Secrets: []hub.Secret{secret, "s3cret"}}, "openssl rand -hex 32"},
		"http":         {Options{JWKSURL: "http://id.example/jwks"}, "use https"},
	} {
		if _, err := New(test.o); err == nil || !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v, want …%s…", name, err, test.says)
		}
	}
}

func TestSchemes(t *testing.T) {
	t.Parallel()
	jwts := newJudge(t, Options{Secrets: []hub.Secret{secret}})
	userSigs := newJudge(t, Options{UserSig: annsUserSig{}})
	both := newJudge(t, Options{Secrets: []hub.Secret{secret}, UserSig: annsUserSig{}})
	token, err := Mint(secret, hub.Grant{User: "ann", Expires: time.Now().Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	bearer := hub.Credential{Scheme: hub.CredentialBearer, Text: token}
	userSig := hub.Credential{Scheme: hub.CredentialUserSig, Text: "1400000000.ann.sig"}
	for name, test := range map[string]struct {
		judge *Judge
		shown hub.Credential
		says  string // "": granted
	}{
		"jwt":              {jwts, bearer, ""},
		"jwt_of_both":      {both, bearer, ""},
		"usersig":          {userSigs, userSig, ""},
		"usersig_of_both":  {both, userSig, ""},
		"no_jwts":          {userSigs, bearer, "takes no JWTs"},
		"no_usersigs":      {jwts, userSig, "takes no UserSigs"},
		"other":            {both, hub.Credential{Scheme: "basic", Text: "YTpi"}, "takes Bearer and UserSig"},
		"none":             {both, hub.Credential{}, "takes Bearer and UserSig"},
		"usersig_as_other": {jwts, hub.Credential{Scheme: hub.CredentialUserSig, Text: token}, "takes no UserSigs"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, err := test.judge.Authorize(t.Context(), test.shown)
			if test.says != "" {
				wantRefusal(t, g, err, hub.RefusedScheme, test.says)
			} else if err != nil || g.User != "ann" {
				t.Errorf("%+v, %v", g, err)
			}
		})
	}
	g, err := both.Authorize(t.Context(), hub.Credential{Scheme: hub.CredentialUserSig, Text: "1400000000.eve.sig"})
	wantRefusal(t, g, err, hub.RefusedSignature, "not ann's")
}

// TestPublishedKeys goes all the way: a real server, a judge as operators configure it.
func TestPublishedKeys(t *testing.T) {
	t.Parallel()
	s := signers()["EdDSA"]
	text := keySetJSON(t, s.jwk(t, "k"))
	server := serve(t, httptest.NewServer, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) })
	reg := prometheus.NewPedanticRegistry()
	j := newJudge(t, Options{JWKSURL: server.URL, Registerer: reg, Secrets: []hub.Secret{secret}})
	if g, err := j.Authorize(t.Context(), s.liveToken(t, "k")); err != nil || g.User != "ann" {
		t.Errorf("%+v, %v", g, err)
	}
	g, err := j.Authorize(t.Context(), s.liveToken(t, "other"))
	wantRefusal(t, g, err, hub.RefusedSignature, "signature")
	families, err := reg.Gather()
	if err != nil || len(families) != 2 {
		t.Errorf("%v, %v", families, err)
	}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := j.Authorize(canceled, s.liveToken(t, "k")); err != nil {
		t.Errorf("a known key needs no waiting: %v", err)
	}
}
