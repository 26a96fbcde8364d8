package webtest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// waitForIDs waits until the page shows these battles, as cards or in the table, in any order.
func (p *tab) waitForIDs(t *testing.T, want ...string) {
	t.Helper()
	slices.Sort(want)
	p.waitFor(t, `[...document.querySelectorAll('[data-list] > [data-id]')].map(({ dataset }) => dataset.id).sort().join() === `+quote(strings.Join(want, ",")))
}

// TestTheFilterLivesInTheAddress: each of its fields narrows the board at once, all of them
// survive a reload and can be sent to somebody, and what is exported is what is shown.
func TestTheFilterLivesInTheAddress(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	short := newBattle(h, "short", "arena-1", "pk-2").lasting(time.Minute, 0).create(t, true).start(t)
	long := newBattle(h, "long", "arena-3", "pk-4").lasting(10*time.Minute, 0).create(t, true).start(t)
	left := newBattle(h, "left", "arena-5", "pk-6").create(t, true).start(t).end(t, 1, 20*time.Second, 5, 3)
	p := newTab(t)
	dir := p.downloads(t)
	p.open(t, h.url("/?keep=this"))
	p.waitForIDs(t, short.id, long.id, left.id)
	if evaluate[bool](t, p, `document.querySelector('.filter').checkVisibility()`) {
		t.Error("the fields of the filter are open though nothing is asked")
	}
	p.do(t, chromedp.Click(chromedp.CSS(".toolbar [aria-controls=filter]")))
	p.waitFor(t, `document.querySelector('.filter').checkVisibility()`)

	for _, c := range []struct {
		field, text, address string
		want                 []string
	}{
		{"room", "arena", "?keep=this&room=arena", []string{short.id, long.id, left.id}},
		{"room", `"pk-4"`, "?keep=this&room=%22pk-4%22", []string{long.id}},
		{"room", "", "?keep=this", []string{short.id, long.id, left.id}},
		{"owner", ownerOf("pk-6"), "?keep=this&owner=owner-of-pk-6", []string{left.id}},
		{"owner", "", "?keep=this", []string{short.id, long.id, left.id}},
		{"operator", "op-arena-1", "?keep=this&operator=op-arena-1", []string{short.id}},
		{"operator", "", "?keep=this", []string{short.id, long.id, left.id}},
		{"length", "300-", "?keep=this&length=300-", []string{long.id}},
		{"length", "-60", "?keep=this&length=-60", []string{short.id, left.id}},
		{"outcome", "all_left", "?keep=this&length=-60&outcome=all_left", []string{left.id}},
	} {
		p.set(t, ".filter [name="+c.field+"]", c.text)
		p.waitForIDs(t, c.want...)
		p.mustAddress(t, c.address)
	}
	p.do(t, chromedp.Reload())
	p.waitForIDs(t, left.id)
	if got := p.texts(t, ".toolbar [aria-controls=filter]"); got[0] != "Filter 2 set" {
		t.Errorf("after a reload the button says %q", got[0])
	}
	p.set(t, ".filter [name=outcome]", "")
	p.waitForIDs(t, short.id, left.id)

	p.do(t, chromedp.Click(chromedp.CSS(`.tools [href*="panel=export"]`)))
	p.waitFor(t, `document.querySelector('.export p')?.innerText === '2 battles, as filtered:'`)
	p.do(t, chromedp.Click(chromedp.CSS(".export button:nth-of-type(2)")))
	downloaded(t, dir, "battles-*Z.ndjson")
	p.do(t, chromedp.KeyEvent(kb.Escape))
	p.waitFor(t, `document.querySelector('dialog') === null`)
	evaluate[chromedp.Void](t, p, `[...document.querySelectorAll('.filter .button')].find((button) => button.innerText === 'Clear').click()`)
	p.waitForIDs(t, short.id, long.id, left.id)
	p.mustAddress(t, "?keep=this")
}

// set gives a field a value, as typing or choosing does.
func (p *tab) set(t *testing.T, selector, value string) {
	t.Helper()
	evaluate[chromedp.Void](t, p, `{ const field = document.querySelector(`+quote(selector)+`); field.value = `+quote(value)+`;
		field.dispatchEvent(new Event(field.matches('select') ? 'change' : 'input', { bubbles: true })); }`)
}

// TestViewsAreSaved under a name, in this browser, and take one click.
func TestViewsAreSaved(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	short := newBattle(h, "short", "pk-1", "pk-2").lasting(time.Minute, 0).create(t, true).start(t)
	long := newBattle(h, "long", "pk-3", "pk-4").lasting(10*time.Minute, 0).create(t, true).start(t)
	p := newTab(t)
	p.script(t, `localStorage.getItem('battlehub-views') ?? localStorage.setItem('battlehub-views', '[{"name":7},{"name":"<b>mine</b>","asks":"room=pk-1"}]')`)
	p.open(t, h.url("/?length=300-&view=table&app=1400000000"))
	p.waitForIDs(t, long.id)
	p.fill(t, ".field-form input", "Long ones"+kb.Enter)
	p.waitFor(t, `document.querySelectorAll('.view').length === 2 && document.querySelector('.view[aria-current]')?.innerText === 'Long ones'`)
	if got := p.texts(t, ".view"); !slices.Equal(got, []string{"<b>mine</b>", "Long ones"}) {
		t.Errorf("views %q", got)
	}

	p.do(t, chromedp.Click(chromedp.CSS("li:first-child > .view")))
	p.waitForIDs(t, short.id)
	p.mustAddress(t, "?app=1400000000&room=pk-1")
	p.do(t, chromedp.Reload())
	p.waitForIDs(t, short.id)
	p.do(t, chromedp.Click(chromedp.CSS("li:last-child > .view")))
	p.waitForIDs(t, long.id)
	p.waitFor(t, `document.querySelector('.row.live') !== null`)

	evaluate[chromedp.Void](t, p, `[...document.querySelectorAll('.filter .button')].find((button) => button.innerText === 'Delete view').click()`)
	p.waitFor(t, `document.querySelectorAll('.view').length === 1`)
	evaluate[chromedp.Void](t, p, `history.back()`)
	p.waitForIDs(t, short.id)
}

// TestAnIDThatLeftTheBoardIsFound in the hub's log.
func TestAnIDThatLeftTheBoardIsFound(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	old := newBattle(h, "old", "pk-1", "pk-2").create(t, false).start(t).end(t, 0, time.Minute, 1, 2)
	now := newBattle(h, "now", "pk-1", "pk-2").lasting(time.Hour, 0).create(t, false).start(t)
	p := newTab(t)
	p.script(t, alone+warp)
	p.open(t, h.url("/"))
	p.waitForIDs(t, old.id, now.id)
	evaluate[chromedp.Void](t, p, `pass(16 * 60_000)`)
	p.waitForIDs(t, now.id)
	p.press(t, "/")
	p.do(t, chromedp.KeyEvent(old.id))
	p.waitFor(t, `document.querySelector('.notice .primary')?.innerText === 'Look this id up in the log'`)
	p.do(t, chromedp.KeyEvent(kb.Enter))
	p.waitFor(t, `document.querySelectorAll('.detail .timeline > li').length === 3`)
}
