package webtest

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// shown is what the page shows of a battle.
type shown struct {
	ID, State, Text string
}

// cards returns the battles that the page shows, from top to bottom.
func (p *tab) cards(t *testing.T) []shown {
	t.Helper()
	return evaluate[[]shown](t, p, `[...document.querySelectorAll('.card')].map((card) => ({
		ID: new URL(card.querySelector('.card-link').href).searchParams.get('battle'),
		State: ['pending', 'live', 'ended'].find((state) => card.classList.contains(state)),
		Text: card.innerText.replace(/\s+/g, ' '),
	}))`)
}

// ids of the cards of a section.
func (p *tab) ids(t *testing.T, state string) []string {
	t.Helper()
	var ids []string
	for _, card := range p.cards(t) {
		if card.State == state {
			ids = append(ids, card.ID)
		}
	}
	return ids
}

// mustShow fails the test unless the page shows exactly the hub's board, nothing twice.
func (p *tab) mustShow(t *testing.T, board map[string]string) {
	t.Helper()
	got := map[string]string{}
	for _, card := range p.cards(t) {
		if _, twice := got[card.ID]; twice {
			t.Errorf("battle %s is shown twice", card.ID)
		}
		got[card.ID] = card.State
	}
	if !maps.Equal(got, board) {
		t.Errorf("the page shows %v, the hub has %v", got, board)
	}
}

// script runs JavaScript in every page before its own.
func (p *tab) script(t *testing.T, source string) {
	t.Helper()
	if _, err := chromedp.Call(p.ctx, page.AddScriptToEvaluateOnNewDocument,
		page.AddScriptToEvaluateOnNewDocumentParams{Source: source}); err != nil {
		t.Fatal(err)
	}
}

func TestTheFirstPaintIsRight(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	soon := newBattle(h, "soon", "pk-1", "pk-2").lasting(2*time.Minute, time.Minute).create(t, true).start(t)
	later := newBattle(h, "later", "pk-3", "pk-4").lasting(5*time.Minute, time.Minute).create(t, true).start(t)
	waiting := newBattle(h, "waiting", "pk-5", "pk-6", "pk-7").create(t, true)
	older := newBattle(h, "older", "pk-8", "pk-9").lasting(time.Minute, 3*time.Minute).create(t, false).start(t).end(t, 0, time.Minute, 1, 2)
	newer := newBattle(h, "newer", "pk-8", "pk-9").lasting(time.Minute, 2*time.Minute).create(t, false).start(t).end(t, 0, time.Minute, 1, 2)

	p := newTab(t)
	// What any frame, however short, has shown.
	p.script(t, `window.drawn = new Set();
		new MutationObserver(() => {
			for (const text of ['.first-run', '.notice', '.none', '.banner']) if (document.querySelector(text)) drawn.add(text);
			const cards = document.querySelectorAll('.card').length;
			if (cards) drawn.add(cards + ' cards');
			if (document.querySelector('main')) drawn.add(cards || document.querySelector('main').ariaBusy === 'true' ? 'frame' : 'a frame that claims to be empty');
		}).observe(document, { subtree: true, childList: true });`)
	p.open(t, h.url("/"))
	p.waitFor(t, `document.querySelectorAll('.card').length > 0`)
	drawn := evaluate[[]string](t, p, `[...drawn].sort()`)
	if want := []string{"5 cards", "frame"}; !slices.Equal(drawn, want) {
		t.Errorf("the page has shown %v, want %v", drawn, want)
	}
	p.mustShow(t, h.board(t))
	for state, want := range map[string][]string{
		"pending": {waiting.id}, "live": {soon.id, later.id}, "ended": {newer.id, older.id},
	} {
		if got := p.ids(t, state); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", state, got, want)
		}
	}
	if got := evaluate[string](t, p, `document.title`); got != "2 live · battlehub" {
		t.Errorf("title %q", got)
	}
	if got := evaluate[string](t, p, `document.querySelector('.connection').innerText`); !strings.HasPrefix(got, "Live") {
		t.Errorf("connection %q", got)
	}
}

func TestABattleLivesOnThePage(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	p := newTab(t)
	p.open(t, h.url("/"))
	p.waitFor(t, `document.querySelector('.first-run') !== null`)
	help := evaluate[string](t, p, `document.querySelector('.first-run').innerText`)
	for _, want := range []string{h.url("/webhook"), "battlehub simulate --url " + h.url("/webhook")} {
		if !strings.Contains(help, want) {
			t.Errorf("the empty page does not say %q but:\n%s", want, help)
		}
	}

	b := newBattle(h, "life", "pk-1", "pk-2", "pk-3").create(t, true)
	p.waitForCard(t, "pending", "pk-1 challenger pk-2 invited pk-3 invited")
	p.waitForCard(t, "pending", "to answer")
	b.start(t, "pk-2")
	p.waitForCard(t, "live", "pk-1 owner-of-pk-1 challenger pk-2 owner-of-pk-2 joined pk-3 did not join")
	left := evaluate[string](t, p, `document.querySelector('.live .countdown-time').innerText`)
	p.waitFor(t, `document.querySelector('.live .countdown-time').innerText !== '`+left+`'`)
	b.end(t, 0, time.Minute, 1200, 3400, 0)
	p.waitForCard(t, "ended", "Time was up")
	p.waitForCard(t, "ended", "pk-1 owner-of-pk-1 · challenger Score 1,200 pk-2 winner owner-of-pk-2 Score 3,400")
	p.waitForCard(t, "ended", "won by 2,200")
	p.mustShow(t, h.board(t))
}

func TestHowABattleEndedIsToldInWords(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	p := newTab(t)
	p.open(t, h.url("/"))
	newBattle(h, "tie", "pk-1", "pk-2").create(t, false).start(t).end(t, 0, time.Minute, 7, 7)
	p.waitForCard(t, "ended", "Time was up Tie Battle of pk-1 and pk-2 pk-1 owner-of-pk-1 · challenger Score 7 pk-2 owner-of-pk-2 Score 7")
	newBattle(h, "left", "pk-3", "pk-4").create(t, false).start(t).end(t, 1, time.Second, 9, 2)
	p.waitForCard(t, "ended", "Everyone left")
	newBattle(h, "never", "pk-5", "pk-6").create(t, true).end(t, 2, time.Second, 0, 0)
	p.waitForCard(t, "ended", "Nobody joined")
	if text := p.cardOf(t, "pk-5"); strings.Contains(text, "Score") || strings.Contains(text, "Tie") {
		t.Errorf("a battle that never started has a result: %s", text)
	}
	newBattle(h, "late", "pk-7", "pk-8").lasting(time.Minute, time.Minute+20*time.Second).create(t, false).start(t)
	p.waitForCard(t, "live", "waiting for the end")
	p.waitForCard(t, "live", "overtime")
}

// cardOf returns the text of the first card that names the room.
func (p *tab) cardOf(t *testing.T, room string) string {
	t.Helper()
	for _, card := range p.cards(t) {
		if strings.Contains(card.Text, room+" ") {
			return card.Text
		}
	}
	t.Fatalf("no card names %s", room)
	return ""
}

// waitForCard waits until a card of the section holds the text.
func (p *tab) waitForCard(t *testing.T, state, text string) {
	t.Helper()
	p.waitFor(t, `[...document.querySelectorAll('.section.`+state+` .card')].some((card) =>
		card.innerText.replace(/\s+/g, ' ').includes(`+quote(text)+`))`)
}

// warp makes the page's clock and timers a test's to move: pass(ms) lets time pass.
const warp = `{
	const now = performance.now.bind(performance), { setTimeout, clearTimeout } = window, waiting = new Map();
	let ahead = 0;
	performance.now = () => now() + ahead;
	window.setTimeout = (task, ms = 0, ...args) => {
		const id = setTimeout(() => { waiting.delete(id); task(...args); }, ms);
		waiting.set(id, { task: () => task(...args), due: performance.now() + ms });
		return id;
	};
	window.clearTimeout = (id) => { waiting.delete(id); clearTimeout(id); };
	window.pass = (ms) => {
		ahead += ms;
		for (const [id, { task, due }] of [...waiting]) if (due <= performance.now()) { window.clearTimeout(id); task(); }
	};
}`

func TestEndedBattlesLeave(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	p := newTab(t)
	p.script(t, alone+warp)
	p.open(t, h.url("/"))
	open := newBattle(h, "open", "pk-1", "pk-2").lasting(time.Hour, 0).create(t, false).start(t)
	newBattle(h, "over", "pk-3", "pk-4").create(t, false).start(t).end(t, 0, time.Minute, 1, 2)
	p.waitForCard(t, "ended", "pk-3")
	evaluate[chromedp.Void](t, p, `pass(14 * 60_000)`)
	p.waitForCard(t, "live", "45:")
	if got := p.ids(t, "ended"); len(got) != 1 {
		t.Errorf("after 14 minutes: %v", got)
	}
	evaluate[chromedp.Void](t, p, `pass(60_000)`)
	p.waitFor(t, `document.querySelector('.section.ended .card') === null`)
	p.mustShow(t, map[string]string{open.id: "live"})
}

// TestOnlyWhatIsInSightIsDrawn, however long the board is, and scrolling finds the rest.
func TestOnlyWhatIsInSightIsDrawn(t *testing.T) {
	t.Parallel()
	const many = 200
	h := startHub(t)
	for i := range many {
		newBattle(h, "long "+strconv.Itoa(i), "pk-1", "pk-2").lasting(time.Minute, time.Duration(i)*10*time.Millisecond).create(t, true)
	}
	want := h.board(t)
	p := newTab(t)
	for _, layout := range []string{"cards", "table"} {
		p.open(t, h.url("/?state=pending&view="+layout))
		p.waitFor(t, `document.querySelectorAll('[data-id]').length > 5`)
		// Every battle must have been in the page at some place of the scroll bar, and never many of them.
		seen := evaluate[[]string](t, p, `(async () => {
			const seen = new Set();
			const scroller = document.querySelector('.scroll');
			let most = 0;
			for (scroller.scrollTop = 0; ; scroller.scrollTop += scroller.clientHeight) {
				await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
				const shown = [...document.querySelectorAll('.scroll [data-id]')];
				for (const { dataset } of shown) seen.add(dataset.id);
				most = Math.max(most, shown.length);
				if (scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - 1) return [String(most), ...seen];
			}
		})()`)
		if most, _ := strconv.Atoi(seen[0]); most > 90 {
			t.Errorf("%s: %d battles were in the page at once", layout, most)
		}
		if len(seen)-1 != len(want) {
			t.Errorf("%s: scrolling has shown %d battles of %d", layout, len(seen)-1, len(want))
		}
	}
}
