package webtest

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestBoardScreenshots looks at the board in every state; see examine.
func TestBoardScreenshots(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	p := newTab(t)
	p.expectDown()

	p.open(t, h.url("/"))
	p.waitFor(t, `document.querySelector('.first-run') !== null`)
	p.examine(t, "empty")

	fillBoard(t, h)
	p.waitFor(t, `document.querySelector('.presumed_ended') !== null`)
	p.examine(t, "busy")
	p.open(t, h.url("/?q=nothing-like-it"))
	p.waitFor(t, `document.querySelector('.notice') !== null`)
	p.examine(t, "nomatch")
	p.open(t, h.url("/?q=4siHsNsWN/T3aub9zKraqPbSEGRX2z6gs3LDFi%2Bd/3M="))
	p.waitFor(t, `document.querySelector('.notice .primary') !== null`)
	p.examine(t, "nomatch-id")
	p.script(t, `localStorage.setItem('battlehub-views', JSON.stringify([{ name: 'Long battles', asks: 'length=300-' }, { name: 'Walk-overs', asks: 'outcome=all_left' },
		{ name: 'pk-1 to pk-19', asks: 'room=pk-1&state=live' }])); localStorage.setItem('battlehub-pins', '["pk-12","pk-7"]')`)
	p.open(t, h.url("/?state=live&room=pk-1"))
	p.waitFor(t, `document.querySelector('.shows-1') !== null`)
	p.examine(t, "filtered")
	newBattle(h, "many", "room-of-a-very-long-name-indeed-which-does-not-fit", "pk-302", "pk-303", "pk-304", "pk-305", "pk-306").lasting(4*time.Minute, 30*time.Second).create(t, true).start(t)
	p.open(t, h.url("/?view=table"))
	p.waitFor(t, `document.querySelector('.row.live') !== null`)
	p.examine(t, "table")
	p.open(t, h.url("/?panel=keys"))
	p.waitFor(t, `document.querySelector('.drawer') !== null`)
	p.examine(t, "keys")
	for _, lang := range []string{"zh", "ko"} {
		p.open(t, h.url("/?owner=pk&lang="+lang))
		p.waitFor(t, `document.querySelector('.card') !== null`)
		p.examine(t, "busy-"+lang)
	}
	p.open(t, h.url("/?lang=en"))
	p.waitFor(t, `document.querySelector('.card') !== null`)
	p.do(t, chromedp.Click(chromedp.CSS(".ended .card-link")))
	p.waitFor(t, `document.querySelector('.timeline li') !== null`)
	p.examine(t, "detail")
	suspicious := newBattle(h, "suspicious", "pk-3", "pk-5").create(t, false).create(t, false).start(t)
	newBattle(h, "suspicious", "pk-3", "pk-666").start(t)
	p.open(t, h.url("/?battle="+url.QueryEscape(suspicious.id)))
	p.waitFor(t, `document.querySelector('.timeline .conflict') !== null`)
	p.examine(t, "conflict")
	p.do(t, chromedp.Click(chromedp.CSS(".detail .button")))
	h.Kill()
	p.waitFor(t, `document.querySelector('.banner.waiting') !== null`)
	p.examine(t, "broken")
}

// fillBoard makes a busy evening.
func fillBoard(t *testing.T, h *hubProcess) {
	t.Helper()
	n := 0
	next := func(to int) *battle {
		n++
		rooms := make([]string, to)
		for i := range rooms {
			rooms[i] = fmt.Sprintf("pk-%d", 100+(n*7+i*13)%90)
		}
		return newBattle(h, fmt.Sprint("shot ", n), fmt.Sprintf("pk-%d", n), rooms...)
	}
	next(1).lasting(5*time.Second, 12*time.Second).create(t, false).start(t) // its End never comes
	for i := range 4 {
		next(1+i%3).lasting(time.Minute, time.Duration(i*4)*time.Second).create(t, true)
	}
	next(1).create(t, false)
	for i := range 15 {
		b := next(1+i/12).lasting(time.Duration(1+i%5)*time.Minute, time.Duration(3+i*3)*time.Second).create(t, i%2 == 0)
		if i == 13 {
			b.start(t, b.to[0])
		} else {
			b.start(t)
		}
	}
	next(1).lasting(20*time.Second, 14*time.Second).create(t, false).start(t)
	for i := range 14 {
		next(1).lasting(time.Minute, time.Duration(200+i*31)*time.Second).create(t, false).start(t).
			end(t, 0, time.Minute, 1200*(i%5)+17*i, 900*(i%3)+440)
	}
	next(1).lasting(time.Minute, 4*time.Minute).create(t, false).start(t).end(t, 0, time.Minute, 700, 700)
	next(2).lasting(time.Minute, 3*time.Minute).create(t, true).end(t, 2, time.Minute)
	next(1).lasting(time.Minute, 2*time.Minute).create(t, false).start(t).end(t, 1, 41*time.Second, 120, 4503599627370496)
}
