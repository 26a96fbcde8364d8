package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/oauth2-proxy/mockoidc"

	"battlehub/hub"
	"battlehub/hub/auth/signin"
)

// oidcArgs are the flags that signing in at a provider needs.
func oidcArgs(more ...string) []string {
	return append([]string{"--jwt-secret=" + jwtSecret, "--public-url=https://hub.example", "--oidc-issuer=https://id.example/realms/live",
		"--oidc-client-id=hub", "--oidc-moderator=mods"}, more...)
}

func TestOIDCSettings(t *testing.T) {
	c, err := parse(t, oidcArgs()...)
	if err != nil {
		t.Fatal(err)
	}
	o := c.oidc(c.PublicURL, c.mint)
	if o.Issuer != "https://id.example/realms/live" || o.ClientID != "hub" || o.ClientSecret != "" || o.Name != "id.example" || o.PublicURL != "https://hub.example" ||
		o.Roles.Claim != "groups" || o.Roles.User != "sub" || o.Roles.Rooms != "rooms" || len(o.Roles.Moderator) != 1 || o.Roles.Owner != nil {
		t.Errorf("%+v", o)
	}
	c, err = parse(t, oidcArgs("--oidc-client-secret-file", writeFile(t, "secret", "s3cret\n"), "--oidc-name=Example", "--oidc-user-claim=email",
		"--oidc-role-claim=realm_access.roles", "--oidc-moderator=admins", "--oidc-owner=hosts", "--oidc-rooms-claim=live.rooms")...)
	if err != nil {
		t.Fatal(err)
	}
	o = c.oidc(c.PublicURL, c.mint)
	if string(o.ClientSecret) != "s3cret" || o.Name != "Example" || o.Roles.Claim != "realm_access.roles" || o.Roles.User != "email" ||
		strings.Join(o.Roles.Moderator, " ") != "mods admins" || strings.Join(o.Roles.Owner, " ") != "hosts" || o.Roles.Rooms != "live.rooms" {
		t.Errorf("%+v", o)
	}
	t.Setenv("BATTLEHUB_OIDC_CLIENT_SECRET", "s3cret")
	t.Setenv("BATTLEHUB_OIDC_OWNER", `cn=hosts\,dc=example,others`)
	if c, err := parse(t, oidcArgs()...); err != nil || string(c.OIDCClientSecret) != "s3cret" || strings.Join(c.OIDCOwner, " ") != "cn=hosts,dc=example others" {
		t.Errorf("%+v, %v", c.oidcConfig, err)
	}
	if c, err := parse(t); err == nil || c.oidc("", nil) != nil {
		t.Errorf("without an issuer: %v", err)
	}
}

// TestOIDCSettingsRefused: each error names the flag and the remedy, and none a secret.
func TestOIDCSettingsRefused(t *testing.T) {
	without := func(flag string) (rest []string) {
		for _, arg := range oidcArgs() {
			if !strings.HasPrefix(arg, flag+"=") {
				rest = append(rest, arg)
			}
		}
		return rest
	}
	for name, test := range map[string]struct {
		args []string
		says []string
	}{
		"issuer_alone":    {[]string{"--oidc-issuer=https://id.example"}, []string{"--oidc-issuer", "--oidc-client-id"}},
		"no_issuer":       {without("--oidc-issuer"), []string{"need --oidc-issuer"}},
		"name_alone":      {[]string{"--oidc-name=Example"}, []string{"need --oidc-issuer"}},
		"no_public_url":   {without("--public-url"), []string{"needs --public-url"}},
		"no_secret":       {append(without("--jwt-secret"), "--jwks-url=https://id.example/jwks"), []string{"needs --jwt-secret", "openssl rand -hex 32"}},
		"no_moderator":    {without("--oidc-moderator"), []string{"needs --oidc-moderator", `"groups"`}},
		"empty_moderator": {append(without("--oidc-moderator"), "--oidc-moderator="), []string{"needs --oidc-moderator"}},
		"empty_in_file":   {append(append([]string{"serve"}, without("--oidc-moderator")...), "--config", writeFile(t, "c.yaml", "oidc-moderator: ['']\n")), []string{"--oidc-moderator", "empty"}},
		"http":            {append(without("--oidc-issuer"), "--oidc-issuer=http://id.example"), []string{"--oidc-issuer", "use https"}},
		"password":        {append(without("--oidc-issuer"), "--oidc-issuer=https://u:s3cret@id.example"), []string{"--oidc-issuer", "without user"}},
		"two_secrets":     {oidcArgs("--oidc-client-secret=s3cret", "--oidc-client-secret-file=/x"), []string{"--oidc-client-secret-file", "keep one"}},
		"secret_missing":  {oidcArgs("--oidc-client-secret-file=/does/not/exist"), []string{"--oidc-client-secret-file"}},
		"secret_of_lines": {oidcArgs("--oidc-client-secret-file", writeFile(t, "s", "s3cret\ns3cret\n")), []string{"--oidc-client-secret-file", "nothing else"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parse(t, test.args...)
			if err == nil {
				t.Fatal("taken")
			}
			for _, part := range test.says {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not say %q", err, part)
				}
			}
			if strings.Contains(err.Error(), "s3cret") {
				t.Errorf("%q repeats a secret", err)
			}
		})
	}
}

// TestSignInAtAProvider: what comes of it opens the board, also where tokens need an issuer
// and an audience; and an operator can take it back.
func TestSignInAtAProvider(t *testing.T) {
	t.Parallel()
	provider, err := mockoidc.Run()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = provider.Shutdown() })
	a := startApp(t, func(c *config) {
		c.JWTSecret, c.JWTIssuer, c.JWTAudience, c.PublicURL = secrets{jwtSecret, otherJWTSecret}, "https://tokens.example", "battlehub", "https://hub.example"
		c.OIDCIssuer, c.OIDCClientID, c.OIDCClientSecret = provider.Issuer(), provider.ClientID, hub.Secret(provider.ClientSecret)
		c.OIDCModerator, c.OIDCUserClaim = []string{"design"}, "email" // the mock's own Jane has both
	})
	base := "http://" + a.Addr().String()
	begun := noRedirect(t, base+"/v1/signin/oidc")
	back := noRedirect(t, location(t, begun))
	u, err := url.Parse(location(t, back))
	if err != nil || !strings.HasPrefix(u.String(), signin.CallbackURL("https://hub.example")+"?") {
		t.Fatalf("%s, %v", u, err)
	}
	done := noRedirect(t, base+u.RequestURI(), begun.Cookies()...)
	if to := location(t, done); to != "https://hub.example/" {
		t.Errorf("sent to %s", to)
	}
	cookie := ""
	for _, c := range done.Cookies() {
		if c.Name == hub.SessionCookie {
			cookie = c.Name + "=" + c.Value
		}
	}
	ask := func(path string) (int, string) {
		return askWith(t, base+path, "Cookie", cookie, "Sec-Fetch-Site", "same-origin")
	}
	code, body := ask("/v1/session")
	var who struct{ User, Role string }
	if json.Unmarshal([]byte(body), &who) != nil || code != http.StatusOK || who.User != "jane.doe@example.com" || who.Role != "moderator" {
		t.Errorf("%d %s", code, body)
	}
	if code, body := ask("/v1/battles"); code != http.StatusOK {
		t.Errorf("%d %s", code, body)
	}
	if err := a.hub.Revoke(t.Context(), hub.Revocation{User: who.User, Before: hub.At(time.Now().Add(time.Second))}); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "it is taken back", func() bool {
		code, body := ask("/v1/session")
		return code == http.StatusUnauthorized && strings.Contains(body, `"reason":"revoked"`) && strings.Contains(body, `"oidc":{"name":"127.0.0.1"}`)
	})
	_, metrics := fetch(t, "http://"+a.OpsAddr().String()+"/metrics")
	if !strings.Contains(metrics, `battlehub_sign_ins_total{method="oidc",result="ok"} 1`) {
		t.Error("it was not counted")
	}
}

// noRedirect asks as a browser with these cookies does, and stays there.
func noRedirect(t *testing.T, target string, cookies ...*http.Cookie) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cookies {
		r.AddCookie(c)
	}
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp
}

func location(t *testing.T, resp *http.Response) string {
	t.Helper()
	to, err := resp.Location()
	if err != nil {
		t.Fatalf("%d: %v", resp.StatusCode, err)
	}
	return to.String()
}

// TestSessionOfHubs: what the dashboard is told of hubs that let people in differently.
func TestSessionOfHubs(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*config)
		status int
		says   string
	}{
		"open":     {nil, 200, `"open":true`},
		"guarded":  {func(c *config) { c.JWTSecret = secrets{jwtSecret} }, 401, `"sign_in":{"token":true}`},
		"usersigs": {func(c *config) { c.UserSigKey = secrets{"key"} }, 401, `"sign_in":{"token":false}`},
	} {
		a := startApp(t, test.change)
		if code, body := fetch(t, "http://"+a.Addr().String()+"/v1/session"); code != test.status || !strings.Contains(body, test.says) {
			t.Errorf("%s: %d %s", name, code, body)
		}
	}
}
