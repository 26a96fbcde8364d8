package webtest

import (
	"net/http"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestWorkplaceScreenshots looks at the drawers and notices; see examine.
func TestWorkplaceScreenshots(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	p := newTab(t)
	p.expectDown()
	p.script(t, alone+warp)
	p.script(t, `localStorage.setItem('battlehub-pins', '["pk-3","pk-12"]'); localStorage.setItem('battlehub-pinned-owners', '["owner-of-pk-7"]');
		localStorage.setItem('battlehub-rules', JSON.stringify([['challenged', 'pk-8'], ['busy', '2'], ['presumed', '']].map(([kind, value], i) => ({ id: String(i), kind, on: i < 2, value }))))`)
	fillBoard(t, h)
	p.open(t, h.url("/"))
	p.waitFor(t, `document.querySelectorAll('.card').length > 10`)
	for i := range 4 { // alerts
		newBattle(h, "alert "+string(rune('a'+i)), "pk-7", "pk-8").lasting(time.Minute, time.Duration(i)*time.Second).create(t, true).start(t)
	}
	p.waitFor(t, `document.querySelectorAll('.toast').length === 4`)
	p.examine(t, "toasts")
	for _, panel := range []string{"watchlist", "export"} {
		p.open(t, h.url("/?panel="+panel))
		p.waitFor(t, `document.querySelector('.drawer') !== null`)
		p.examine(t, panel)
	}
	for i := range 14 {
		b := newBattle(h, "past "+string(rune('a'+i)), "pk-3", "pk-5").lasting(time.Minute, time.Duration(5+i*2)*time.Minute).create(t, true)
		switch {
		case i%5 == 4:
			b.end(t, 2, time.Minute)
		case i%5 == 3:
			b.start(t).end(t, 1, 20*time.Second, 3, 0)
		default:
			b.start(t).end(t, 0, time.Minute, 100+i*77%50, 120)
		}
	}
	p.open(t, h.url("/?panel=room&of=pk-3"))
	p.waitFor(t, `document.querySelectorAll('.past tbody tr').length > 10 && document.querySelector('.reach')?.innerText.startsWith('All')`)
	p.examine(t, "room")
	p.open(t, h.url("/?panel=owner&of=nobody"))
	p.waitFor(t, `document.querySelector('.reach')?.innerText.startsWith('All')`)
	p.examine(t, "room-empty")
	p.open(t, h.url("/?panel=pictures"))
	p.waitFor(t, `document.querySelectorAll('.u-legend').length === 3`)
	for i := range 8 {
		newBattle(h, "live "+string(rune('a'+i)), "pk-3", "pk-5").create(t, false).start(t)
	}
	p.waitFor(t, `/p50 \d+ ms/.test(document.querySelector('.pictures').innerText)`)
	p.examine(t, "pictures")

	p.open(t, h.url("/"))
	p.waitFor(t, boardIsLive)
	response, err := http.Post(h.url("/webhook?SdkAppid=1400000000"), "application/json", nil)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	evaluate[chromedp.Void](t, p, `pass(4 * 60_000)`)
	p.waitFor(t, `document.querySelector('.banner.source') !== null`)
	p.examine(t, "source")
	p.open(t, h.url("/"))
	p.waitFor(t, boardIsLive+` && document.querySelectorAll('.card').length > 10`)
	// As if it had been away.
	evaluate[chromedp.Void](t, p, `Promise.all([import('/dashboard/away.js'), import('/dashboard/store.js')]).then(([{ absence }, { battles }]) => {
		const events = battles.value.slice(0, 12).map((battle, i) => ({ kind: ['created', 'started', 'ended', 'presumed_ended'][i % 4], at: battle.created_at ?? battle.started_at, battle }));
		absence.value = { from: Date.now() - 340_000, until: Date.now(), count: 12, more: false, events };
	})`)
	p.waitFor(t, `document.querySelector('.away') !== null`)
	p.examine(t, "away")
	p.do(t, chromedp.Click(chromedp.CSS(".away a")))
	p.waitFor(t, `document.querySelector('.away-panel') !== null`)
	p.examine(t, "away-panel")
	for _, lang := range []string{"zh", "ko"} {
		for panel, ready := range map[string]string{
			"watchlist": `.watch`, "room&of=pk-3": `.past tr`, "pictures": `.u-legend`,
		} {
			p.open(t, h.url("/?lang="+lang+"&panel="+panel))
			p.waitFor(t, `document.querySelector('`+ready+`') !== null`)
			p.examine(t, lang+"-"+panel[:4])
		}
	}
	p.open(t, h.url("/"))
	p.waitFor(t, boardIsLive)
	h.Kill()
	p.waitFor(t, `document.querySelector('.banner.waiting') !== null`)
	p.examine(t, "stale")
}
