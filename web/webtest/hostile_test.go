package webtest

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// hostile are ids that a page must show and never understand.
var hostile = []string{
	`<img src=x onerror="document.title='pwned'">`,
	`<script>document.title='pwned'</script>`,
	`"><svg/onload=alert(1)>`,
	`javascript:alert(1)`,
	"\u202egnp.exe", // turns the direction of writing around
	`${alert(1)} {{constructor.constructor('alert(1)')()}}`,
	`__proto__`,
	strings.Repeat("長い名前", 20),
	`&lt;b&gt;&amp;`,
}

func TestHostileNamesAreShownAsText(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	for _, name := range hostile {
		newBattle(h, name, name, "to "+name).create(t, true).start(t)
	}
	p := newTab(t)
	p.open(t, h.url("/"))
	p.waitFor(t, `document.querySelectorAll('.card').length === `+quote(len(hostile)))
	names := evaluate[[]string](t, p, `[...document.querySelectorAll('.side:first-child .room')].map((room) => room.textContent)`)
	slices.Sort(names)
	if want := slices.Sorted(slices.Values(hostile)); !slices.Equal(names, want) {
		t.Errorf("shown are %q, want %q", names, want)
	}
	owners := evaluate[[]string](t, p, `[...document.querySelectorAll('.side:first-child .owner')].map((owner) => owner.textContent)`)
	for _, name := range hostile {
		if !slices.Contains(owners, ownerOf(name)) {
			t.Errorf("the owner %q is not shown; shown are %q", ownerOf(name), owners)
		}
	}

	for i := range hostile {
		evaluate[chromedp.Void](t, p, `document.querySelectorAll('.card-link')[`+quote(i)+`].click()`)
		p.waitFor(t, `document.querySelectorAll('.timeline li').length === 2`)
		evaluate[chromedp.Void](t, p, `document.querySelector('.detail').close()`)
		p.waitFor(t, `document.querySelector('.detail') === null`)
	}
	if n := evaluate[int](t, p, `document.querySelectorAll('main img, main script, main svg, dialog img, dialog script, dialog svg').length`); n > 0 {
		t.Errorf("%d elements came from a name", n)
	}
	if title := evaluate[string](t, p, `document.title`); strings.Contains(title, "pwned") {
		t.Errorf("title %q", title)
	}
	if wide := evaluate[bool](t, p, `document.documentElement.scrollWidth > innerWidth`); wide {
		t.Error("a long name widens the page")
	}
}

// quote writes a value as JavaScript.
func quote(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}
