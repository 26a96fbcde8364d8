package webtest

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

const focused = `document.activeElement.closest('[data-list] > [data-id]')?.dataset.id ?? ''`

// TestTheBoardByKeyboard: j and k go from battle to battle, through sections and what is out of
// sight, and further when a battle leaves; Enter opens, Escape closes and returns; p pins.
func TestTheBoardByKeyboard(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	first := newBattle(h, "first", "pk-1", "pk-2").lasting(2*time.Minute, 10*time.Second).create(t, true)
	var last *battle
	for i := range 30 {
		last = newBattle(h, "next "+string(rune('a'+i)), "pk-3", "pk-4").lasting(2*time.Minute, -time.Duration(i)*time.Second).create(t, true)
	}
	live := newBattle(h, "live", "pk-5", "pk-6").create(t, true).start(t)
	p := newTab(t)
	p.open(t, h.url("/"))
	p.waitFor(t, `document.querySelector('.section.live .card') !== null`)
	at := func(keys, id string) {
		t.Helper()
		for _, key := range keys {
			before := evaluate[string](t, p, focused)
			p.press(t, string(key))
			p.waitFor(t, `(`+focused+`) !== `+quote(before))
		}
		if id != "" {
			p.waitFor(t, `(`+focused+`) === `+quote(id))
		}
	}
	p.do(t, chromedp.Click(chromedp.CSS(".state.all"))) // its radio button has the focus now, and types nothing
	at("j", first.id)
	at("jk", first.id)
	for range 30 {
		at("j", "")
	}
	at("", last.id)
	if !evaluate[bool](t, p, `(({ top, bottom }) => top >= 0 && bottom <= innerHeight + 1)(document.activeElement.getBoundingClientRect())`) {
		t.Error("the focus is out of sight")
	}
	at("j", live.id)
	at("k", last.id)

	p.press(t, "p")
	p.waitFor(t, `document.activeElement.closest('.card').querySelectorAll('.pin').length === 2`)
	p.press(t, "p")
	p.waitFor(t, `document.querySelector('.pin') === null`)
	p.do(t, chromedp.KeyEvent(kb.Enter))
	p.waitFor(t, `document.querySelector('.detail .timeline > li') !== null`)
	p.press(t, "j") // is the drawer's to ignore
	p.do(t, chromedp.KeyEvent(kb.Escape))
	p.waitFor(t, `document.querySelector('dialog') === null && (`+focused+`) === `+quote(last.id))

	last.start(t) // and the battle leaves the list that the focus was in
	p.waitFor(t, `document.querySelector('.section.pending .count').innerText === '30'`)
	p.press(t, "?")
	p.waitFor(t, `document.querySelectorAll('.keys kbd').length > 5`)
	p.do(t, chromedp.KeyEvent(kb.Escape))
	p.waitFor(t, `document.querySelector('dialog') === null`)
	p.press(t, "j")
	p.waitFor(t, `(`+focused+`) !== ''`)
	p.press(t, "/")
	p.do(t, chromedp.KeyEvent("jp?"))
	p.waitFor(t, `document.querySelector('.search-box input').value === 'jp?' && document.querySelector('dialog') === null`)
}

// TestTabGoesDownThePage: the focus goes through the page as it is read, and into the board.
func TestTabGoesDownThePage(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	newBattle(h, "one", "pk-1", "pk-2").create(t, true)
	p := newTab(t)
	p.open(t, h.url("/?view=table"))
	p.waitFor(t, `document.querySelector('.row.pending') !== null`)
	order := ""
	for range 14 {
		p.do(t, chromedp.KeyEvent(kb.Tab))
		order += evaluate[string](t, p, `((e) => e.name || e.closest('.search-box, .language')?.className || e.innerText.trim().replace(/\s+/g, ' '))(document.activeElement)`) + "; "
	}
	want := "search-box; language; state; Filter; layout; Watchlist; Pictures; Export; ? Keyboard; Time left▲; Challenger; Length; Challenged; Battle of pk-1 and pk-2; "
	if order != want {
		t.Errorf("Tab goes through %q, want %q", order, want)
	}
}

// drawersAtOnce notes of each drawer whether it was open by the end of the task that added it.
const drawersAtOnce = `var openAtOnce = [];
	new MutationObserver((changes) => {
		for (const node of changes.flatMap((change) => [...change.addedNodes])) {
			if (node.matches?.('dialog.drawer')) openAtOnce.push(node.open);
		}
	}).observe(document, { childList: true, subtree: true });`

// TestDrawersTakeTheKeysAtOnce: a drawer that opened a frame after it was there left the keys
// pressed meanwhile, Escape among them, to the page behind it.
func TestDrawersTakeTheKeysAtOnce(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	p := newTab(t)
	p.script(t, drawersAtOnce)
	p.open(t, h.url("/"))
	p.waitFor(t, boardIsLive)
	p.press(t, "?")
	p.waitFor(t, `openAtOnce.length === 1`)
	if !evaluate[bool](t, p, `openAtOnce[0]`) {
		t.Error("the drawer was there before it was open")
	}
}
