package webtest

import (
	"fmt"
	"os"
	"strconv"
	"testing"

	"github.com/chromedp/chromedp"
)

// longTime keeps the client from the server's clock once it is connected: the test lets the time
// pass in the page alone.
const longTime = `window.WebSocket = class extends WebSocket {
	set onmessage(listener) {
		super.onmessage = listener && ((message) => message.data.startsWith('{"type":"bookmark"') || listener(message));
	}
};`

// An hour passes in so many steps; a longer one would look like a dead connection.
const (
	soakSteps  = 120
	stepMillis = 3_600_000 / soakSteps
)

// soakEvents is how many events the hour has: few, or by BATTLEHUB_SOAK_EVENTS as many a second.
func soakEvents(t *testing.T) int {
	t.Helper()
	if perSecond, err := strconv.Atoi(os.Getenv("BATTLEHUB_SOAK_EVENTS")); err == nil {
		return perSecond * 3600
	}
	return 3_600
}

// TestAnHourLeavesNothingBehind: an hour's events, as fast as they go. What a page holds is the
// board, which has its ended battles for 15 minutes; nothing else may grow with what has happened.
func TestAnHourLeavesNothingBehind(t *testing.T) {
	h := startBusyHub(t)
	each := soakEvents(t) / soakSteps / 3
	tr := startTraffic(t, h, max(100, each))
	p := newTab(t)
	p.script(t, alone+warp+longTime+watchDraws)
	p.open(t, h.url("/"))
	p.waitFor(t, `document.querySelectorAll('.card').length > 5`)
	evaluate[chromedp.Void](t, p, `watch()`)
	evaluate[chromedp.Void](t, p, listenForBattles)
	p.startMeter(t)
	p.pass(t, tr, each, soakSteps/3)
	before := p.tidyMetrics(t)
	p.pass(t, tr, each, soakSteps-soakSteps/3)
	after := p.tidyMetrics(t)
	if held := evaluate[int](t, p, `held()`); held > tr.n/2 {
		t.Errorf("of %d battles it holds %d: the hour has not passed", tr.n, held)
	}
	mustNotGrow(t, "JSHeapUsedSize", before, after, 1.25, 5e6)
	mustNotGrow(t, "Nodes", before, after, 1, 1000)
	mustNotGrow(t, "JSEventListeners", before, after, 1, 100)
	p.mustBeSmooth(t)
}

// listenForBattles lets a test wait for one: no polling, which would take longer than the hour.
const listenForBattles = `import('/dashboard/store.js').then(({ hub }) => {
	window.held = () => hub.battles.size;
	window.arrival = (id) => new Promise((arrived) => {
		const look = () => {
			if (!hub.battles.has(id)) return;
			end();
			arrived(true);
		};
		const end = hub.on('change', look);
		look();
	});
})`

// pass lets time pass in steps, each with three times so many events, and has the page hear of
// the last of them before the next.
func (p *tab) pass(t *testing.T, tr *traffic, each, steps int) {
	t.Helper()
	for range steps {
		tr.happen(t, each)
		newest := tr.fresh[len(tr.fresh)-1].id
		evaluate[bool](t, p, fmt.Sprintf(`arrival(%s).then(() => pass(%d)).then(() => true)`, quote(newest), stepMillis))
	}
}

func mustNotGrow(t *testing.T, what string, before, after map[string]float64, ratio, allowed float64) {
	t.Helper()
	t.Logf("%s: %.0f after 20 minutes, %.0f after an hour", what, before[what], after[what])
	if limit := before[what]*ratio + allowed; after[what] == 0 || after[what] > limit {
		t.Errorf("%s has grown from %.0f to %.0f, more than to %.0f", what, before[what], after[what], limit)
	}
}
