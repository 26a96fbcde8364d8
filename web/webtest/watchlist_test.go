package webtest

import (
	"slices"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"battlehub/hub"
)

// ears notes what the page would be heard and seen by outside of itself.
const ears = `{
	window.heard = { sounds: 0, notes: [] };
	const { start } = OscillatorNode.prototype, Real = Notification;
	OscillatorNode.prototype.start = function (...at) { heard.sounds++; return start.apply(this, at); };
	window.Notification = class extends Real { constructor(title, options) { super(title, options); heard.notes.push(title + ': ' + options.body); } };
}`

// mayNotify has the browser let pages notify, as a person would who was asked.
func (p *tab) mayNotify(t *testing.T) {
	t.Helper()
	granted := browser.SetPermissionParams{Permission: &browser.PermissionDescriptor{Name: "notifications"}, Setting: browser.PermissionSettingGranted}
	if _, err := chromedp.Call(p.ctx, browser.SetPermission, granted); err != nil {
		t.Fatal(err)
	}
}

// fill types into the field after emptying it.
func (p *tab) fill(t *testing.T, selector, text string) {
	t.Helper()
	evaluate[chromedp.Void](t, p, `{ const field = document.querySelector(`+quote(selector)+`); field.focus(); field.select?.(); }`)
	p.do(t, chromedp.KeyEvent(text))
}

// choose picks an option of a select, as a person does.
func (p *tab) choose(t *testing.T, selector, value string) {
	t.Helper()
	evaluate[chromedp.Void](t, p, `{ const menu = document.querySelector(`+quote(selector)+`); menu.value = `+quote(value)+`;
		menu.dispatchEvent(new Event('change', { bubbles: true })); }`)
}

// texts returns the text of all elements that match.
func (p *tab) texts(t *testing.T, selector string) []string {
	t.Helper()
	return evaluate[[]string](t, p, `[...document.querySelectorAll(`+quote(selector)+`)].map((e) => e.innerText.replace(/\s+/g, ' ').trim())`)
}

// TestTheWatchlist: what is pinned is shown with its battles, rules alert by each way that is
// switched on, and all of it outlives a reload.
func TestTheWatchlist(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	p := newTab(t)
	p.mayNotify(t)
	p.script(t, ears)
	p.open(t, h.url("/?panel=watchlist"))
	p.waitFor(t, `document.querySelector('.watch') !== null`)
	p.fill(t, "#pinned-heading + form input", "pk-2"+kb.Enter)
	p.waitFor(t, `document.querySelectorAll('.pins li').length === 1`)
	p.choose(t, "#pinned-heading + form select", "owner")
	p.fill(t, "#pinned-heading + form input", "owner-of-pk-1"+kb.Enter)
	p.waitFor(t, `document.querySelectorAll('.pins li').length === 2`)

	p.do(t, chromedp.Click(chromedp.CSS(".rules ~ form button"))) // any pinned room is challenged
	p.choose(t, ".rules ~ form select", "busy")
	p.waitFor(t, `document.querySelector('.rules ~ form [type=number]') !== null`)
	p.fill(t, ".rules ~ form [type=number]", "1"+kb.Enter)
	p.choose(t, ".rules ~ form select", "pinned")
	p.do(t, chromedp.Click(chromedp.CSS(".rules ~ form button")))
	p.waitFor(t, `document.querySelectorAll('.rules li').length === 3`)
	for _, channel := range []string{"sound", "desktop"} {
		p.do(t, chromedp.Click(chromedp.CSS("[name="+channel+"]")))
	}
	p.do(t, chromedp.Reload())
	p.waitFor(t, boardIsLive)
	want := []string{"any pinned room is challenged Remove", "an owner has more than 1 battles an hour Remove", "a battle of a pinned room or owner begins Remove"}
	if got := p.texts(t, ".rules li"); !slices.Equal(got, want) {
		t.Errorf("after a reload the rules are %q", got)
	}
	p.do(t, chromedp.Click(chromedp.CSS("#watch-heading"))) // without a gesture browsers keep pages quiet

	newBattle(h, "one", "pk-1", "pk-2").create(t, true).start(t)
	p.waitFor(t, `document.querySelectorAll('.toast').length === 2 && heard.notes.length === 2 && heard.sounds > 0`)
	if got, want := p.texts(t, ".toast p"), []string{"A pinned room is challenged pk-1 · pk-2", "A battle of something pinned begins pk-1 · pk-2"}; !slices.Equal(got, want) {
		t.Errorf("toasts %q, want %q", got, want)
	}
	p.waitFor(t, `[...document.querySelectorAll('.pins li')].every((pin) => pin.innerText.includes('Live pk-1 · pk-2'))`)

	// A toast can be used under an open drawer, which makes the rest of the page inert.
	p.do(t, chromedp.Click(chromedp.CSS(".toast:first-child .toast-close")))
	p.waitFor(t, `document.querySelectorAll('.toast').length === 1`)
	p.do(t, chromedp.Click(chromedp.CSS(".toast a")))
	p.waitFor(t, `document.querySelector('.toast') === null && document.querySelector('.detail .timeline') !== null`)
	p.do(t, chromedp.KeyEvent(kb.Escape))
	p.waitFor(t, `document.querySelector('.detail') === null && document.querySelector('.watch') !== null`)

	// Switched off, a way is silent; the list of alerts has them all the same.
	for _, channel := range []string{"toast", "sound", "desktop"} {
		p.do(t, chromedp.Click(chromedp.CSS("[name="+channel+"]")))
	}
	p.do(t, chromedp.Click(chromedp.CSS(".rules li:last-child [type=checkbox]")))
	before := evaluate[int](t, p, `heard.sounds`)
	newBattle(h, "two", "pk-1", "pk-3").create(t, true).start(t)
	p.waitFor(t, `document.querySelectorAll('.watch .happened li').length === 3`)
	if got := p.texts(t, ".watch .happened li strong"); got[0] != "owner-of-pk-1 has more than 1 battles an hour" {
		t.Errorf("alerts %q", got)
	}
	if n := evaluate[int](t, p, `document.querySelectorAll('.toast').length + heard.notes.length + heard.sounds`); n != 2+before {
		t.Errorf("what was switched off is heard: %d", n)
	}
	if got, want := evaluate[[]string](t, p, `heard.notes`), "A pinned room is challenged: Battle of pk-1 and pk-2"; got[0] != want {
		t.Errorf("notes %q", got)
	}
}

// TestAPresumedEndAlerts, and the number of alerts that were not looked at stands at the list.
func TestAPresumedEndAlerts(t *testing.T) {
	t.Parallel()
	g := startGuarded(t, nil)
	p := newTab(t)
	p.script(t, `localStorage.setItem('battlehub-rules', '[{"id":"1","kind":"presumed","on":true,"value":""},{"id":"x","kind":"__proto__","on":true,"value":""},7]');
		localStorage.setItem('battlehub-pins', '{"not":"a list"}')`) // what is kept may be anything
	p.openSignedIn(t, g, hub.Grant{User: "mod"})
	b := newBattle(g.hubProcess, "lost", "<i>pk-1</i>", "pk-2").create(t, false).start(t)
	inferred := hub.Event{ID: hub.EventID(testApp, hub.KindPresumedEnded, b.id), App: testApp, Kind: hub.KindPresumedEnded, Battle: b.id,
		At: hub.At(time.Now()), ReceivedAt: hub.At(time.Now()), From: hub.Side{Room: b.from}, Outcome: hub.OutcomePresumedEnded}
	if _, err := g.log.Append(t.Context(), []hub.Event{inferred}); err != nil { // as a node does, half a minute late
		t.Fatal(err)
	}
	p.waitFor(t, `document.querySelector('.toast')?.innerText.replace(/\s+/g, ' ').startsWith('An end is presumed <i>pk-1</i> · pk-2')`)
	p.waitFor(t, `document.querySelector('.tools')?.innerText.replace(/\s+/g, ' ').startsWith('Watchlist 1 new alerts')`)
	p.do(t, chromedp.Click(chromedp.CSS(".tools a")))
	p.waitFor(t, `document.querySelectorAll('.watch .happened li').length === 1 && document.querySelector('.badge') === null`)
}
