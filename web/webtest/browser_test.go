package webtest

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// tab is a tab of a browser of its own. Whatever the page reports on its console as an
// error or a warning, breaches of the Content-Security-Policy among them, fails the test.
type tab struct {
	ctx context.Context

	mu       sync.Mutex
	tolerate []string
	messages []chromedp.ConsoleMessage
}

// newTab starts a browser, or skips the test where there is none.
func newTab(t *testing.T) *tab {
	t.Helper()
	path := chromium(t)
	profile, err := os.MkdirTemp("", "battlehub-chromium-")
	if err != nil {
		t.Fatal(err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.UserDataDir(profile), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	ctx, cancelAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(ctx)
	p := &tab{ctx: ctx}
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx) // it is being thrown away
		cancel()
		cancelAllocator()
		_ = os.RemoveAll(profile)
		p.checkConsole(t)
	})
	messages := chromedp.Console(ctx)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			p.mu.Lock()
			p.messages = append(p.messages, m)
			p.mu.Unlock()
		}
	}()
	p.do(t, chromedp.EmulateViewport(1280, 900))
	return p
}

// chromium finds the browser.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("no Chromium on this machine")
	return ""
}

// expect lets console messages pass that hold the text.
func (p *tab) expect(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tolerate = append(p.tolerate, text)
}

// expectDown lets pass what a browser says of a hub that is down: of the connection, and of
// the icon, which it may fetch at any time.
func (p *tab) expectDown() {
	p.expect("WebSocket connection to")
	p.expect("net::ERR_")
}

func (p *tab) checkConsole(t *testing.T) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range p.messages {
		if !p.tolerated(m) {
			t.Errorf("console %s: %s %s", m.Type, m.Text, m.URL)
		}
	}
}

func (p *tab) tolerated(m chromedp.ConsoleMessage) bool {
	if m.Type != "error" && m.Type != "warning" && m.Type != chromedp.ConsoleException {
		return true
	}
	for _, text := range p.tolerate {
		if strings.Contains(m.Text, text) {
			return true
		}
	}
	return false
}

// do runs actions.
func (p *tab) do(t *testing.T, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(p.ctx, actions...); err != nil {
		t.Fatal(err)
	}
}

// open loads an address of the hub.
func (p *tab) open(t *testing.T, url string) {
	t.Helper()
	p.do(t, chromedp.Navigate(url))
}

// waitFor waits until the JavaScript expression is true in the page, or in the one that takes
// its place meanwhile.
func (p *tab) waitFor(t *testing.T, expression string) {
	t.Helper()
	poll := chromedp.Poll[bool](expression, chromedp.WithPollingTimeout(patience), chromedp.WithPollingInterval(50*time.Millisecond))
	_, err := chromedp.Run(p.ctx, poll)
	for deadline := time.Now().Add(patience); isNavigation(err) && time.Now().Before(deadline); {
		_, err = chromedp.Run(p.ctx, poll)
	}
	if err != nil {
		t.Fatalf("waiting for %s: %v; the page shows:\n%s", expression, err, evaluate[string](t, p, `document.body?.innerText ?? ''`))
	}
}

// isNavigation reports whether Chromium says that the page asked is no longer there.
func isNavigation(err error) bool {
	if err == nil {
		return false
	}
	return slices.ContainsFunc([]string{"navigated or closed", "Cannot find context", "context was destroyed"},
		func(text string) bool { return strings.Contains(err.Error(), text) })
}

// evaluate returns the value of a JavaScript expression in the page.
func evaluate[T any](t *testing.T, p *tab, expression string) T {
	t.Helper()
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return v
}
