package webtest

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"battlehub/hub"
	"battlehub/hub/auth"
	"battlehub/hub/auth/signin"
	"battlehub/hub/memlog"
	"battlehub/web"
	"battlehub/webhook"
)

const (
	testApp    hub.App    = 1400000000
	testSecret hub.Secret = "test-0123456789abcdef0123456789abcdef"
)

// What is true of the page, in JavaScript.
const (
	boardIsLive   = `document.querySelector('.connection.live') !== null`
	signInIsShown = `document.querySelector('.sign-in') !== null && document.querySelector('.board, .card, .bar, .detail') === null`
)

// guardedHub is a hub in this process that people sign in to.
type guardedHub struct {
	*hubProcess // for its address: battles are sent to it
	hub         *hub.Hub
	log         hub.Log
	judge       atomic.Pointer[hub.Authorizer] // which a test may replace
}

// startGuarded serves a hub. The pages are at http://localhost, since browsers keep Secure
// cookies of plain http for this machine alone.
func startGuarded(t *testing.T, change func(*signin.Options)) *guardedHub {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	judge, err := auth.New(auth.Options{Secrets: []hub.Secret{testSecret}})
	if err != nil {
		t.Fatal(err)
	}
	g := &guardedHub{hubProcess: &hubProcess{addr: "localhost:" + port}}
	authorize := hub.Authorizer(judge.Authorize)
	g.judge.Store(&authorize)
	log, err := memlog.Open(memlog.Options{App: testApp})
	if err != nil {
		t.Fatal(err)
	}
	g.log = log
	g.hub = hub.New(map[hub.App]hub.Log{testApp: log}, hub.Options{LocalOnly: true,
		Authorize: func(ctx context.Context, c hub.Credential) (hub.Grant, error) { return (*g.judge.Load())(ctx, c) }})
	o := signin.Options{Authorize: g.hub.Authorize, Identify: g.hub.Identify, Tokens: true}
	if change != nil {
		o.Origin = g.url("")
		change(&o)
	}
	server := httptest.NewUnstartedServer(g.handler(log, o))
	server.Listener.Close()
	server.Listener = ln
	g.hub.Start()
	server.Start()
	t.Cleanup(func() {
		g.hub.Close()
		server.Close()
		if err := log.Close(); err != nil {
			t.Error(err)
		}
	})
	return g
}

func (g *guardedHub) handler(log hub.Log, o signin.Options) http.Handler {
	mux, signIn := http.NewServeMux(), signin.New(o)
	mux.Handle("/webhook", webhook.New(webhook.Options{Apps: map[hub.App]webhook.App{testApp: {Log: log}}}))
	mux.Handle("/v1/session", signIn)
	mux.Handle("/v1/signin/", signIn)
	mux.Handle("/v1/", g.hub.Handler())
	mux.Handle("/", web.Handler())
	return mux
}

// token makes one for an hour.
func token(t *testing.T, g hub.Grant) string {
	t.Helper()
	g.Expires = time.Now().Add(time.Hour)
	text, err := auth.Mint(testSecret, g)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// signIn pastes a token where the cursor is, and presses Enter.
func (p *tab) signIn(t *testing.T, token string) {
	t.Helper()
	p.waitFor(t, `document.activeElement?.id === 'token'`)
	if _, err := chromedp.Call(p.ctx, input.InsertText, input.InsertTextParams{Text: token}); err != nil {
		t.Fatal(err)
	}
	p.do(t, chromedp.KeyEvent(kb.Enter))
}

// openSignedIn opens the hub's page and signs in.
func (p *tab) openSignedIn(t *testing.T, g *guardedHub, grant hub.Grant) {
	t.Helper()
	p.expectNotSignedIn()
	p.open(t, g.url("/"))
	p.signIn(t, token(t, grant))
	p.waitFor(t, boardIsLive)
}

// expectNotSignedIn lets pass what a browser says of every 401.
func (p *tab) expectNotSignedIn() { p.expect("401 (Unauthorized)") }

// text returns the text of the first element that matches; "" if there is none.
func (p *tab) text(t *testing.T, selector string) string {
	t.Helper()
	return evaluate[string](t, p, `document.querySelector(`+quote(selector)+`)?.innerText.replace(/\s+/g, ' ').trim() ?? ''`)
}
