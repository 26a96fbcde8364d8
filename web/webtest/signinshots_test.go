package webtest

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/oauth2-proxy/mockoidc"

	"battlehub/hub"
)

// TestSignInScreenshots looks at what people see who sign in; see examine.
func TestSignInScreenshots(t *testing.T) {
	t.Parallel()
	g, provider := startWithProvider(t)
	p := newTab(t)
	p.expectNotSignedIn()
	p.expect("403 (Forbidden)")
	p.open(t, g.url("/"))
	p.waitFor(t, signInIsShown)
	p.examine(t, "signin-elsewhere")
	provider.QueueUser(&mockoidc.MockUser{Subject: "1", Email: "eve@example.com", EmailVerified: true})
	p.do(t, chromedp.Click(chromedp.CSS(".sign-in .primary")))
	p.waitFor(t, `document.querySelector('blockquote') !== null`)
	p.examine(t, "signin-nopart")

	g = startGuarded(t, nil)
	p.open(t, g.url("/"))
	p.waitFor(t, signInIsShown)
	p.examine(t, "signin-token")
	p.signIn(t, "not a token")
	p.waitFor(t, `document.querySelector('#token-wrong')?.innerText.startsWith('This is not')`)
	p.examine(t, "signin-wrong")
	evaluate[chromedp.Void](t, p, `document.querySelector('#token').select()`)
	p.signIn(t, token(t, hub.Grant{User: "ann@example.com", Rooms: []string{"pk-1", "pk-2", "room-of-a-very-long-name"}}))
	p.waitFor(t, `document.querySelector('.notice') !== null`)
	p.examine(t, "owner-empty")
	for i, rooms := range [][]string{{"pk-1", "pk-7"}, {"pk-2", "pk-8"}, {"pk-1", "pk-9"}} {
		b := newBattle(g.hubProcess, string(rune('a'+i)), rooms[0], rooms[1:]...).create(t, true)
		if i > 0 {
			b.start(t)
		}
	}
	p.waitFor(t, `document.querySelectorAll('.section.live .card').length === 2`)
	p.examine(t, "owner-board")
	var soon hub.Authorizer = func(context.Context, hub.Credential) (hub.Grant, error) {
		return hub.Grant{User: "mod", Expires: time.Now().Add(time.Second)}, nil
	}
	g.judge.Store(&soon)
	p.do(t, chromedp.Reload())
	p.waitFor(t, `document.querySelector('.sign-in-why') !== null`)
	p.examine(t, "signin-expired")
}
