package webtest

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// axe is Deque's accessibility checker; web/vendor/update.sh fetches it.
//
//go:embed axe/axe.min.js
var axe string

// widths of a phone, a laptop and a wall screen.
var sizes = [][2]int64{{360, 780}, {768, 1024}, {1280, 800}, {2560, 1440}}

// examine judges the page as it is now: in both themes axe must find nothing, and at no width may
// it have to be scrolled sideways. BATTLEHUB_SCREENSHOTS names the folder, if any, that pictures
// of all of it go to, for a person to look at.
func (p *tab) examine(t *testing.T, name string) {
	t.Helper()
	for _, theme := range []string{"light", "dark"} {
		p.setMedia(t, "prefers-color-scheme", theme)
		for _, size := range sizes {
			p.do(t, chromedp.EmulateViewport(size[0], size[1]))
			p.settle(t)
			where := fmt.Sprintf("%s-%d-%s", name, size[0], theme)
			if wide := evaluate[[]string](t, p, tooWide); len(wide) > 0 {
				t.Errorf("%s: wider than the window: %v", where, wide)
			}
			if size[0] == 1280 || size[0] == 360 && theme == "light" { // colours do not depend on the width
				p.mustBeAccessible(t, where)
			}
			p.shoot(t, where)
		}
	}
	p.do(t, chromedp.EmulateViewport(1280, 900))
}

// tooWide names what reaches beyond the window, if the page or an open drawer scrolls sideways.
const tooWide = `[document.scrollingElement, ...document.querySelectorAll('dialog[open]')].filter((e) => e.scrollWidth > e.clientWidth + 1).flatMap((e) =>
	[...e.querySelectorAll('*')].filter((inner) => inner.getBoundingClientRect().right > innerWidth + 1).slice(0, 5).map((inner) => inner.outerHTML.slice(0, 100)))`

// settle waits until nothing moves any more.
func (p *tab) settle(t *testing.T) {
	t.Helper()
	evaluate[bool](t, p, `new Promise(requestAnimationFrame).then(() => Promise.allSettled(document.getAnimations().map((a) => a.finished))).then(() => true)`)
}

func (p *tab) setMedia(t *testing.T, feature, value string) {
	t.Helper()
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: feature, Value: value}}}
	if _, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, media); err != nil {
		t.Fatal(err)
	}
}

// mustBeAccessible has axe judge the page by WCAG 2.2 A and AA, and by what is usual.
func (p *tab) mustBeAccessible(t *testing.T, where string) {
	t.Helper()
	if !evaluate[bool](t, p, `'axe' in globalThis`) {
		evaluate[chromedp.Void](t, p, axe+`;0`)
	}
	found := evaluate[[]string](t, p, `axe.run(document, { preload: false, resultTypes: ['violations'] }).then(({ violations }) =>
		violations.flatMap(({ id, help, nodes }) => nodes.slice(0, 3).map(({ html, any, all }) =>
			id + ': ' + help + ': ' + html.slice(0, 160) + ' ' + [...any, ...all].map(({ message }) => message).join('; ').slice(0, 200))))`)
	for _, fault := range found {
		t.Errorf("%s: %s", where, fault)
	}
}

// shoot takes a picture, if anybody wants it.
func (p *tab) shoot(t *testing.T, name string) {
	t.Helper()
	dir := os.Getenv("BATTLEHUB_SCREENSHOTS")
	if dir == "" {
		return
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	image, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), image, 0o644); err != nil {
		t.Fatal(err)
	}
}
