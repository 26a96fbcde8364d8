package webtest

import (
	"fmt"
	"os/exec"
	"testing"
	"time"

	cdpnetwork "github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"battlehub/hub/proctest"
	"battlehub/hub/redislog/redistest"
)

// listen counts the events that the page hears of, and those more than once.
const listen = `import('/dashboard/store.js').then(({ hub }) => {
	const heard = new Set();
	window.faults = { heard: 0, twice: 0, get node() { return hub.hello.node; } };
	hub.on('event', ({ id }) => {
		faults.heard++;
		if (heard.has(id)) faults.twice++;
		heard.add(id);
	});
})`

// watchTraffic opens the page while webhooks flow, and waits until some have reached it.
func (p *tab) watchTraffic(t *testing.T, url string) {
	t.Helper()
	p.expectDown()
	p.open(t, url)
	p.waitFor(t, `document.querySelectorAll('.scroll [data-id]').length > 5`)
	evaluate[chromedp.Void](t, p, listen)
	p.waitUntilHeard(t, 20)
}

// waitUntilHeard waits until the page has heard of so many more events.
func (p *tab) waitUntilHeard(t *testing.T, more int) {
	t.Helper()
	p.waitFor(t, fmt.Sprintf(`faults.heard >= %d`, more+evaluate[int](t, p, `faults.heard`)))
}

// mustBeWhole ends the traffic; the page must hold what the hub does, having heard nothing twice.
func (p *tab) mustBeWhole(t *testing.T, h *hubProcess, stop func()) {
	t.Helper()
	p.waitUntilHeard(t, 20) // it goes on
	stop()
	p.waitUntilEqual(t, h)
	if n := evaluate[int](t, p, `faults.twice`); n > 0 {
		t.Errorf("it heard of %d events twice", n)
	}
}

// flowing is how many webhooks a second come meanwhile.
const flowing = 120

func TestTheHubRestartsWhileEventsFlow(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]string{"shared": "", "alone": alone} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := startHub(t)
			stop := startTraffic(t, h, 30).start(t, flowing)
			p := newTab(t)
			p.script(t, script)
			p.watchTraffic(t, h.url("/"))
			for range 2 {
				h.Kill()
				p.waitFor(t, `document.querySelector('.board.stale') !== null`)
				h.start(t)
				p.waitFor(t, `document.querySelector('.connection.live') !== null`)
			}
			p.mustBeWhole(t, h, stop)
		})
	}
}

func TestTheNodeChangesWhileEventsFlow(t *testing.T) {
	t.Parallel()
	redis := redistest.Start(t)
	one, other := startNode(t, redis, "hub-1"), startNode(t, redis, "hub-2")
	n := startNetwork(t, one.addr)
	stop := startTraffic(t, one, 30).start(t, flowing)
	p := newTab(t)
	p.watchTraffic(t, n.url("/"))
	for _, next := range []*hubProcess{other, one, other} {
		n.restore(next.addr)
		p.waitFor(t, `faults.node === `+quote(next.node))
	}
	p.mustBeWhole(t, other, stop)
}

// startNode runs one of the hubs that share a Redis.
func startNode(t *testing.T, redis *redistest.Server, name string) *hubProcess {
	t.Helper()
	h := &hubProcess{node: name}
	h.Hub = proctest.StartHub(t, exec.Command(proctest.Battlehub(t), "serve", "--listen", "127.0.0.1:0",
		"--ops-listen", "127.0.0.1:0", "--redis-url", redis.URL(), "--node", name))
	h.addr = h.Addr
	h.waitUntilReady(t)
	return h
}

// TestTheNetworkIsCutWhileEventsFlow: no new connection gets through, and those that there are
// are silent. Chromium's own switch alone leaves those as they were.
func TestTheNetworkIsCutWhileEventsFlow(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	n := startNetwork(t, h.addr)
	stop := startTraffic(t, h, 30).start(t, flowing)
	p := newTab(t)
	p.script(t, alone+asleep)
	p.watchTraffic(t, n.url("/"))
	p.setOffline(t, true)
	n.cut()
	evaluate[chromedp.Void](t, p, `sleep(60_000)`) // so long that the silence is noticed
	p.waitFor(t, `document.querySelector('.board.stale') !== null`)
	n.restore(h.addr)
	p.setOffline(t, false)
	p.waitFor(t, `document.querySelector('.connection.live') !== null`)
	p.mustBeWhole(t, h, stop)
}

// setOffline has Chromium behave as without a network, or as with one again.
func (p *tab) setOffline(t *testing.T, offline bool) {
	t.Helper()
	state := cdpnetwork.OverrideNetworkStateParams{Offline: offline, DownloadThroughput: -1, UploadThroughput: -1}
	if _, err := chromedp.Call(p.ctx, cdpnetwork.OverrideNetworkState, state); err != nil {
		t.Fatal(err)
	}
	conditions := cdpnetwork.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: []*cdpnetwork.Conditions{
		{Offline: offline, DownloadThroughput: -1, UploadThroughput: -1},
	}}
	if _, err := chromedp.Call(p.ctx, cdpnetwork.EmulateNetworkConditionsByRule, conditions); err != nil {
		t.Fatal(err)
	}
}

// TestTheLaptopSleepsWhileEventsFlow: the page stands still for an hour, and its network is gone.
func TestTheLaptopSleepsWhileEventsFlow(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	n := startNetwork(t, h.addr)
	stop := startTraffic(t, h, 30).start(t, flowing)
	p := newTab(t)
	p.script(t, alone+asleep)
	p.watchTraffic(t, n.url("/"))
	p.freeze(t)
	n.cut()
	h.waitForBattles(t, 100)
	evaluate[chromedp.Void](t, p, `sleep(3_600_000)`)
	n.restore(h.addr)
	p.thaw(t)
	p.mustBeWhole(t, h, stop)
}

// TestATabIsFrozenWhileEventsFlow, as browsers do to those out of sight, and the connection that
// it shares with others is not.
func TestATabIsFrozenWhileEventsFlow(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	stop := startTraffic(t, h, 30).start(t, flowing)
	p := newTab(t)
	p.watchTraffic(t, h.url("/"))
	other := p.sibling(t)
	other.watchTraffic(t, h.url("/?view=table"))
	p.freeze(t)
	h.waitForBattles(t, 100)
	other.waitUntilHeard(t, 100)
	p.thaw(t)
	p.mustBeWhole(t, h, stop)
	other.waitUntilEqual(t, h)
	h.waitForSessions(t, "1")
}

// waitForBattles waits until the hub has so many more battles.
func (h *hubProcess) waitForBattles(t *testing.T, more int) {
	t.Helper()
	deadline := time.After(patience)
	for want := len(h.battles(t)) + more; len(h.battles(t)) < want; {
		select {
		case <-deadline:
			t.Fatalf("the hub has %d battles, not %d", len(h.battles(t)), want)
		case <-time.After(pace):
		}
	}
}
