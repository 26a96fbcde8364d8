package hub

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestThrottle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		th := NewThrottle[string](0.5, 3)
		for i := range 3 {
			if wait := th.Take("ann"); wait != 0 {
				t.Fatalf("time %d has to wait %v", i, wait)
			}
		}
		for range 5 { // asking again does not make the wait longer
			if wait := th.Take("ann"); wait != 2*time.Second {
				t.Fatalf("the fourth has to wait %v", wait)
			}
		}
		if wait := th.Take("bob"); wait != 0 {
			t.Errorf("another has to wait %v", wait)
		}
		time.Sleep(2 * time.Second)
		if wait := th.Take("ann"); wait != 0 {
			t.Errorf("after its wait, it has to wait %v", wait)
		}
	})
}

// TestThrottleForgets, and one that keeps coming is not among the forgotten.
func TestThrottleForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // whose time stands still
		th := NewThrottle[int](1, 2)
		const busy = -1
		th.Take(busy)
		th.Take(busy)
		for i := range 5 * throttledKeys {
			th.Take(i)
			if i%(throttledKeys/2) == 0 && th.Take(busy) == 0 {
				t.Fatalf("after %d others, who keeps coming was forgotten", i)
			}
		}
		if n := len(th.young) + len(th.old); n > 2*throttledKeys {
			t.Errorf("%d are remembered", n)
		}
	})
}
