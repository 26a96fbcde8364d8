package webtest

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"battlehub/hub"
)

// The example for a room's owner. That it breaks no Content-Security-Policy the tab checks.

// shows is true once the page shows a battle so.
func shows(text string) string {
	return `[...document.querySelectorAll('li')].some((item) => item.textContent.startsWith(` + quoted(text) + `))`
}

func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", `\'`) + "'" }

const ownerIsLive = `document.querySelector('[role=status]').textContent === 'live'`

func TestTheOwnerExample(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	newBattle(h, "of others", "pk-1", "pk-2").create(t, true)
	p := newTab(t)
	p.expectDown()
	p.open(t, h.url("/examples/owner.html?room=pk-3"))
	p.waitFor(t, ownerIsLive)

	b := newBattle(h, "mine", "pk-5", "pk-3").create(t, true)
	p.waitFor(t, shows("Challenged by pk-5: "))
	b.start(t)
	p.waitFor(t, shows("Against pk-5: "))
	left := evaluate[string](t, p, `document.querySelector('li').textContent`)
	p.waitFor(t, `document.querySelector('li').textContent !== `+quoted(left)) // it counts down
	p.examine(t, "example-owner")
	h.Kill()
	p.waitFor(t, `document.querySelector('[role=status]').textContent.startsWith('waiting')`)
	h.start(t)
	b.end(t, 0, time.Minute, 5, 6)
	p.waitFor(t, shows("Against pk-5: you won"))
	if n := evaluate[int](t, p, `document.querySelectorAll('li').length`); n != 1 {
		t.Errorf("%d battles, want the one of the room", n)
	}
}

func TestTheOwnerExampleShowsHostileNamesAsText(t *testing.T) {
	t.Parallel()
	const room = `<img src=x onerror="document.title='hit'">`
	h := startHub(t)
	newBattle(h, "hostile", room, "pk-3").create(t, true)
	p := newTab(t)
	p.open(t, h.url("/examples/owner.html?room=pk-3"))
	p.waitFor(t, shows("Challenged by "+room))
	p.open(t, h.url("/examples/owner.html?room="+url.QueryEscape(room)))
	p.waitFor(t, shows("You challenge pk-3: "))
	if evaluate[bool](t, p, `document.querySelector('img') !== null || document.title === 'hit'`) {
		t.Error("a room's name became markup")
	}
}

func TestTheOwnerExampleTakesAToken(t *testing.T) {
	t.Parallel()
	g := startGuarded(t, nil)
	newBattle(g.hubProcess, "mine", "pk-3", "pk-5").create(t, true)
	p := newTab(t)
	p.open(t, g.url("/examples/owner.html?room=pk-3"))
	p.waitFor(t, `document.querySelector('[role=status]').textContent.startsWith('refused: unauthenticated')`)
	p.do(t, chromedp.Focus("[name=token]"))
	if _, err := chromedp.Call(p.ctx, input.InsertText, input.InsertTextParams{Text: token(t, hub.Grant{User: "ann", Rooms: []string{"pk-3"}})}); err != nil {
		t.Fatal(err)
	}
	p.do(t, chromedp.KeyEvent(kb.Enter))
	p.waitFor(t, ownerIsLive)
	p.waitFor(t, shows("You challenge pk-5: "))
}
