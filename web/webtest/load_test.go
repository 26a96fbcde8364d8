package webtest

import (
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/heapprofiler"
	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/chromedp"
)

// What a dashboard must bear: so many events a second, and so many open battles.
const (
	busyEvents  = 600
	busyBattles = 5_000
)

// boundedNodes is far more than any window can show, and far less than 5,000 battles need.
const boundedNodes = 6_000

// watchDraws counts in the page what the speed of the machine has no say in: how often the
// board is drawn in one frame, timers, and nodes.
const watchDraws = `{
	const waiting = new Set();
	const { setTimeout, clearTimeout, setInterval, clearInterval } = window;
	window.setTimeout = (task, ms, ...args) => {
		const id = setTimeout(() => { waiting.delete(id); task(...args); }, ms);
		waiting.add(id);
		return id;
	};
	window.clearTimeout = (id) => { waiting.delete(id); clearTimeout(id); };
	window.setInterval = (...args) => { const id = setInterval(...args); waiting.add(id); return id; };
	window.clearInterval = (id) => { waiting.delete(id); clearInterval(id); };
	window.watched = { draws: 0, hidden: 0, most: 0, nodes: 0, timers: 0 };
	window.watch = async () => {
		const { battles } = await import('/dashboard/store.js');
		let frame, drawn = 0;
		battles.subscribe(() => {
			// The time of the timeline is that of the frame.
			if (frame !== document.timeline.currentTime) [frame, drawn] = [document.timeline.currentTime, 0];
			watched.draws++;
			if (document.hidden) watched.hidden++;
			watched.most = Math.max(watched.most, ++drawn);
			watched.nodes = Math.max(watched.nodes, document.querySelectorAll('*').length);
			watched.timers = Math.max(watched.timers, waiting.size);
		});
	};
}`

type watched struct{ Draws, Hidden, Most, Nodes, Timers int }

// loadFor is how long the load is kept up: a moment, or longer to measure what it costs.
func loadFor(t *testing.T) time.Duration {
	t.Helper()
	seconds, err := strconv.Atoi(os.Getenv("BATTLEHUB_LOAD_SECONDS"))
	if err != nil {
		return 2 * time.Second
	}
	return time.Duration(seconds) * time.Second
}

// TestAFullBoardStaysSmooth: what a draw costs does not grow with the battles or the events. The
// processor's time is told, not judged: it is this machine's.
func TestAFullBoardStaysSmooth(t *testing.T) {
	h := startBusyHub(t)
	tr := startTraffic(t, h, busyBattles)
	for _, layout := range []string{"cards", "table"} {
		t.Run(layout, func(t *testing.T) {
			p := newTab(t)
			p.script(t, watchDraws)
			p.open(t, h.url("/?view="+layout))
			p.waitFor(t, `document.querySelectorAll('.scroll [data-id]').length > 5`)
			evaluate[chromedp.Void](t, p, `watch()`)
			cost := p.startMeter(t)
			sent := tr.run(t, busyEvents, loadFor(t))
			cost.log(t, sent)
			p.waitUntilEqual(t, h)
			p.mustBeSmooth(t)
		})
	}
}

func (p *tab) mustBeSmooth(t *testing.T) {
	t.Helper()
	w := evaluate[watched](t, p, `watched`)
	t.Logf("%d draws, at most %d nodes and %d timers", w.Draws, w.Nodes, w.Timers)
	if w.Draws < 2 || w.Most > 1 {
		t.Errorf("%d draws, at most %d in a frame", w.Draws, w.Most)
	}
	if w.Nodes > boundedNodes {
		t.Errorf("%d nodes are in the page, which shows %d battles", w.Nodes, busyBattles)
	}
	if w.Timers > 20 {
		t.Errorf("%d timers run at once", w.Timers)
	}
}

// meter tells what the page's main thread does from now on.
type meter struct {
	tab   *tab
	begun map[string]float64
}

func (p *tab) startMeter(t *testing.T) *meter {
	t.Helper()
	// The thread's own time: on a machine that others use too, the time that passes says little.
	enable := performance.EnableParams{TimeDomain: performance.EnableTimeDomainThreadTicks}
	if _, err := chromedp.Call(p.ctx, performance.Enable, enable); err != nil {
		t.Fatal(err)
	}
	return &meter{p, p.metrics(t)}
}

func (m *meter) log(t *testing.T, events int) {
	t.Helper()
	now := m.tab.metrics(t)
	since := func(name string) float64 { return now[name] - m.begun[name] }
	share := func(name string) float64 { return 100 * since(name) / since("Timestamp") }
	t.Logf("%.0f events a second for %.1f s: main thread %.1f %% of a core (scripts %.1f, styles %.1f, layout %.1f); heap %.1f MB",
		float64(events)/since("Timestamp"), since("Timestamp"), share("TaskDuration"), share("ScriptDuration"),
		share("RecalcStyleDuration"), share("LayoutDuration"), now["JSHeapUsedSize"]/1e6)
}

func (p *tab) metrics(t *testing.T) map[string]float64 {
	t.Helper()
	result, err := chromedp.Call(p.ctx, performance.GetMetrics, cdp.Empty{})
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]float64{}
	for _, m := range result.Metrics {
		values[m.Name] = m.Value
	}
	return values
}

// tidyMetrics are the metrics once nothing is held any more that need not be.
func (p *tab) tidyMetrics(t *testing.T) map[string]float64 {
	t.Helper()
	if _, err := chromedp.Call(p.ctx, heapprofiler.CollectGarbage, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
	return p.metrics(t)
}
