package main

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"battlehub/hub"
	"battlehub/hub/auth"
)

const (
	jwtSecret      = "s3cret-0123456789abcdef0123456789abcdef"
	otherJWTSecret = "s3cret-fedcba9876543210fedcba9876543210"
)

func TestAccessSettings(t *testing.T) {
	c, err := parse(t, "--jwt-secret-file", writeFile(t, "secrets", jwtSecret+"\n"+otherJWTSecret+"\n"), "--jwt-secret", jwtSecret, "--jwks-url=https://id.example/jwks.json",
		"--jwt-issuer=https://id.example", "--jwt-audience=battlehub", "--public-url=HTTPS://Hub.Example.com:443/", "--max-per-user=3", "--listen=:8080",
		"--usersig-key=one", "--usersig-key-file", writeFile(t, "keys", "two\n"))
	if err != nil {
		t.Fatal(err)
	}
	if len(c.JWTSecret) != 3 || string(c.JWTSecret[2]) != otherJWTSecret || c.JWKSURL != "https://id.example/jwks.json" || c.JWTIssuer != "https://id.example" ||
		c.JWTAudience != "battlehub" || c.PublicURL != "https://hub.example.com" || c.MaxPerUser != 3 || len(c.userSigKeys()[1400000000]) != 2 || !c.guarded() {
		t.Errorf("%+v", c)
	}
	t.Setenv("BATTLEHUB_JWT_SECRET", jwtSecret+","+otherJWTSecret)
	t.Setenv("BATTLEHUB_USERSIG_KEY", "three")
	t.Setenv("BATTLEHUB_PUBLIC_URL", "http://localhost:8080")
	if c, err := parse(t); err != nil || len(c.JWTSecret) != 2 || c.JWKSURL != "" || string(c.userSigKeys()[1400000000][0]) != "three" || c.PublicURL != "http://localhost:8080" {
		t.Errorf("%+v, %v", c.keyConfig, err)
	}
}

func TestUserSigKeysOfApps(t *testing.T) {
	file := writeFile(t, "c.yaml", "listen: 0.0.0.0:80\njwt-secret: ["+jwtSecret+"]\napps:\n  - sdkappid: 1400000000\n    usersig-key: [a, b]\n"+
		"  - sdkappid: 20000001\n    usersig-key-file: ["+writeFile(t, "key", "c\n")+"]\n  - sdkappid: 20000002\n")
	c, err := parse(t, "serve", "--config", file)
	if err != nil {
		t.Fatal(err)
	}
	keys := c.userSigKeys()
	if len(keys) != 2 || len(keys[1400000000]) != 2 || string(keys[20000001][0]) != "c" || len(c.JWTSecret) != 1 {
		t.Errorf("%v", keys)
	}
}

// TestAccessSettingsRefused: each error names the flag and the remedy, and none a secret.
func TestAccessSettingsRefused(t *testing.T) {
	yaml := func(text string) []string { return []string{"serve", "--config", writeFile(t, "c.yaml", text)} }
	for name, test := range map[string]struct {
		args []string
		says []string
	}{
		"short_secret":        {[]string{"--jwt-secret=s3cret"}, []string{"--jwt-secret", "at least 32", "openssl rand -hex 32"}},
		"short_second":        {[]string{"--jwt-secret=" + jwtSecret + ",s3cret"}, []string{"--jwt-secret", "openssl rand -hex 32"}},
		"short_in_file":       {[]string{"--jwt-secret-file", writeFile(t, "s", "s3cret\n")}, []string{"--jwt-secret", "openssl rand -hex 32"}},
		"empty_secret":        {[]string{"--jwt-secret="}, []string{"--jwt-secret", "empty"}},
		"empty_file":          {[]string{"--jwt-secret-file", writeFile(t, "s", "\n")}, []string{"--jwt-secret-file", "empty"}},
		"file_missing":        {[]string{"--jwt-secret-file=/does/not/exist"}, []string{"--jwt-secret-file"}},
		"empty_usersig_key":   {[]string{"--usersig-key="}, []string{"--usersig-key", "empty"}},
		"empty_key_file":      {[]string{"--usersig-key-file", writeFile(t, "s", "\n")}, []string{"--usersig-key-file", "empty"}},
		"jwks_http":           {[]string{"--jwks-url=http://id.example/jwks"}, []string{"--jwks-url", "use https"}},
		"jwks_password":       {[]string{"--jwks-url=https://u:s3cret@id.example/jwks"}, []string{"--jwks-url", "password"}},
		"jwks_no_url":         {[]string{"--jwks-url=id.example"}, []string{"--jwks-url", "https://"}},
		"issuer_alone":        {[]string{"--jwt-issuer=x"}, []string{"--jwt-issuer", "--jwt-secret", "--jwks-url"}},
		"audience_alone":      {[]string{"--jwt-audience=x", "--usersig-key=s3cret"}, []string{"--jwt-audience", "--jwks-url"}},
		"open_beside_secret":  {[]string{"--open", "--jwt-secret=" + jwtSecret}, []string{"--open", "--jwt-secret", "keep one"}},
		"open_beside_jwks":    {[]string{"--open", "--listen=:80", "--jwks-url=https://id.example/jwks"}, []string{"--open", "--jwks-url"}},
		"open_beside_usersig": {[]string{"--open", "--usersig-key=s3cret"}, []string{"--open", "--usersig-key"}},
		"neither":             {[]string{"--listen=:80"}, []string{"--listen :80", "--open", "--jwt-secret", "--jwks-url", "--usersig-key"}},
		"public_path":         {[]string{"--public-url=https://hub.example/battles"}, []string{"--public-url", "https://hub.example.com"}},
		"public_query":        {[]string{"--public-url=https://hub.example/?a=1"}, []string{"--public-url"}},
		"public_user":         {[]string{"--public-url=https://u:s3cret@hub.example"}, []string{"--public-url"}},
		"public_no_scheme":    {[]string{"--public-url=hub.example"}, []string{"--public-url"}},
		"public_ws":           {[]string{"--public-url=wss://hub.example"}, []string{"--public-url"}},
		"public_no_host":      {[]string{"--public-url=https://:443"}, []string{"--public-url"}},
		"public_not_punycode": {[]string{"--public-url=https://hüb.example"}, []string{"--public-url", "as browsers show"}},
		"public_http":         {[]string{"--public-url=http://hub.example"}, []string{"--public-url", "use https"}},
		"max_per_user":        {[]string{"--max-per-user=-1"}, []string{"--max-per-user"}},
		"keys_beside_apps":    {append(yaml("apps: [{sdkappid: 1}]\n"), "--usersig-key", "s3cret"), []string{"apps"}},
		"empty_key_of_app":    {yaml("apps: [{sdkappid: 1, usersig-key: ['']}]\n"), []string{"--usersig-key", "empty"}},
		"unknown_key_of_app":  {yaml("apps: [{sdkappid: 1, usersig-keys: [s3cret]}]\n"), []string{"usersig-key-file"}},
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

// TestLocalOnly: where requests under foreign names are refused, and that it is not needed
// elsewhere.
func TestLocalOnly(t *testing.T) {
	for name, test := range map[string]struct {
		args []string
		want bool
	}{
		"nothing_said":         {nil, true},
		"open_here":            {[]string{"--open"}, false},
		"open_beyond":          {[]string{"--open", "--listen=:80"}, false},
		"guarded_here":         {[]string{"--jwt-secret=" + jwtSecret}, true},
		"guarded_here_by_ip":   {[]string{"--jwt-secret=" + jwtSecret, "--listen=[::1]:80"}, true},
		"guarded_beyond":       {[]string{"--jwt-secret=" + jwtSecret, "--listen=:80"}, false},
		"guarded_beyond_by_ip": {[]string{"--usersig-key=k", "--listen=10.0.0.1:80"}, false},
	} {
		if c, err := parse(t, test.args...); err != nil || c.localOnly() != test.want {
			t.Errorf("%s: %v, %v", name, c.localOnly(), err)
		}
	}
}

// askWith makes a request with some headers and returns the status and the body.
func askWith(t *testing.T, url string, headers ...string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
		if headers[i] == "Host" {
			r.Host = headers[i+1]
		}
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// mint makes the Authorization header of a grant for an hour.
func mint(t *testing.T, g hub.Grant) string {
	t.Helper()
	g.Expires = time.Now().Add(time.Hour)
	token, err := auth.Mint(jwtSecret, g)
	if err != nil {
		t.Fatal(err)
	}
	return "Bearer " + string(token)
}

// TestGuardedHub: who may see what is what the token says.
func TestGuardedHub(t *testing.T) {
	t.Parallel()
	a := startApp(t, func(c *config) { c.JWTSecret = secrets{jwtSecret, otherJWTSecret} })
	base := "http://" + a.Addr().String()
	post(t, base, "", "b1") // webhooks have a signature of their own
	moderator := mint(t, hub.Grant{User: "mod"})
	waitFor(t, "the battle on the board", func() bool {
		_, body := askWith(t, base+"/v1/battles", "Authorization", moderator)
		return strings.Contains(body, `"id":"b1"`)
	})
	owner, stranger := mint(t, hub.Grant{User: "brennan", Rooms: []string{"pk-3"}}), mint(t, hub.Grant{User: "eve", Rooms: []string{"pk-9"}})
	otherApp := mint(t, hub.Grant{User: "mod", Apps: []hub.App{7}})
	for name, test := range map[string]struct {
		path, header string
		status       int
		says         string
	}{
		"nothing":         {"/v1/battles", "", 401, "say who you are"},
		"owner":           {"/v1/battles", owner, 200, `"id":"b1"`},
		"stranger":        {"/v1/battles", stranger, 200, `"battles":[]`},
		"strangers_room":  {"/v1/battles?room=pk-3", stranger, 403, "pk-3"},
		"another_app":     {"/v1/battles", otherApp, 400, "app"},
		"forged":          {"/v1/battles", moderator[:len(moderator)-3], 401, "signature"},
		"not_a_token":     {"/v1/battles", "Bearer hello", 401, "not a JWT"},
		"a_usersig":       {"/v1/battles", "UserSig 1400000000.ann.sig", 401, "takes no UserSigs"},
		"token_in_url":    {"/v1/battles?token=x", moderator, 400, "do not belong in URLs"},
		"dashboard_loads": {"/", "", 200, "<title>"},
	} {
		code, body := askWith(t, base+test.path, "Authorization", test.header)
		if code != test.status || !strings.Contains(body, test.says) {
			t.Errorf("%s: %d %.200s, want %d …%s…", name, code, body, test.status, test.says)
		}
	}
	_, metrics := fetch(t, "http://"+a.OpsAddr().String()+"/metrics")
	if !strings.Contains(metrics, `battlehub_credentials_refused_total{reason="signature"} 1`) {
		t.Error("the forged token was not counted")
	}
}

// TestGuardOfNames: beyond loopback, a hub with credentials is reached by any name; on
// loopback, by its own only.
func TestGuardOfNames(t *testing.T) {
	t.Parallel()
	moderator := mint(t, hub.Grant{User: "mod"})
	guarded := func(c *config) { c.JWTSecret = secrets{jwtSecret} }
	beyond := startApp(t, func(c *config) { guarded(c); c.Listen = "0.0.0.0:0" })
	here := startApp(t, func(c *config) { guarded(c); c.PublicURL = "https://hub.example.com" })
	for name, test := range map[string]struct {
		app           *app
		host, token   string
		site, cookies string
		status        int
	}{
		"beyond_any_name":           {app: beyond, host: "lb.example", token: moderator, status: 200},
		"beyond_rebound_page":       {app: beyond, host: "evil.example", site: "same-origin", status: 401},
		"here_other_name":           {app: here, host: "evil.example", token: moderator, status: 403},
		"here_public_name":          {app: here, host: "hub.example.com", token: moderator, status: 200},
		"here_public_name_cookie":   {app: here, host: "hub.example.com", site: "same-origin", cookies: moderator, status: 200},
		"here_public_name_no_token": {app: here, host: "hub.example.com", site: "same-origin", status: 401},
		"here_localhost":            {app: here, host: "localhost", token: moderator, status: 200},
	} {
		_, port, err := net.SplitHostPort(test.app.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		headers := []string{"Host", test.host, "Authorization", test.token, "Sec-Fetch-Site", test.site}
		if test.cookies != "" {
			headers = append(headers, "Cookie", hub.SessionCookie+"="+strings.TrimPrefix(test.cookies, "Bearer "))
		}
		if code, body := askWith(t, "http://127.0.0.1:"+port+"/v1/battles", headers...); code != test.status {
			t.Errorf("%s: %d %s, want %d", name, code, body, test.status)
		}
	}
}

// TestGuardedByPublishedKeys: a hub starts while the endpoint is down, says that it cannot
// check tokens, and stops.
func TestGuardedByPublishedKeys(t *testing.T) {
	t.Parallel()
	endpoint := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(endpoint.Close)
	a := startApp(t, func(c *config) { c.JWKSURL = endpoint.URL })
	// An EdDSA token of a key that nobody knows; it needs not be a good one.
	code, body := askWith(t, "http://"+a.Addr().String()+"/v1/battles", "Authorization", "Bearer eyJhbGciOiJFZERTQSJ9.e30.AAAA")
	if code != http.StatusServiceUnavailable || !strings.Contains(body, "cannot be checked now") {
		t.Errorf("%d %s", code, body)
	}
	_, metrics := fetch(t, "http://"+a.OpsAddr().String()+"/metrics")
	if !strings.Contains(metrics, `battlehub_jwks_refreshes_total{result="status"} 1`) || !strings.Contains(metrics, "battlehub_jwks_age_seconds +Inf") {
		t.Error("the metrics do not tell of it")
	}
}

// TestSecretsAreNotLogged looks for them where everything is told.
func TestSecretsAreNotLogged(t *testing.T) {
	t.Parallel()
	p := startProcess(t, "--jwt-secret="+jwtSecret, "--log-level=debug")
	token := mint(t, hub.Grant{User: "mod"})
	for _, header := range []string{token, token + "x", "Bearer " + jwtSecret, "UserSig s3cret"} {
		askWith(t, p.base+"/v1/battles", "Authorization", header)
	}
	if out := p.Output.String(); strings.Contains(out, "s3cret") || strings.Contains(out, token[len("Bearer "):]) || !strings.Contains(out, "by credential: JWTs") {
		t.Errorf("it tells of a secret, or not of who gets in:\n%s", out)
	}
}
