package webtest

import (
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// hide takes the tab out of sight: it runs, and no frames are drawn. Thaw brings it back.
func (p *tab) hide(t *testing.T) {
	t.Helper()
	p.freeze(t)
	p.setLifecycle(t, page.SetWebLifecycleStateStateActive)
}

// TestAHiddenTabDrawsNothing, keeps up with what happens all the same, and is right in the
// first frame in which it is looked at again.
func TestAHiddenTabDrawsNothing(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	tr := startTraffic(t, h, 30)
	p := newTab(t)
	p.script(t, watchDraws)
	p.open(t, h.url("/"))
	p.waitFor(t, `document.querySelectorAll('.card').length > 5`)
	evaluate[chromedp.Void](t, p, `watch()`)
	evaluate[chromedp.Void](t, p, listen)
	p.hide(t)
	evaluate[chromedp.Void](t, p, `{
		window.changes = 0;
		new MutationObserver((changed) => { changes += changed.length; }).observe(document.querySelector('.board'), { subtree: true, childList: true, characterData: true, attributes: true });
	}`)
	tr.happen(t, 3) // creates three, and ends three
	for range 20 {
		tr.happen(t, 3) // the same, and starts those of before
	}
	p.waitFor(t, `faults.heard === 6 + 20 * 9`)
	// Timers are late in a hidden tab: whatever was put off until now has its turn before this.
	evaluate[bool](t, p, `new Promise((passed) => setTimeout(passed, 1_000, true))`)
	if n := evaluate[int](t, p, `changes + watched.hidden`); n > 0 {
		t.Errorf("hidden, it has changed its board %d times", n)
	}
	p.thaw(t)
	p.waitUntilEqual(t, h)
	if w := evaluate[watched](t, p, `watched`); w.Most > 1 {
		t.Errorf("%d draws in a frame", w.Most)
	}
}
