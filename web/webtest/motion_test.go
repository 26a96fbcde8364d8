package webtest

import "testing"

// TestWhoWantsLessMotionHasNone, by what the browser knows of its reader.
func TestWhoWantsLessMotionHasNone(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	newBattle(h, "one", "pk-1", "pk-2").create(t, true)
	p := newTab(t)
	p.setMedia(t, "prefers-reduced-motion", "reduce")
	p.open(t, h.url("/"))
	p.waitFor(t, `document.querySelector('.card') !== null`)
	if moving := evaluate[[]string](t, p, `[...document.querySelectorAll('*')].filter((e) => {
		const { transitionDuration, animationName } = getComputedStyle(e);
		return transitionDuration.split(', ').some((time) => time !== '0s') || animationName !== 'none';
	}).map((e) => e.className)`); len(moving) > 0 {
		t.Errorf("these move: %v", moving)
	}
}
