package signin

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/golang-jwt/jwt/v5"
	"github.com/oauth2-proxy/mockoidc"

	"battlehub/hub"
	"battlehub/web"
)

// person is somebody whom the provider knows. The claims are added to those that it makes
// itself, or replace them; nil takes one out.
type person map[string]any

func (p person) ID() string { return "sub-1" }

func (p person) Userinfo([]string) ([]byte, error) { return []byte("{}"), nil }

func (p person) Claims(_ []string, base *mockoidc.IDTokenClaims) (jwt.Claims, error) {
	text, err := json.Marshal(base)
	if err != nil {
		return nil, err
	}
	all := jwt.MapClaims{}
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, err
	}
	maps.Copy(all, p)
	maps.DeleteFunc(all, func(_ string, value any) bool { return value == nil })
	return all, nil
}

// providerKey signs for every provider of the tests, since making one takes long.
var providerKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// newProvider makes a provider, which does not serve yet.
func newProvider(t testing.TB) *mockoidc.MockOIDC {
	t.Helper()
	key, err := providerKey()
	if err != nil {
		t.Fatal(err)
	}
	m, err := mockoidc.NewServer(key)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// site is a hub's web server, a provider, and what the hub logged.
type site struct {
	t        *testing.T
	url      string
	options  Options
	provider *mockoidc.MockOIDC
	log      bytes.Buffer
	mu       sync.Mutex // guards log
}

// Write implements io.Writer, for the log.
func (s *site) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.Write(p)
}

func (s *site) logged() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.String()
}

// startSite serves both over real sockets, the hub by TLS. The middleware is the provider's.
func startSite(t *testing.T, change func(*OIDC), middleware ...func(http.Handler) http.Handler) *site {
	t.Helper()
	s := &site{t: t, provider: newProvider(t)}
	for _, m := range middleware {
		if err := s.provider.AddMiddleware(m); err != nil {
			t.Fatal(err)
		}
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.provider.Start(ln, nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.provider.Shutdown(); err != nil {
			t.Error(err)
		}
	})
	server := httptest.NewUnstartedServer(nil)
	s.url = "https://" + server.Listener.Addr().String()
	server.Config.Handler = s.handler(change)
	server.StartTLS()
	t.Cleanup(server.Close)
	return s
}

// handler is what the hub serves.
func (s *site) handler(change func(*OIDC)) http.Handler {
	s.options = options(s.t)
	s.options.Origin, s.options.Log = s.url, slog.New(slog.NewTextHandler(s, nil))
	s.options.OIDC = &OIDC{
		Issuer: s.provider.Issuer(), ClientID: s.provider.ClientID, ClientSecret: hub.Secret(s.provider.ClientSecret),
		Name: "Example", PublicURL: s.url,
		Roles: Roles{Claim: "groups", Moderator: []string{"mods"}, Owner: []string{"hosts"}, Rooms: "rooms", User: "sub"},
		Mint:  func(g hub.Grant) (hub.Secret, error) { return mint(s.t, g), nil },
	}
	if change != nil {
		change(s.options.OIDC)
	}
	mux := http.NewServeMux()
	mux.Handle("/v1/", New(s.options))
	mux.Handle("/", web.Handler())
	return mux
}

// browser has cookies of its own, and trusts any certificate of the tests. It follows
// redirects only when told.
type browser struct {
	*http.Client
	site *site
}

func (s *site) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	trusting := httptest.NewTLSServer(nil)
	defer trusting.Close() // its certificate is that of all
	transport := trusting.Client().Transport.(*http.Transport).Clone()
	s.t.Cleanup(transport.CloseIdleConnections)
	return &browser{&http.Client{Jar: jar, Transport: transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, s}
}

// get asks once. Its answer's body is already read.
func (b *browser) get(target string, headers ...string) (*http.Response, string) {
	b.site.t.Helper()
	r, err := http.NewRequestWithContext(b.site.t.Context(), http.MethodGet, target, nil)
	if err != nil {
		b.site.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := b.Do(r)
	if err != nil {
		b.site.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.site.t.Fatal(err)
	}
	return resp, string(body)
}

// goTo asks and wants a redirect, and returns where to.
func (b *browser) goTo(target string) *url.URL {
	b.site.t.Helper()
	resp, body := b.get(target)
	to, err := resp.Location()
	if err != nil || resp.StatusCode/100 != 3 {
		b.site.t.Fatalf("%s: %d %s", target, resp.StatusCode, body)
	}
	return to
}

// visit begins to sign in as somebody, and returns the callback that the provider sends the
// browser to.
func (b *browser) visit(who person) *url.URL {
	b.site.t.Helper()
	b.site.provider.QueueUser(who)
	return b.goTo(b.goTo(b.site.url + "/v1/signin/oidc").String())
}

// session returns who the browser is signed in as.
func (b *browser) session() (int, answer) {
	b.site.t.Helper()
	resp, body := b.get(b.site.url+"/v1/session", "Sec-Fetch-Site", "same-origin")
	var a answer
	if err := json.Unmarshal([]byte(body), &a); err != nil {
		b.site.t.Fatalf("%s: %v", body, err)
	}
	return resp.StatusCode, a
}

// cookies returns those that the browser has for the hub, by name.
func (b *browser) cookies() map[string]string {
	u, err := url.Parse(b.site.url)
	if err != nil {
		b.site.t.Fatal(err)
	}
	all := map[string]string{}
	for _, c := range b.Jar.Cookies(u) {
		all[c.Name] = c.Value
	}
	return all
}

// plant sets a cookie in the browser, as only somebody at it could.
func (b *browser) plant(name, value string) {
	u, err := url.Parse(b.site.url)
	if err != nil {
		b.site.t.Fatal(err)
	}
	b.Jar.SetCookies(u, []*http.Cookie{{Name: name, Value: value, Path: "/", Secure: true}})
}

// mustFail opens the callback and wants a page that says something, and no session.
func (b *browser) mustFail(callback string, status int, says ...string) string {
	t := b.site.t
	t.Helper()
	resp, body := b.get(callback)
	if resp.StatusCode != status || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
		t.Errorf("%d %v, want %d\n%s", resp.StatusCode, resp.Header, status, body)
	}
	for _, text := range says {
		if !strings.Contains(body, text) {
			t.Errorf("the page does not say %q:\n%s", text, body)
		}
	}
	if code, _ := b.session(); code != http.StatusUnauthorized {
		t.Errorf("signed in all the same: %d", code)
	}
	if value, left := b.cookies()[flowCookie]; left {
		t.Errorf("the flow can be used again: %s", value)
	}
	return body
}
