package bench

import (
	"runtime"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// instant is a moment of CLOCK_MONOTONIC, in nanoseconds. All processes of a machine share
// it, and nobody can set it: a latency between two processes is a plain difference.
type instant int64

// now reads the clock. It costs what time.Now does.
func now() instant {
	a := anchored()
	return a.at + instant(time.Since(a.monotonic))
}

// anchor ties Go's monotonic clock, which hides its value, to the kernel's.
type anchor struct {
	monotonic time.Time
	at        instant
}

// anchored finds the anchor once. Of several tries the quickest counts: a process that is
// preempted between the two readings would be off by as long.
var anchored = sync.OnceValue(func() anchor {
	var best anchor
	shortest := time.Duration(1<<63 - 1)
	for range 20 {
		begin := time.Now()
		at := kernelClock()
		if took := time.Since(begin); took < shortest {
			shortest, best = took, anchor{begin.Add(took / 2), at}
		}
	}
	return best
})

func kernelClock() instant {
	var t unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_MONOTONIC, &t) // it cannot fail: the clock exists
	return instant(t.Nano())
}

// plus returns the instant d later.
func (i instant) plus(d time.Duration) instant { return i + instant(d) }

// since returns how much later i is than earlier.
func (i instant) since(earlier instant) time.Duration { return time.Duration(i - earlier) }

// clock is what a pace keeps: tests have one of their own.
type clock struct {
	now   func() instant
	sleep func(time.Duration) // about; it may wake early or late
}

// onTime runs a function on a thread of its own whose sleeps the kernel does not prolong:
// by default it may wake a thread 50 µs late, to save power (prctl(2), PR_SET_TIMERSLACK).
func onTime(f func()) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	const byDefault, none = 0, 1
	_ = unix.Prctl(unix.PR_SET_TIMERSLACK, none, 0, 0, 0) // without it, lateness tells
	defer func() { _ = unix.Prctl(unix.PR_SET_TIMERSLACK, byDefault, 0, 0, 0) }()
	f()
}
