package webtest

import (
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// TestCountdownsGoByTheServersClock, however wrong the viewer's is: here it is seven minutes
// ahead, in the page and, since nobody knows which of them asks, without a worker.
func TestCountdownsGoByTheServersClock(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	newBattle(h, "one", "pk-1", "pk-2").lasting(5*time.Minute, 0).create(t, false).start(t)
	p := newTab(t)
	p.script(t, alone+`{
		const Real = Date;
		window.Date = class extends Real { constructor(...args) { super(...(args.length ? args : [Real.now() + 420_000])); } static now() { return Real.now() + 420_000; } };
		window.realNow = () => Real.now();
	}`)
	p.open(t, h.url("/"))
	p.waitFor(t, `document.querySelector('.live .countdown-time') !== null`)
	// Two seconds of grace: a tick, and a machine under load.
	if got := evaluate[float64](t, p, `(async () => {
		const { battles } = await import('/dashboard/store.js');
		const [minutes, seconds] = document.querySelector('.live .countdown-time').innerText.split(':').map(Number);
		return Math.abs((Date.parse(battles.value[0].ends_at) - realNow()) / 1000 - (60 * minutes + seconds));
	})()`); got > 2 {
		t.Errorf("the countdown is %v s off", got)
	}
}

// TestTimesAreInTheViewersZone, and Tencent's, which is the server's, does not matter.
func TestTimesAreInTheViewersZone(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	b := newBattle(h, "one", "pk-1", "pk-2").create(t, false).start(t).end(t, 0, time.Minute, 1, 2)
	for _, zone := range []string{"Asia/Shanghai", "America/St_Johns"} {
		p := newTab(t)
		if _, err := chromedp.Call(p.ctx, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: zone}); err != nil {
			t.Fatal(err)
		}
		p.open(t, h.url("/"))
		p.waitFor(t, `document.querySelector('.ended .card-when time') !== null`)
		location, err := time.LoadLocation(zone)
		if err != nil {
			t.Skip(err)
		}
		want := b.begun.Add(time.Minute).In(location).Format(time.TimeOnly)
		if got := p.texts(t, ".ended .card-when time")[0]; got != want {
			t.Errorf("in %s the battle ended at %s, want %s", zone, got, want)
		}
	}
}
