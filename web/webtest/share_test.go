package webtest

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"battlehub/hub"
)

// alone makes the page one of a browser that has no shared workers: its connection is in the
// page then, where a test can get at its clock and its network.
const alone = `delete window.SharedWorker;`

// sibling opens another tab of the same browser.
func (p *tab) sibling(t *testing.T) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(p.ctx)
	t.Cleanup(cancel)
	return &tab{ctx: ctx}
}

// sessions asks the hub how many WebSockets are open.
func (h *hubProcess) sessions(t *testing.T) string {
	t.Helper()
	response, err := http.Get("http://" + h.OpsAddr + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(body)) {
		if n, ok := strings.CutPrefix(line, `battlehub_sessions{transport="websocket"} `); ok {
			return strings.TrimSpace(n)
		}
	}
	t.Fatalf("no count of sessions in\n%s", body)
	return ""
}

func (h *hubProcess) waitForSessions(t *testing.T, want string) {
	t.Helper()
	deadline := time.After(patience)
	for range time.Tick(20 * time.Millisecond) {
		if h.sessions(t) == want {
			return
		}
		select {
		case <-deadline:
			t.Fatalf("%s sessions, want %s", h.sessions(t), want)
		default:
		}
	}
}

func TestTabsShareOneConnection(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	newBattle(h, "one", "pk-1", "pk-2").create(t, true)
	first := newTab(t)
	first.open(t, h.url("/"))
	first.waitForCard(t, "pending", "pk-1")
	second := first.sibling(t)
	second.open(t, h.url("/?q=pk"))
	second.waitForCard(t, "pending", "pk-1")
	third := first.sibling(t)
	third.open(t, h.url("/?app=1400000000")) // the same board by another address: a connection of its own
	third.waitForCard(t, "pending", "pk-1")
	h.waitForSessions(t, "2")

	newBattle(h, "two", "pk-3", "pk-4").create(t, true).start(t)
	for _, p := range []*tab{first, second, third} {
		p.waitForCard(t, "live", "pk-3")
		p.mustShow(t, h.board(t))
	}
	// The tab that came first is not needed by the others.
	first.open(t, "about:blank")
	newBattle(h, "three", "pk-5", "pk-6").create(t, true)
	second.waitForCard(t, "pending", "pk-5")
	second.mustShow(t, h.board(t))
	h.waitForSessions(t, "2")
}

// TestWithoutSharedWorkers: whatever is wrong with them, nobody notices.
func TestWithoutSharedWorkers(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]string{
		"absent":    alone,
		"forbidden": `window.SharedWorker = class { constructor() { throw new DOMException('no', 'SecurityError'); } };`,
		"failing":   `window.SharedWorker = class { port = new MessageChannel().port1; set onerror(f) { setTimeout(f, 0); } };`,
		"silent":    `window.SharedWorker = class { port = new MessageChannel().port1; };`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := startHub(t)
			b := newBattle(h, "one", "pk-1", "pk-2").create(t, true)
			p := newTab(t)
			p.script(t, script)
			p.open(t, h.url("/"))
			p.waitForCard(t, "pending", "pk-1")
			b.start(t)
			p.waitForCard(t, "live", "pk-1")
			p.mustShow(t, h.board(t))
			h.waitForSessions(t, "1")
		})
	}
}

// TestAWorkerThatDiesIsReplaced: a tab that hears nothing for too long connects by itself.
func TestAWorkerThatDiesIsReplaced(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	b := newBattle(h, "one", "pk-1", "pk-2").create(t, true)
	p := newTab(t)
	// The page's clock is a test's to move; the worker says nothing more once it is cut off.
	p.script(t, warp+`{
		const Real = window.SharedWorker;
		window.SharedWorker = class extends Real {
			constructor(...args) { super(...args); window.cut = () => this.port.close(); }
		};
	}`)
	p.open(t, h.url("/"))
	p.waitForCard(t, "pending", "pk-1")
	evaluate[chromedp.Void](t, p, `cut()`)
	b.start(t)
	evaluate[chromedp.Void](t, p, `pass(60_000)`)
	p.waitForCard(t, "live", "pk-1")
	p.mustShow(t, h.board(t))
}

// TestNobodySeesWhatAnotherWasShown: what is shared among tabs is not shared among people.
func TestNobodySeesWhatAnotherWasShown(t *testing.T) {
	t.Parallel()
	g := startGuarded(t, nil)
	newBattle(g.hubProcess, "one", "pk-1", "pk-2").create(t, true)
	newBattle(g.hubProcess, "two", "pk-3", "pk-4").create(t, true)
	p := newTab(t)
	p.openSignedIn(t, g, hub.Grant{User: "mod"})
	p.waitFor(t, `document.querySelectorAll('.card').length === 2`)
	p.do(t, chromedp.Click(chromedp.CSS(".account .button")))
	p.signIn(t, token(t, hub.Grant{User: "ann", Rooms: []string{"pk-3"}}))
	p.waitForCard(t, "pending", "pk-3")
	if cards := p.cards(t); len(cards) != 1 {
		t.Errorf("ann sees %v", cards)
	}
	if n := evaluate[int](t, p, `import('/dashboard/store.js').then(({ hub }) => hub.battles.size)`); n != 1 {
		t.Errorf("ann's page knows %d battles", n)
	}
}
