package bench

import (
	"context"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// pace says how fast events are sent.
type pace struct {
	Rate  float64 // events a second; 0: each as soon as a sender is free, which is a closed loop
	Burst int     // this many at a time, back to back; at least 1
}

// after returns when the n-th event is due, counted from the first.
func (p pace) after(n int) time.Duration {
	if p.Rate == 0 {
		return 0
	}
	n -= n % p.Burst
	return time.Duration(float64(n) / p.Rate * float64(time.Second))
}

// stretch is a part of a run's events that is sent without a pause between. From its start
// on, everybody knows when each was to be sent, so that no packet has to carry it.
type stretch struct {
	Pace     pace
	From, To int // the events From ≤ k < To
	Start    instant
	Measured bool // its latencies count
}

// due is when event k is to be sent.
func (s *stretch) due(k int) instant { return s.Start.plus(s.Pace.after(k - s.From)) }

func (s *stretch) has(k int) bool { return s.From <= k && k < s.To }

// lateness is how well a stretch kept its pace, as far as that was up to us.
type lateness struct {
	Sent      int
	Late      int                     // sent over lateAfter behind their time, while a sender was free
	Histogram *hdrhistogram.Histogram // of how far behind, in nanoseconds
}

// lateAfter is what a tick may be late before it counts. Timers wake some 50 µs late.
const lateAfter = time.Millisecond

// longestNap bounds a sleep, so that an interruption is noticed.
const longestNap = 20 * time.Millisecond

// play calls send for every event at its time, until all are sent or ctx ends. send takes
// an event when a sender is free, and returns when it had one: what it waited for that is
// the server's delay, and no fault of ours.
func (s *stretch) play(ctx context.Context, c clock, send func(k int, due instant) instant) lateness {
	l := lateness{Histogram: newHistogram()}
	var free instant // when a sender was last waited for, and came
	for k := s.From; k < s.To && ctx.Err() == nil; k++ {
		due := s.due(k)
		for wait := due.since(c.now()); wait > 0 && ctx.Err() == nil; wait = due.since(c.now()) {
			c.sleep(min(wait, longestNap))
		}
		if s.Pace.Rate == 0 {
			due = c.now()
		}
		l.note(c.now().since(max(due, free)))
		free = send(k, due)
	}
	return l
}

// playOnTime plays by the machine's clock.
func (s *stretch) playOnTime(ctx context.Context, p *publisher) (l lateness) {
	onTime(func() { l = s.play(ctx, clock{now, p.wait}, p.send) })
	return l
}

func (l *lateness) note(behind time.Duration) {
	l.Sent++
	_ = l.Histogram.RecordValue(int64(min(max(behind, 0), time.Minute)))
	if behind > lateAfter {
		l.Late++
	}
}
