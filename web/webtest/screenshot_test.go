package webtest

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// TestScreenshots draws the page in every state, width and theme, for a person to look
// at: BATTLEHUB_SCREENSHOTS names the folder.
func TestScreenshots(t *testing.T) {
	dir := os.Getenv("BATTLEHUB_SCREENSHOTS")
	if dir == "" {
		t.Skip("BATTLEHUB_SCREENSHOTS names no folder")
	}
	h := startHub(t)
	p := newTab(t)
	p.expectDown()

	p.open(t, h.url("/"))
	p.waitFor(t, `document.querySelector('.first-run') !== null`)
	p.shoot(t, dir, "empty")

	fillBoard(t, h)
	p.waitFor(t, `document.querySelector('.presumed_ended') !== null`)
	p.shoot(t, dir, "busy")
	p.open(t, h.url("/?q=nothing-like-it"))
	p.waitFor(t, `document.querySelector('.notice') !== null`)
	p.shoot(t, dir, "nomatch")
	p.open(t, h.url("/?state=live"))
	p.waitFor(t, `document.querySelector('.shows-1') !== null`)
	p.shoot(t, dir, "filtered")
	p.open(t, h.url("/"))
	p.waitFor(t, `document.querySelector('.card') !== null`)
	p.do(t, chromedp.Click(chromedp.CSS(".ended .card-link")))
	p.waitFor(t, `document.querySelector('.timeline li') !== null`)
	p.shoot(t, dir, "detail")
	suspicious := newBattle(h, "suspicious", "pk-3", "pk-5").create(t, false).create(t, false).start(t)
	newBattle(h, "suspicious", "pk-3", "pk-666").start(t)
	p.open(t, h.url("/?battle="+url.QueryEscape(suspicious.id)))
	p.waitFor(t, `document.querySelector('.timeline .conflict') !== null`)
	p.shoot(t, dir, "conflict")
	p.do(t, chromedp.Click(chromedp.CSS(".detail .button")))
	h.Kill()
	p.waitFor(t, `document.querySelector('.banner.waiting') !== null`)
	p.shoot(t, dir, "broken")
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

// shoot takes the page at three widths in both themes.
func (p *tab) shoot(t *testing.T, dir, name string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, theme := range []string{"light", "dark"} {
		feature := &emulation.MediaFeature{Name: "prefers-color-scheme", Value: theme}
		media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{feature}}
		if _, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, media); err != nil {
			t.Fatal(err)
		}
		for _, size := range [][2]int64{{360, 780}, {1280, 800}, {1920, 1080}} {
			p.do(t, chromedp.EmulateViewport(size[0], size[1]))
			evaluate[bool](t, p, `Promise.allSettled(document.getAnimations().map((a) => a.finished)).then(() => true)`)
			image, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(dir, fmt.Sprintf("%s-%d-%s.png", name, size[0], theme))
			if err := os.WriteFile(file, image, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}
