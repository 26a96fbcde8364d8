package webtest

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"battlehub/hub"
)

const sourceBanner = `document.querySelector('.banner.source')?.innerText.replace(/\s+/g, ' ')`

// look has the page ask now how webhooks arrive, rather than in some seconds.
func (p *tab) look(t *testing.T) {
	t.Helper()
	evaluate[chromedp.Void](t, p, `document.dispatchEvent(new Event('visibilitychange'))`)
}

// TestThePageTellsWhenWebhooksFail: some are rejected while others are taken; then all are; and
// then none comes any more. It says what is likely to help.
func TestThePageTellsWhenWebhooksFail(t *testing.T) {
	t.Parallel()
	h := &hubProcess{addr: "127.0.0.1:0", dir: t.TempDir(), token: "a token of this test"}
	h.start(t)
	refuse := func() {
		t.Helper()
		query := "/webhook?SdkAppid=1400000000" + h.sign(time.Now().Add(-5*time.Minute))
		response, err := http.Post(h.url(query), "application/json", strings.NewReader("{}"))
		if err != nil || response.StatusCode != http.StatusUnauthorized {
			t.Fatal(response, err)
		}
		response.Body.Close()
	}
	newBattle(h, "first", "pk-1", "pk-2").create(t, true)
	p := newTab(t)
	p.script(t, alone+warp)
	p.open(t, h.url("/"))
	p.waitFor(t, `document.querySelectorAll('.card').length === 1`)
	if said := evaluate[string](t, p, sourceBanner+` ?? ''`); said != "" {
		t.Errorf("all is well, and it says %q", said)
	}

	refuse()
	newBattle(h, "second", "pk-3", "pk-4").create(t, true)
	p.look(t)
	p.waitFor(t, sourceBanner+`?.startsWith('Some webhooks are rejected, the last ') && document.querySelector('.banner.source.calm') !== null`)
	p.do(t, chromedp.Click(chromedp.CSS(".banner.source .button"))) // it was read
	p.waitFor(t, `document.querySelector('.banner.source') === null`)

	refuse()
	p.look(t)
	p.waitFor(t, sourceBanner+`?.includes('ago: stale RequestTime. 2 in all. Set the clock of the hub’s machine right')`)
	evaluate[chromedp.Void](t, p, `pass(4 * 60_000 + 5_000)`)
	p.waitFor(t, sourceBanner+`?.startsWith('No webhook for 4 min. Last rejected 4 min ago: stale RequestTime. 2 in all.') && document.querySelector('.banner.source.calm') === null`)
	p.do(t, chromedp.Click(chromedp.CSS(".banner.source .button")))
	p.waitFor(t, `document.querySelector('.banner.source') === null`)
}

// TestSilenceThatIsUnusual is told even if nothing was rejected; that of a hub which never heard
// anything is told by the first-run page.
func TestSilenceThatIsUnusual(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	p := newTab(t)
	p.script(t, alone+warp)
	p.open(t, h.url("/"))
	p.waitFor(t, `document.querySelector('.first-run') !== null`)
	evaluate[chromedp.Void](t, p, `pass(60 * 60_000)`)
	newBattle(h, "first", "pk-1", "pk-2").lasting(time.Hour, 0).create(t, false).start(t)
	p.waitForCard(t, "live", "pk-1")
	p.look(t)
	p.waitFor(t, sourceBanner+`?.startsWith('No webhook for ') && `+sourceBanner+`.includes('Are the callbacks switched on in the TRTC console')`)
}

// TestOwnersAreNotToldOfWebhooks, and do not ask.
func TestOwnersAreNotToldOfWebhooks(t *testing.T) {
	t.Parallel()
	g := startGuarded(t, nil)
	p := newTab(t)
	p.openSignedIn(t, g, hub.Grant{User: "ann", Rooms: []string{"pk-1"}})
	newBattle(g.hubProcess, "hers", "pk-1", "pk-2").create(t, true)
	p.waitForCard(t, "pending", "pk-1")
	p.look(t)
	if evaluate[bool](t, p, `performance.getEntriesByType('resource').some(({ name }) => name.includes('v1/source'))`) {
		t.Error("an owner's page asks for what it may not know")
	}
}
