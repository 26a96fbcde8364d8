package hub

import "github.com/prometheus/client_golang/prometheus/testutil"

// Head is the position up to which the hub has applied the app's log.
func (h *Hub) Head(app App) Position { return h.feeds[app].head() }

// FillFarewells leaves no place for telling a refused socket why.
func (h *Hub) FillFarewells() {
	for range maxFarewells {
		h.farewells <- struct{}{}
	}
}

// Lags is how often a session fell behind.
func (h *Hub) Lags() float64 { return testutil.ToFloat64(h.metrics.lagging) }

// Reached is how often a limit was reached.
func (h *Hub) Reached(l string) float64 { return testutil.ToFloat64(h.metrics.limits[limit(l)]) }
