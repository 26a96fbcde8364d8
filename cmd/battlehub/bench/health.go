package bench

import (
	"fmt"
	"runtime"
	"time"
)

// health is how well the tool itself kept up while it measured, and what disturbed it.
type health struct {
	Lateness lateness
	Busy     float64       // share of the time that the busiest worker had something to do
	Took     time.Duration // the stretch and what followed until all was there
	CPU      time.Duration // of this process and its workers
	Others   time.Duration // CPU that processes took which are neither measured nor ours
	Stolen   time.Duration // CPU that other guests of the same host took
}

// busyLimit is the share of the time that readers may be at work. Above it events wait for
// them, not for the server.
const busyLimit = 0.95

// othersLimit is the share of the machine that processes may take which are neither measured
// nor ours. Above it latencies are theirs as much as the server's.
const othersLimit = 0.25

// ofLatency is the share of a latency that the tool's own lateness may be.
const ofLatency = 4

// refuse says why a latency was not measured, or "". Latencies count from when an event was
// to be sent: what it was sent late is in them, though no fault of the server's.
func (h *health) refuse(quantile float64, latency time.Duration) string {
	late := time.Duration(0)
	if h.Lateness.Histogram != nil {
		late = time.Duration(h.Lateness.Histogram.ValueAtPercentile(quantile))
	}
	switch {
	case h.Busy > busyLimit:
		return fmt.Sprintf("the readers were busy %.0f %% of the time, so that events waited for them", 100*h.Busy)
	case h.share(h.Others+h.Stolen) > othersLimit:
		return fmt.Sprintf("other processes took %.0f %% of the machine", 100*h.share(h.Others+h.Stolen))
	case late > latency/ofLatency:
		return fmt.Sprintf("events were sent up to %v late by bench itself", late.Round(10*time.Microsecond))
	}
	return ""
}

// share returns what a time is of all cores' in the while.
func (h *health) share(t time.Duration) float64 {
	if h.Took <= 0 {
		return 0
	}
	return float64(t) / float64(h.Took) / float64(runtime.NumCPU())
}
