package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"battlehub/hub"
	"battlehub/hub/auth"
)

// command runs a command line and returns what it printed, and how it ended.
func command(args ...string) (code int, out, errs string) {
	var o, e bytes.Buffer
	code = run(args, stdio{&o, &e})
	return code, o.String(), e.String()
}

// granted asks a judge with jwtSecret what a token grants.
func granted(t *testing.T, o auth.Options, token string) hub.Grant {
	t.Helper()
	o.Secrets = []hub.Secret{jwtSecret}
	judge, err := auth.New(o)
	if err != nil {
		t.Fatal(err)
	}
	g, err := judge.Authorize(t.Context(), hub.Credential{Scheme: hub.CredentialBearer, Text: hub.Secret(strings.TrimSuffix(token, "\n"))})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// TestTokenPrintsTheTokenOnly, which a hub with the same secret takes.
func TestTokenPrintsTheTokenOnly(t *testing.T) {
	file := writeFile(t, "secrets", jwtSecret+"\n"+otherJWTSecret+"\n")
	for name, test := range map[string]struct {
		env  string
		args []string
		want hub.Grant
		hub  auth.Options
	}{
		"moderator":   {"", []string{"--secret-file", file, "--role=moderator"}, hub.Grant{User: "operator"}, auth.Options{}},
		"owner":       {"", []string{"--secret", jwtSecret, "--role=owner", "--room=pk-3", "--room", "a,b", "--app=1", "--app=2", "--user=ann"}, hub.Grant{User: "ann", Rooms: []string{"pk-3", "a,b"}, Apps: []hub.App{1, 2}}, auth.Options{}},
		"by_variable": {jwtSecret + "," + otherJWTSecret, []string{"--role=moderator"}, hub.Grant{User: "operator"}, auth.Options{}},
		"named_mint":  {jwtSecret, []string{"mint", "--role=moderator"}, hub.Grant{User: "operator"}, auth.Options{}},
		"for_its_hub": {jwtSecret, []string{"--role=moderator", "--issuer=me", "--audience=you", "--ttl=1h"}, hub.Grant{User: "operator"}, auth.Options{Issuer: "me", Audience: "you"}},
	} {
		t.Run(name, func(t *testing.T) {
			if test.env != "" {
				t.Setenv("BATTLEHUB_JWT_SECRET", test.env)
			}
			code, out, errs := command(append([]string{"token"}, test.args...)...)
			if code != 0 || errs != "" || strings.Count(out, "\n") != 1 || strings.Count(out, ".") != 2 {
				t.Fatalf("%d %q %q", code, out, errs)
			}
			g := granted(t, test.hub, out)
			if g.User != test.want.User || strings.Join(g.Rooms, " ") != strings.Join(test.want.Rooms, " ") || len(g.Apps) != len(test.want.Apps) ||
				g.TokenID == "" || time.Until(g.Expires) > time.Hour || time.Until(g.Expires) < 58*time.Minute {
				t.Errorf("%+v", g)
			}
		})
	}
}

func TestTokenRefuses(t *testing.T) {
	secret := "--secret=" + jwtSecret
	for name, test := range map[string]struct {
		args []string
		says string
	}{
		"no_secret":       {[]string{"--role=moderator"}, "--secret-file or --secret"},
		"short_secret":    {[]string{"--role=moderator", "--secret=s3cret"}, "openssl rand -hex 32"},
		"empty_secret":    {[]string{"--role=moderator", "--secret="}, "0 bytes"},
		"both":            {[]string{"--role=moderator", secret, "--secret-file", writeFile(t, "s", jwtSecret)}, "keep one"},
		"file_missing":    {[]string{"--role=moderator", "--secret-file=/does/not/exist"}, "--secret-file"},
		"no_role":         {[]string{secret}, "--role"},
		"other_role":      {[]string{secret, "--role=admin"}, "--role"},
		"owner_of_none":   {[]string{secret, "--role=owner"}, "--room"},
		"moderator_rooms": {[]string{secret, "--role=moderator", "--room=a"}, "--room is for --role owner"},
		"empty_room":      {[]string{secret, "--role=owner", "--room="}, "1 to 256 bytes"},
		"no_time":         {[]string{secret, "--role=moderator", "--ttl=0s"}, "--ttl"},
		"no_user":         {[]string{secret, "--role=moderator", "--user="}, "sub"},
		"app_zero":        {[]string{secret, "--role=moderator", "--app=0"}, "app"},
	} {
		code, out, errs := command(append([]string{"token"}, test.args...)...)
		if code == 0 || out != "" || !strings.Contains(errs, test.says) || strings.Contains(errs, "s3cret") {
			t.Errorf("%s: %d %q %q, want …%s…", name, code, out, errs, test.says)
		}
	}
}

// signedBySecret makes a token of any claims.
func signedBySecret(t *testing.T, g hub.Grant) string {
	t.Helper()
	token, err := auth.Mint(jwtSecret, g)
	if err != nil {
		t.Fatal(err)
	}
	return string(token)
}

// TestInspect: what is said, and what a hub makes of it.
func TestInspect(t *testing.T) {
	hour := time.Now().Add(time.Hour).Truncate(time.Second)
	owner := signedBySecret(t, hub.Grant{User: "ann", Rooms: []string{"pk-3"}, Apps: []hub.App{7}, Expires: hour})
	hostile := encodeToken(`{"alg":"HS256"}`, "{\"sub\":\"\u202e\u009b2J\",\"sub\":\"twice\",\"exp\":1,\"iat\":\"x\"}")
	wrong := "--jwt-secret=" + otherJWTSecret
	right := "--jwt-secret=" + jwtSecret
	config := writeFile(t, "c.yaml", "listen: 0.0.0.0:80\njwt-secret: ["+jwtSecret+"]\napps:\n  - sdkappid: 7\n    webhook-token-file: [/not/on/this/machine]\n")
	for name, test := range map[string]struct {
		args []string
		code int
		says []string
	}{
		"no_keys":       {[]string{owner}, 0, []string{"JWT\n", `sub        "ann"`, `"rooms":["pk-3"]`, hub.At(hour).String() + ", in ", "Not checked", "--jwks-url"}},
		"taken":         {[]string{owner, right}, 0, []string{"takes it: ann sees pk-3 of app 7 until " + hub.At(hour).String()}},
		"by_file":       {[]string{owner, "--config", config}, 0, []string{"takes it: ann"}},
		"refused":       {[]string{owner, wrong}, 1, []string{`"ann"`, "refuses it (signature): ", "no key that this hub has"}},
		"wrong_issuer":  {[]string{owner, right, "--jwt-issuer=me"}, 1, []string{"refuses it (claims): ", `iss must be "me"`}},
		"no_jwks":       {[]string{owner, "--jwks-url=http://127.0.0.1:1/"}, 1, []string{"refuses it (signature)"}}, // HS256 is of no published key
		"jwks_down":     {[]string{encodeToken(`{"alg":"EdDSA"}`, `{}`) + "AAAA", "--jwks-url=http://127.0.0.1:1/"}, 1, []string{"cannot be found out now", "refused"}},
		"hostile":       {[]string{hostile}, 0, []string{`\u202e`, `\u009b2J`, `"twice"`, "1970-01-01T00:00:01.000Z, ", " ago", "iat        \"x\"\n"}},
		"not_an_object": {[]string{encodeToken(`7`, `"x"`)}, 0, []string{"7\n", "\"x\"\n"}},
		"usersig":       {[]string{"1400000000.ann.eJw"}, 0, []string{"UserSig\n", `userid     "ann"`, "Not checked"}},
		"usersig_jwts":  {[]string{"1400000000.ann.eJw", right}, 1, []string{"refuses it (scheme): ", "--usersig-key"}},
		"neither":       {[]string{"hello"}, 1, []string{"neither a JWT"}},
		"empty":         {[]string{".."}, 1, []string{"neither a JWT"}},
		"short_secret":  {[]string{owner, "--jwt-secret=s3cret"}, 1, []string{"openssl rand -hex 32"}},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, errs := command(append([]string{"token", "inspect"}, test.args...)...)
			for _, part := range test.says {
				if !strings.Contains(out+errs, part) {
					t.Errorf("no %q in %q %q", part, out, errs)
				}
			}
			if code != test.code || strings.ContainsAny(out, "\u202e\u009b") || strings.Contains(out+errs, "s3cret") {
				t.Errorf("%d, want %d:\n%s%s", code, test.code, out, errs)
			}
		})
	}
}

// encodeToken is a token with an empty signature.
func encodeToken(header, claims string) string {
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(header)) + "." + encode([]byte(claims)) + "."
}

func TestInspectJSON(t *testing.T) {
	token := signedBySecret(t, hub.Grant{User: "ann\x1b", TokenID: "t1", Expires: time.Now().Add(time.Hour)})
	for name, test := range map[string]struct {
		args     []string
		accepted any
		reason   string
	}{
		"no_keys": {nil, nil, ""},
		"taken":   {[]string{"--jwt-secret=" + jwtSecret}, true, ""},
		"refused": {[]string{"--jwt-secret=" + otherJWTSecret}, false, "signature"},
	} {
		_, out, _ := command(append([]string{"token", "inspect", "--json", token}, test.args...)...)
		var got struct {
			Kind           string
			Header, Claims map[string]any
			Verdict        map[string]any
		}
		if err := json.Unmarshal([]byte(out), &got); err != nil || strings.Count(out, "\n") != 1 {
			t.Fatalf("%s: %v in %q", name, err, out)
		}
		reason, _ := got.Verdict["reason"].(string)
		if got.Kind != "bearer" || got.Header["alg"] != "HS256" || got.Claims["jti"] != "t1" || got.Verdict["accepted"] != test.accepted || reason != test.reason {
			t.Errorf("%s: %s", name, out)
		}
	}
}

// TestInspectReads the token from standard input.
func TestInspectReads(t *testing.T) {
	t.Parallel()
	var notes bytes.Buffer
	text, err := (&inspectCmd{}).read(strings.NewReader("  a.b.c\r\n"), &notes)
	if err != nil || string(text) != "a.b.c" || notes.Len() > 0 {
		t.Errorf("%q, %v, %q", string(text), err, notes.String())
	}
	terminal, err := os.Open(os.DevNull) // a character device, as terminals are
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	if _, err := (&inspectCmd{}).read(terminal, &notes); err != nil || !strings.Contains(notes.String(), "Paste") {
		t.Errorf("%v, %q", err, notes.String())
	}
	if text, err := (&inspectCmd{Token: "x.y.z"}).read(terminal, &notes); err != nil || string(text) != "x.y.z" {
		t.Errorf("%q, %v", string(text), err)
	}
}

// TestTailShowsItsToken, given in any way; without one it ends and says why.
func TestTailShowsItsToken(t *testing.T) {
	t.Parallel()
	a := startApp(t, func(c *config) { c.JWTSecret = secrets{jwtSecret} })
	base := "http://" + a.Addr().String()
	token := signedBySecret(t, hub.Grant{User: "ann", Rooms: []string{"pk-3"}, Expires: time.Now().Add(time.Hour)})
	for name, args := range map[string][]string{"flag": {"--token", token}, "file": {"--token-file", writeFile(t, "token", token+"\n")}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			notes := newLineWriter()
			stop := runTail(t, stdio{newLineWriter(), notes}, append(args, "--url", base)...)
			notes.await(t, "following pk-3")
			if err := stop(); err != nil || strings.Contains(notes.String(), token) {
				t.Errorf("%v, %s", err, notes)
			}
		})
	}
	for name, test := range map[string]struct {
		args []string
		says string
	}{
		"none":      {nil, "say who you are"},
		"forged":    {[]string{"--token", token + "x"}, "signature"},
		"both":      {[]string{"--token", token, "--token-file", "f"}, "keep one"},
		"missing":   {[]string{"--token-file", "/does/not/exist"}, "--token-file"},
		"two_words": {[]string{"--token-file", writeFile(t, "token", "Bearer x")}, "several words"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := parseTail(t, append(test.args, "--url", base)...).Run(t.Context(), stdio{newLineWriter(), newLineWriter()})
			if err == nil || !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), token) {
				t.Errorf("%v, want …%s…", err, test.says)
			}
		})
	}
}

// TestTailTokenFromTheEnvironment is sent as a header, and nowhere else.
func TestTailTokenFromTheEnvironment(t *testing.T) {
	t.Setenv("BATTLEHUB_TOKEN", "from.the.environment")
	asked := make(chan *http.Request, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r
		w.WriteHeader(http.StatusUnauthorized)
	}))
	t.Cleanup(server.Close)
	c := &cli{}
	parser, err := kong.New(c, cliOptions(t.Context(), stdio{newLineWriter(), newLineWriter()}, func(int) {})...)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse([]string{"tail", "--url", server.URL}); err != nil {
		t.Fatal(err)
	}
	if err := c.Tail.Run(context.Background(), stdio{newLineWriter(), newLineWriter()}); err == nil || !strings.Contains(err.Error(), "401") {
		t.Error(err)
	}
	if r := <-asked; r.Header.Get("Authorization") != "Bearer from.the.environment" || strings.Contains(r.URL.String(), "environment") {
		t.Errorf("%s with %v", r.URL, r.Header)
	}
}
