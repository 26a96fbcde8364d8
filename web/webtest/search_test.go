package webtest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

func TestSearchAndFilterLiveInTheAddress(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	live := newBattle(h, "live", "Arena-1", "pk-2").create(t, true).start(t)
	pending := newBattle(h, "pending", "arena-3", "pk-4").create(t, true)
	other := newBattle(h, "other", "pk-5", "pk-6").create(t, true).start(t).end(t, 0, time.Minute, 1, 2)
	p := newTab(t)
	p.open(t, h.url("/?keep=this"))
	p.waitFor(t, `document.querySelectorAll('.card').length === 3`)

	p.press(t, "/")
	p.do(t, chromedp.KeyEvent("arena"))
	p.waitFor(t, `document.querySelectorAll('.card').length === 2`)
	p.mustAddress(t, "?keep=this&q=arena")
	if got := evaluate[string](t, p, `[...document.querySelectorAll('.state')].map((state) => state.innerText.replace(/\s+/g, ' ')).join(' ')`); got != "All 2 Pending 1 Live 1 Ended 0" {
		t.Errorf("counts: %q", got)
	}

	p.do(t, chromedp.Click(chromedp.CSS(".state.pending")))
	p.waitFor(t, `document.querySelectorAll('.card').length === 1`)
	p.mustAddress(t, "?keep=this&q=arena&state=pending")
	p.do(t, chromedp.Reload())
	p.waitFor(t, `document.querySelectorAll('.card').length === 1`)
	if got := p.cards(t); got[0].ID != pending.id {
		t.Errorf("after a reload: %v", got)
	}

	p.do(t, chromedp.Click(chromedp.CSS(".state.ended")))
	p.waitFor(t, `document.querySelector('.notice .button') !== null`)
	p.do(t, chromedp.Click(chromedp.CSS(".notice .button")))
	p.waitFor(t, `document.querySelectorAll('.card').length === 3`)
	p.mustAddress(t, "?keep=this")

	for text, want := range map[string]string{
		live.id:                        live.id, // raw base64, with its + and /
		strings.ToUpper("op-arena-3"):  pending.id,
		"  " + ownerOf("pk-6") + "  ":  other.id,
		ownerOf("arena-1"):             live.id,
		other.id[2 : len(other.id)-4]:  other.id,
		strings.ToLower(live.id[3:20]): live.id,
		"pk-4":                         pending.id,
	} {
		evaluate[chromedp.Void](t, p, `{
			const input = document.querySelector('.search-box input');
			input.value = `+quote(text)+`;
			input.dispatchEvent(new Event('input', { bubbles: true }));
		}`)
		p.waitFor(t, `document.querySelectorAll('.card').length === 1`)
		if got := p.cards(t); len(got) != 1 || got[0].ID != want {
			t.Errorf("search for %q: %v, want %s", text, got, want)
		}
		if got := evaluate[string](t, p, `new URLSearchParams(location.search).get('q')`); got != text {
			t.Errorf("the address holds %q, want %q", got, text)
		}
	}
}

func TestTheSearchFollowsTheBoard(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	p := newTab(t)
	p.open(t, h.url("/?q=pk-1&state=live"))
	p.waitFor(t, `document.querySelector('.connection.live') !== null`)
	newBattle(h, "other", "pk-7", "pk-8").create(t, false).start(t)
	b := newBattle(h, "mine", "pk-1", "pk-2").create(t, true)
	b.start(t)
	p.waitForCard(t, "live", "pk-1")
	if got := p.ids(t, "live"); !slices.Equal(got, []string{b.id}) {
		t.Errorf("shown: %v", got)
	}
	b.end(t, 0, time.Minute, 1, 2)
	p.waitFor(t, `document.querySelector('.card') === null`)
}

// press sends a key as a keyboard does. chromedp's KeyEvent sends the character even if
// the page prevented it.
func (p *tab) press(t *testing.T, key string) {
	t.Helper()
	for _, event := range []input.DispatchKeyEventParams{
		{Type: input.DispatchKeyEventTypeRawKeyDown, Key: key},
		{Type: input.DispatchKeyEventTypeChar, Key: key, Text: key},
		{Type: input.DispatchKeyEventTypeKeyUp, Key: key},
	} {
		if _, err := chromedp.Call(p.ctx, input.DispatchKeyEvent, event); err != nil {
			t.Fatal(err)
		}
	}
}

func (p *tab) mustAddress(t *testing.T, query string) {
	t.Helper()
	if got := evaluate[string](t, p, `location.search`); got != query {
		t.Errorf("the address ends in %q, want %q", got, query)
	}
}
