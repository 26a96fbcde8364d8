package webtest

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"battlehub/hub"
)

// TestSigningInByToken, under either name of this machine: browsers keep a Secure cookie of
// plain http for both.
func TestSigningInByToken(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"localhost", "127.0.0.1"} {
		t.Run(host, func(t *testing.T) {
			t.Parallel()
			g := startGuarded(t, nil)
			newBattle(g.hubProcess, "one", "pk-1", "pk-2").create(t, true)
			p := newTab(t)
			p.expectNotSignedIn()
			p.open(t, strings.Replace(g.url("/?q=pk"), "localhost", host, 1))
			p.waitFor(t, signInIsShown)
			if got := p.text(t, ".sign-in"); got != "battlehub Sign in Token Paste the token that you got from whoever runs this hub. Sign in" {
				t.Errorf("the page says %q", got)
			}
			if got := evaluate[string](t, p, `document.title`); got != "Sign in · battlehub" {
				t.Errorf("title %q", got)
			}
			p.signIn(t, "not a token")
			p.waitFor(t, `document.querySelector('#token-wrong')?.innerText.startsWith('This is not a whole token')`)
			p.signIn(t, token(t, hub.Grant{User: "mod"})[:40]+".x.y")
			p.waitFor(t, `document.querySelector('#token-wrong')?.innerText.includes('token') && document.querySelector('#token')?.ariaInvalid === 'true'`)
			evaluate[chromedp.Void](t, p, `document.querySelector('#token').select()`)
			p.signIn(t, "Bearer "+token(t, hub.Grant{User: "mod"}))
			p.waitForCard(t, "pending", "pk-1")
			p.mustAddress(t, "?q=pk")
			if got := p.text(t, ".account"); got != "Signed in as mod moderator Sign out" {
				t.Errorf("the bar says %q", got)
			}
			if got := evaluate[string](t, p, `document.cookie`); got != "" {
				t.Errorf("scripts can read the cookie: %q", got)
			}

			p.do(t, chromedp.Reload())
			p.waitForCard(t, "pending", "pk-1")
			p.do(t, chromedp.Click(chromedp.CSS(".account .button")))
			p.waitFor(t, signInIsShown)
			if why := p.text(t, ".sign-in-why"); why != "" {
				t.Errorf("who signed out is told %q", why)
			}
			p.do(t, chromedp.Reload())
			p.waitFor(t, signInIsShown)
		})
	}
}

// TestAnExpiredSessionEndsOnThePage: what was shown is gone, and says why.
func TestAnExpiredSessionEndsOnThePage(t *testing.T) {
	t.Parallel()
	g := startGuarded(t, nil)
	var judged atomic.Int32
	authorize := hub.Authorizer(func(context.Context, hub.Credential) (hub.Grant, error) {
		grant := hub.Grant{User: "mod"}
		if judged.Add(1) == 3 { // after the form and the question, the connection
			grant.Expires = time.Now().Add(time.Second)
		}
		return grant, nil
	})
	g.judge.Store(&authorize)
	newBattle(g.hubProcess, "one", "pk-1", "pk-2").create(t, true)
	p := newTab(t)
	p.expectNotSignedIn()
	p.open(t, g.url("/?q=pk"))
	p.signIn(t, "any")
	p.waitFor(t, signInIsShown+` && document.querySelector('.sign-in-why')?.innerText === 'Your session has expired. Sign in again to go on.'`)
	p.signIn(t, "any")
	p.waitForCard(t, "pending", "pk-1")
	p.mustAddress(t, "?q=pk")
}

func TestARevokedSessionEndsOnThePage(t *testing.T) {
	t.Parallel()
	g := startGuarded(t, nil)
	newBattle(g.hubProcess, "one", "pk-1", "pk-2").create(t, true)
	p := newTab(t)
	p.openSignedIn(t, g, hub.Grant{User: "mod", TokenID: "mods"})
	p.waitForCard(t, "pending", "pk-1")
	if err := g.hub.Revoke(t.Context(), hub.Revocation{Token: "mods"}); err != nil {
		t.Fatal(err)
	}
	p.waitFor(t, signInIsShown+` && document.querySelector('.sign-in-why')?.innerText.startsWith('Your access was revoked.')`)
	p.do(t, chromedp.Reload()) // the browser has the token still
	p.waitFor(t, signInIsShown+` && document.querySelector('.sign-in-why')?.innerText.startsWith('Your access was revoked.')`)
	p.signIn(t, token(t, hub.Grant{User: "mod", TokenID: "other"}))
	p.waitForCard(t, "pending", "pk-1")
}

// TestTabsFollow: who signs in or out in one tab has done it in all.
func TestTabsFollow(t *testing.T) {
	t.Parallel()
	g := startGuarded(t, nil)
	one := newTab(t)
	one.expectNotSignedIn()
	one.open(t, g.url("/"))
	one.waitFor(t, signInIsShown)
	ctx, cancel := chromedp.NewContext(one.ctx)
	t.Cleanup(cancel)
	other := &tab{ctx: ctx}
	other.open(t, g.url("/"))
	other.signIn(t, token(t, hub.Grant{User: "mod"}))
	other.waitFor(t, boardIsLive)
	one.waitFor(t, boardIsLive)
	evaluate[chromedp.Void](t, one, `document.querySelector('.account .button').click()`)
	one.waitFor(t, signInIsShown)
	other.waitFor(t, signInIsShown)
}

func TestTroubleWithSigningInIsExplained(t *testing.T) {
	t.Parallel()
	g := startGuarded(t, nil)
	p := newTab(t)
	p.expectNotSignedIn()
	p.expect("503 (Service Unavailable)")
	p.open(t, g.url("/"))
	wants := func(words string) {
		t.Helper()
		p.waitFor(t, `document.querySelector('#token-wrong')?.innerText.includes(`+quote(words)+`)`)
		if !evaluate[bool](t, p, `document.activeElement.id === 'token' && document.querySelector('[role=alert]') !== null`) {
			t.Error("the cursor is not where the token is")
		}
	}
	p.signIn(t, "")
	wants("Paste a token first.")
	foreign := hub.Authorizer(func(context.Context, hub.Credential) (hub.Grant, error) {
		return hub.Grant{}, &hub.Refusal{Reason: hub.RefusedClaims, Detail: `the token's claims: <img src=x onerror="document.title='pwned'">`}
	})
	g.judge.Store(&foreign)
	p.signIn(t, "x")
	wants(`The hub refused: the token's claims: <img src=x`)
	down := hub.Authorizer(func(context.Context, hub.Credential) (hub.Grant, error) { return hub.Grant{}, errors.New("down") })
	g.judge.Store(&down)
	p.signIn(t, "x")
	wants("tokens cannot be judged now")
	if n := evaluate[int](t, p, `document.querySelectorAll('.sign-in img').length`); n != 1 {
		t.Errorf("%d images; the brand's is one", n)
	}
}

// TestOwnersSeeTheirRoomsOnly, and are told so rather than how to set up a hub.
func TestOwnersSeeTheirRoomsOnly(t *testing.T) {
	t.Parallel()
	g := startGuarded(t, nil)
	newBattle(g.hubProcess, "others", "pk-8", "pk-9").create(t, true)
	p := newTab(t)
	p.openSignedIn(t, g, hub.Grant{User: `<b>ann</b> & a name that is far too long to be shown in full in a bar`, Rooms: []string{"pk-1", "<i>pk</i>"}})
	p.waitFor(t, `document.querySelector('.notice') !== null`)
	if got := p.text(t, ".notice"); got != "No battle in your rooms You see the battles of your rooms. One shows here the moment it is created. pk-1 <i>pk</i>" {
		t.Errorf("the page says %q", got)
	}
	if got := p.text(t, ".account-role"); got != "owner" {
		t.Errorf("role %q", got)
	}
	for _, width := range []int64{360, 1280} {
		p.do(t, chromedp.EmulateViewport(width, 800))
		if evaluate[bool](t, p, `document.documentElement.scrollWidth > innerWidth`) {
			t.Errorf("at %d pixels, the name widens the page", width)
		}
	}
	newBattle(g.hubProcess, "hers", "pk-1", "pk-2").create(t, true)
	p.waitForCard(t, "pending", "pk-1")
	if n := len(p.cards(t)); n != 1 {
		t.Errorf("%d cards", n)
	}
}

func TestAnOpenHubKnowsNobody(t *testing.T) {
	t.Parallel()
	p := newTab(t)
	p.open(t, startHub(t).url("/"))
	p.waitFor(t, boardIsLive)
	if n := evaluate[int](t, p, `document.querySelectorAll('.account, .sign-in').length`); n > 0 {
		t.Error("somebody is signed in")
	}
}
