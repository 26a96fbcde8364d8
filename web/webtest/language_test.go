package webtest

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

func TestTheReaderChoosesTheLanguage(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	newBattle(h, "one", "pk-1", "pk-2").create(t, false).start(t).end(t, 0, time.Minute, 1200, 3)
	p := newTab(t)
	speaks := func(lang, heading string) {
		t.Helper()
		p.waitFor(t, `document.documentElement.lang.startsWith(`+quote(lang)+`) && document.querySelector('.section.live h2')?.innerText.startsWith(`+quote(heading)+`)`)
	}
	p.open(t, h.url("/?q=pk-1"))
	speaks("en", "Live")
	p.open(t, h.url("/?q=pk-1&lang=ko"))
	speaks("ko", "진행 중")
	if card := p.cardOf(t, "pk-1"); !strings.Contains(card, "1,197점 차 승리") {
		t.Errorf("the card says %q", card)
	}

	// A choice outlives the address that overrode it, and keeps the rest of it.
	p.do(t, chromedp.SetValue(chromedp.CSS(".language select"), "zh"))
	speaks("zh", "进行中")
	p.mustAddress(t, "?q=pk-1")
	p.open(t, h.url("/"))
	speaks("zh", "进行中")
	p.waitFor(t, `document.title === 'battlehub'`)
}
