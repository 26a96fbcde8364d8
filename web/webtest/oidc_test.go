package webtest

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/oauth2-proxy/mockoidc"

	"battlehub/hub"
	"battlehub/hub/auth"
	"battlehub/hub/auth/signin"
)

// startWithProvider serves a hub at localhost and a provider at 127.0.0.1, which to a browser
// are two sites.
func startWithProvider(t *testing.T) (*guardedHub, *mockoidc.MockOIDC) {
	t.Helper()
	provider, err := mockoidc.Run()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = provider.Shutdown() })
	g := startGuarded(t, func(o *signin.Options) {
		o.OIDC = &signin.OIDC{
			Issuer: provider.Issuer(), ClientID: provider.ClientID, ClientSecret: hub.Secret(provider.ClientSecret), Name: "Example", PublicURL: o.Origin,
			Roles: signin.Roles{Claim: "groups", Moderator: []string{"mods"}, User: "email"},
			Mint:  func(g hub.Grant) (hub.Secret, error) { return auth.Mint(testSecret, g) },
		}
	})
	return g, provider
}

// TestSigningInElsewhere: over to another site and back, to the very place.
func TestSigningInElsewhere(t *testing.T) {
	t.Parallel()
	g, provider := startWithProvider(t)
	newBattle(g.hubProcess, "one", "pk-1", "pk-2").create(t, true)
	provider.QueueUser(&mockoidc.MockUser{Subject: "1", Email: "ann@example.com", EmailVerified: true, Groups: []string{"mods"}})
	p := newTab(t)
	p.expectNotSignedIn()
	p.open(t, g.url("/?q=pk-1&state=pending"))
	p.waitFor(t, signInIsShown)
	if got := p.text(t, ".sign-in"); got != "battlehub Sign in Sign in with Example or Token Paste the token that you got from whoever runs this hub. Sign in with the token" {
		t.Errorf("the page says %q", got)
	}
	if got := evaluate[string](t, p, `document.activeElement.innerText`); got != "Sign in with Example" {
		t.Errorf("the focus is on %q", got)
	}
	p.do(t, chromedp.Click(chromedp.CSS(".sign-in .primary")))
	p.waitForCard(t, "pending", "pk-1")
	p.mustAddress(t, "?q=pk-1&state=pending")
	if got := p.text(t, ".account-user"); got != "Signed in as ann@example.com moderator" {
		t.Errorf("the bar says %q", got)
	}
	p.do(t, chromedp.Reload())
	p.waitForCard(t, "pending", "pk-1")
}

// TestWhoHasNoPartHereIsTold, on a page that keeps to the policy, and can go back.
func TestWhoHasNoPartHereIsTold(t *testing.T) {
	t.Parallel()
	g, provider := startWithProvider(t)
	provider.QueueUser(&mockoidc.MockUser{Subject: "1", Email: "<b>eve</b>@example.com", EmailVerified: true, Groups: []string{"others"}})
	p := newTab(t)
	p.expectNotSignedIn()
	p.expect("403 (Forbidden)")
	p.open(t, g.url("/"))
	p.waitFor(t, signInIsShown)
	p.do(t, chromedp.Click(chromedp.CSS(".sign-in .primary")))
	p.waitFor(t, `document.querySelector('h1')?.innerText === 'You may not see this hub'`)
	if got := p.text(t, ".sign-in blockquote"); got != "Your account: <b>eve</b>@example.com" {
		t.Errorf("the page quotes %q", got)
	}
	if got := evaluate[string](t, p, `getComputedStyle(document.querySelector('.sign-in .primary')).fontWeight`); got != "600" {
		t.Error("the page has no style")
	}
	p.do(t, chromedp.Click(chromedp.CSS(".sign-in .primary")))
	p.waitFor(t, signInIsShown)
}

// TestOtherSitesSignNobodyIn, try as they may in a visitor's browser.
func TestOtherSitesSignNobodyIn(t *testing.T) {
	t.Parallel()
	g := startGuarded(t, nil)
	evil := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<!doctype html><link rel=icon href=data:,><p>hello"))
	}))
	t.Cleanup(evil.Close)
	p := newTab(t)
	p.expectNotSignedIn()
	p.expect("CORS")
	p.expect("403 (Forbidden)")
	p.expect("net::ERR_") // Cross-Origin-Resource-Policy
	p.open(t, evil.URL)
	body := quote(`{"token":` + quote(token(t, hub.Grant{User: "eve"})) + `}`)
	for _, request := range []string{
		`{ method: 'POST', headers: { 'content-type': 'application/json' }, credentials: 'include', body: ` + body + ` }`,
		`{ method: 'POST', mode: 'no-cors', credentials: 'include', body: ` + body + ` }`,
		`{ method: 'DELETE', credentials: 'include' }`,
	} {
		got := evaluate[string](t, p, `fetch(`+quote(g.url("/v1/session"))+`, `+request+`).then((r) => r.type, () => 'refused')`)
		if got != "refused" && got != "opaque" {
			t.Errorf("%s: %s", request, got)
		}
	}
	p.open(t, g.url("/"))
	p.waitFor(t, signInIsShown)

	// Nor does a visitor's cookie reach the hub from there, or anybody sign out.
	p.signIn(t, token(t, hub.Grant{User: "mod"}))
	p.waitFor(t, boardIsLive)
	p.open(t, evil.URL)
	evaluate[string](t, p, `fetch(`+quote(g.url("/v1/session"))+`, { method: 'DELETE', credentials: 'include' }).then((r) => r.type, () => 'refused')`)
	if got := evaluate[string](t, p, `fetch(`+quote(g.url("/v1/battles"))+`, { credentials: 'include' }).then((r) => r.type, () => 'refused')`); got != "refused" {
		t.Errorf("another site reads the board: %s", got)
	}
	p.open(t, g.url("/"))
	p.waitFor(t, boardIsLive)
}
