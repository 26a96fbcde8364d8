package bench

import (
	"testing"
	"time"
)

// TestStalledGeneratorIsRefused: the clock stands still for a while, as for a process that
// the machine has no time for. What that makes late is no latency of the server's.
func TestStalledGeneratorIsRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		oversleep time.Duration
		refused   bool
	}{"on time": {0, false}, "stalled": {3 * time.Millisecond, true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var at instant
			c := clock{func() instant { return at }, func(d time.Duration) { at = at.plus(d + test.oversleep) }}
			s := stretch{Pace: pace{Rate: 100, Burst: 1}, To: 200}
			h := health{Took: time.Second, Lateness: s.play(t.Context(), c, func(int, instant) instant { return at })}
			if why := h.refuse(50, 5*time.Millisecond); (why != "") != test.refused {
				t.Errorf("refused: %q", why)
			}
			if late := h.Lateness.Late > 0; late != test.refused || h.Lateness.Sent != 200 {
				t.Errorf("%d of %d late", h.Lateness.Late, h.Lateness.Sent)
			}
		})
	}
}

// TestSlowServerIsNotOurLateness: all senders wait for the server; that is its latency.
func TestSlowServerIsNotOurLateness(t *testing.T) {
	t.Parallel()
	var at instant
	c := clock{func() instant { return at }, func(d time.Duration) { at = at.plus(d) }}
	s := stretch{Pace: pace{Rate: 1000, Burst: 1}, To: 100}
	l := s.play(t.Context(), c, func(int, instant) instant {
		at = at.plus(50 * time.Millisecond) // until a sender was free
		return at
	})
	if l.Late != 0 {
		t.Errorf("%d late", l.Late)
	}
}

func TestDisturbedLatenciesAreRefused(t *testing.T) {
	t.Parallel()
	for name, h := range map[string]health{
		"readers are busy":   {Took: time.Second, Busy: 0.97},
		"others are at work": {Took: time.Second, Others: 100 * time.Second},
	} {
		if h.refuse(50, time.Second) == "" {
			t.Errorf("%s, and a latency was printed", name)
		}
	}
	m := measurement{Health: health{Took: time.Second, Busy: 1, Lateness: lateness{Histogram: newHistogram()}}}
	h := newHistogram()
	_ = h.RecordValue(1e6)
	var f figures
	m.latencies(&f, "latency", h)
	for _, each := range f {
		if each.Refused == "" || each.text() != "not measured" {
			t.Errorf("%+v", each)
		}
	}
}
