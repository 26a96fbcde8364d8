package webtest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"battlehub/hub/redislog/redistest"
)

// asleep lets the page's clocks jump ahead, as they do for a laptop that slept: sleep(ms).
const asleep = `{
	const { now } = Date, tick = performance.now.bind(performance);
	let ahead = 0;
	Date.now = () => now() + ahead;
	performance.now = () => tick() + ahead;
	window.sleep = (ms) => { ahead += ms; };
}`

// freeze stops the page: no task of it runs, as when its machine sleeps.
func (p *tab) freeze(t *testing.T) { p.setLifecycle(t, page.SetWebLifecycleStateStateFrozen) }

// thaw lets it go on, in sight.
func (p *tab) thaw(t *testing.T) {
	t.Helper()
	p.setLifecycle(t, page.SetWebLifecycleStateStateActive)
	focused := emulation.SetFocusEmulationEnabledParams{Enabled: true}
	if _, err := chromedp.Call(p.ctx, emulation.SetFocusEmulationEnabled, focused); err != nil {
		t.Fatal(err)
	}
}

func (p *tab) setLifecycle(t *testing.T, state page.SetWebLifecycleStateState) {
	t.Helper()
	if _, err := chromedp.Call(p.ctx, page.SetWebLifecycleState, page.SetWebLifecycleStateParams{State: state}); err != nil {
		t.Fatal(err)
	}
}

const awayNotice = `document.querySelector('.away')?.innerText.replace(/\s+/g, ' ')`

// TestAwayAsleep: the laptop sleeps while events flow, and its network is gone. When it wakes,
// the page says what it missed, shows it, and is whole.
func TestAwayAsleep(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	n := startNetwork(t, h.addr)
	before := newBattle(h, "before", "pk-1", "pk-2").create(t, true).start(t)
	p := newTab(t)
	p.expectDown()
	p.script(t, alone+asleep)
	p.open(t, n.url("/"))
	p.waitFor(t, `document.querySelectorAll('.card').length === 1`)

	p.freeze(t)
	n.cut()
	before.end(t, 0, time.Minute, 5, 3)
	for i := range 3 {
		newBattle(h, fmt.Sprint("missed ", i), "pk-3", "pk-4").create(t, true).start(t).end(t, 0, time.Minute, 1, 2)
	}
	last := newBattle(h, "last", "<b>pk-5</b>", "pk-6").create(t, true).create(t, true) // and a repeat, which is no event
	evaluate[chromedp.Void](t, p, `sleep(3_600_000)`)
	n.restore(h.addr)
	p.thaw(t)
	p.waitFor(t, awayNotice+`?.startsWith('11 events while you were away.')`)
	p.waitForCard(t, "pending", "pk-5")
	p.mustShow(t, h.board(t))

	newBattle(h, "since", "pk-7", "pk-8").create(t, true) // is not among them
	p.waitForCard(t, "pending", "pk-7")
	p.do(t, chromedp.Click(chromedp.CSS(".away a")))
	p.waitFor(t, `document.querySelectorAll('.away-panel .happened li').length === 11`)
	lines := evaluate[[]string](t, p, `[...document.querySelectorAll('.happened li')].map((li) => li.innerText.replace(/\s+/g, ' '))`)
	if !strings.HasSuffix(lines[0], "created <b>pk-5</b> · pk-6") || !strings.HasSuffix(lines[10], "ended pk-1 · pk-2") {
		t.Errorf("missed events: %q", lines)
	}
	evaluate[chromedp.Void](t, p, `document.querySelector('.happened a').click()`)
	p.waitFor(t, `document.querySelector('.detail .field-id')?.innerText.includes(`+quote(last.id)+`)`)
	evaluate[chromedp.Void](t, p, `document.querySelector('.detail').close()`)
	p.waitFor(t, `document.querySelector('.detail') === null`)
	p.do(t, chromedp.Click(chromedp.CSS(".away-panel header .button")))
	p.waitFor(t, `document.querySelector('.away, .drawer') === null`)
}

// TestAwayOnAnotherNode: the network comes back by another node, which knows the cursor all the
// same; and at last with another history, which can only tell what differs.
func TestAwayOnAnotherNode(t *testing.T) {
	t.Parallel()
	redis := redistest.Start(t)
	one, other := startNode(t, redis, "hub-1"), startNode(t, redis, "hub-2")
	n := startNetwork(t, one.addr)
	newBattle(one, "known", "pk-1", "pk-2").create(t, true)
	p := newTab(t)
	p.expectDown()
	p.script(t, alone+asleep)
	p.open(t, n.url("/"))
	p.waitFor(t, `document.querySelectorAll('.card').length === 1`)
	p.waitFor(t, `performance.getEntriesByType('resource').some(({ name, responseEnd }) => name.includes('v1/source') && responseEnd > 0)`)
	away := func(to *hubProcess, happen func()) {
		t.Helper()
		n.cut()
		happen()
		evaluate[chromedp.Void](t, p, `sleep(60_000), document.dispatchEvent(new Event('resume'))`)
		n.restore(to.addr)
	}

	away(other, func() { newBattle(one, "missed", "pk-3", "pk-4").create(t, true).start(t) })
	p.waitFor(t, awayNotice+`?.startsWith('2 events while you were away.')`)
	p.waitForCard(t, "live", "pk-3") // the board is drawn in a frame of its own
	p.mustShow(t, other.board(t))

	// Each node knows only of its own webhooks; the page puts together what they say.
	response, err := http.Post(other.url("/webhook?SdkAppid=1400000000"), "application/json", strings.NewReader("["))
	if err != nil || response.StatusCode != http.StatusBadRequest {
		t.Fatal(response, err)
	}
	response.Body.Close()
	p.look(t)
	p.waitFor(t, sourceBanner+`?.includes('packet not understood. 1 in all. By node hub-2.')`)

	fresh := startHub(t)
	away(fresh, func() { newBattle(fresh, "elsewhere", "pk-5", "pk-6").create(t, true).start(t) })
	p.waitFor(t, awayNotice+`?.startsWith('4 events or more while you were away.')`) // with those not yet looked at
	p.waitForCard(t, "live", "pk-5")
	p.mustShow(t, fresh.board(t))
}

// TestShortAbsencesAreNotWorthALine: what a hiccup brings is on the board at once.
func TestShortAbsencesAreNotWorthALine(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	n := startNetwork(t, h.addr)
	p := newTab(t)
	p.expectDown()
	p.script(t, alone)
	p.open(t, n.url("/"))
	p.waitFor(t, boardIsLive)
	newBattle(h, "heard", "pk-1", "pk-2").create(t, true)
	p.waitFor(t, `document.querySelectorAll('.card').length === 1`)
	n.cut()
	newBattle(h, "missed", "pk-3", "pk-4").create(t, true)
	n.restore(h.addr)
	evaluate[chromedp.Void](t, p, `window.dispatchEvent(new Event('online'))`)
	p.waitFor(t, `document.querySelectorAll('.card').length === 2`)
	if said := evaluate[string](t, p, awayNotice+` ?? ''`); said != "" {
		t.Errorf("it says %q", said)
	}
}
