package webtest

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestThePictures: from the first moment they show what the board tells of the time before, and
// then what happens. The policy lets the plots be drawn: a breach would fail the test.
func TestThePictures(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	newBattle(h, "left", "pk-1", "pk-2").lasting(time.Minute, 5*time.Minute).create(t, false).start(t).end(t, 1, 30*time.Second, 1, 2)
	newBattle(h, "live", "pk-3", "pk-4").lasting(time.Hour, 6*time.Minute).create(t, false).start(t)
	p := newTab(t)
	p.open(t, h.url("/?panel=pictures"))
	p.waitFor(t, `document.querySelectorAll('.u-legend').length === 3 && document.querySelector('.pictures').innerText.includes('1 live now')`)
	said := p.texts(t, ".picture > p")
	if said[1] != "No event has come since this page was opened." || said[2] != "Time was up: 0 · Everyone left: 1 · Nobody joined: 0 · Presumed over: 0" {
		t.Errorf("it says %q", said)
	}
	hour := func() map[string][]*float64 {
		t.Helper()
		return evaluate[map[string][]*float64](t, p, `import('/dashboard/rates.js').then(({ lastHour }) => lastHour())`)
	}
	begun := hour()
	if n := len(begun["live"]); n != 60 || *begun["live"][n-1] != 1 || *begun["live"][n-5] != 1 || begun["live"][0] != nil {
		t.Errorf("live battles by the minute: %d minutes", n)
	}
	sum := func(columns map[string][]*float64, name string) (sum float64) {
		for _, v := range columns[name] {
			if v != nil {
				sum += *v
			}
		}
		return sum
	}
	if got := sum(begun, "events"); got != 5 {
		t.Errorf("%v events before, want 5", got)
	}

	for i := range 5 {
		newBattle(h, "now "+string(rune('a'+i)), "pk-5", "pk-6").create(t, false).start(t)
	}
	p.waitFor(t, `/p50 .* of 10 events/.test(document.querySelector('.pictures').innerText) && document.querySelector('.pictures').innerText.includes('6 live now')`)
	if got := sum(hour(), "events"); got != 15 {
		t.Errorf("%v events, want 15", got)
	}
	for i, canvas := range evaluate[[]int](t, p, `[...document.querySelectorAll('.plot canvas')].map((canvas) =>
			canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.filter((_, i) => i % 4 === 3).filter(Boolean).length)`) {
		if canvas == 0 {
			t.Errorf("plot %d is empty", i)
		}
	}
	p.do(t, chromedp.EmulateViewport(360, 800))
	p.waitFor(t, `document.querySelector('.plot canvas').clientWidth <= 360`)
	evaluate[chromedp.Void](t, p, `document.querySelector('.pictures').close()`)
	p.waitFor(t, `document.querySelector('.drawer, .uplot') === null`)
	if address := evaluate[string](t, p, `location.search`); strings.Contains(address, "panel") {
		t.Errorf("the address is %q still", address)
	}
}
