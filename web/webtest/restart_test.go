package webtest

import (
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestThePageSurvivesACrashOfTheHub(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	b := newBattle(h, "across", "pk-1", "pk-2").create(t, true).start(t)
	newBattle(h, "untouched", "pk-3", "pk-4").create(t, true)
	p := newTab(t)
	p.expectDown()
	p.open(t, h.url("/"))
	p.waitFor(t, `document.querySelectorAll('.card').length === 2`)
	evaluate[bool](t, p, `window.sameDocument = true`)

	h.Kill()
	p.waitFor(t, `document.querySelector('.connection.waiting') !== null`)
	p.waitFor(t, `document.querySelector('.board.stale') !== null`)
	if banner := evaluate[string](t, p, `document.querySelector('.banner').innerText`); !strings.HasPrefix(banner, "Stale since ") {
		t.Errorf("banner %q", banner)
	}
	if title := evaluate[string](t, p, `document.title`); !strings.HasPrefix(title, "stale") {
		t.Errorf("title %q", title)
	}
	if n := len(p.cards(t)); n != 2 {
		t.Errorf("%d cards while the hub is down, want the 2 that were", n)
	}

	h.start(t)
	b.end(t, 0, time.Minute, 5, 6)
	newBattle(h, "after", "pk-5", "pk-6").create(t, true)
	p.waitFor(t, `document.querySelectorAll('.card').length === 3`)
	p.waitForCard(t, "ended", "won by 1")
	p.waitFor(t, `document.querySelector('.connection.live') !== null && document.querySelector('.banner') === null`)
	p.mustShow(t, h.board(t))
	if !evaluate[bool](t, p, `window.sameDocument === true && document.querySelector('.stale') === null`) {
		t.Error("the page was reloaded, or is stale still")
	}
}

func TestThePageTellsOfADrain(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	newBattle(h, "one", "pk-1", "pk-2").create(t, true)
	p := newTab(t)
	p.expectDown()
	p.script(t, `window.banners = new Set();
		new MutationObserver(() => banners.add(document.querySelector('.banner')?.innerText)).observe(document, { subtree: true, childList: true, characterData: true });`)
	p.open(t, h.url("/"))
	p.waitFor(t, `document.querySelectorAll('.card').length === 1`)
	h.Signal(syscall.SIGTERM)
	_ = h.Wait() // for its drain
	p.waitFor(t, `[...banners].some((text) => text?.includes('The hub is restarting.'))`)
	h.start(t)
	p.waitFor(t, `document.querySelector('.connection.live') !== null`)
	p.mustShow(t, h.board(t))
}

func TestARefusalIsExplained(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	p := newTab(t)
	p.open(t, h.url("/?app=7"))
	p.waitFor(t, `document.querySelector('.banner.refused') !== null`)
	if banner := evaluate[string](t, p, `document.querySelector('.banner').innerText`); !strings.Contains(banner, "refused") {
		t.Errorf("banner %q", banner)
	}
	if n := evaluate[int](t, p, `document.querySelectorAll('.first-run, .none, .card').length`); n > 0 {
		t.Error("a page that knows nothing claims to know that there is nothing")
	}
	p.open(t, h.url("/?app=1400000000"))
	p.waitFor(t, `document.querySelector('.first-run') !== null`)
}
