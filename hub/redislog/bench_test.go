package redislog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"battlehub/hub"
	"battlehub/hub/redislog/redistest"
)

// redisCPU is the processor time that a server has used.
func redisCPU(b *testing.B, s *redistest.Server) time.Duration {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.Pid()))
	if err != nil {
		b.Fatal(err)
	}
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+2:])
	var ticks int
	for _, f := range fields[11:13] { // utime and stime, of 10 ms each (proc(5))
		n, err := strconv.Atoi(string(f))
		if err != nil {
			b.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

// BenchmarkAppend appends from so many callers at a time, with one tail that follows, to
// logs that hold ever more: neither must an event cost more as the log grows.
func BenchmarkAppend(b *testing.B) {
	for _, length := range []int{0, 100_000, 1_000_000} {
		for _, callers := range []int{1, 64} {
			b.Run(fmt.Sprintf("length=%d/callers=%d", length, callers), func(b *testing.B) { benchAppend(b, length, callers) })
		}
	}
}

func benchAppend(b *testing.B, length, callers int) {
	s := redistest.Start(b)
	l := openLog(b, Options{URL: hub.Secret(s.URL()), Recent: 1024})
	fill(b, l, length)
	tailNewest(b, l)
	var n atomic.Int64
	n.Store(int64(length))
	cpu := redisCPU(b, s)
	b.ResetTimer()
	var calls sync.WaitGroup
	for range callers {
		calls.Go(func() {
			for {
				i := int(n.Add(1))
				if i > length+b.N {
					return
				}
				if _, err := l.Append(context.Background(), newEvents(i, 1)); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	calls.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(float64((redisCPU(b, s)-cpu).Microseconds())/float64(b.N), "redis-µs/event")
}

// fill appends so many events.
func fill(b *testing.B, l *Log, n int) {
	b.Helper()
	for i := 0; i < n; i += 10000 {
		mustAppend(b, l, newEvents(i+1, min(10000, n-i))...)
	}
}

// counting is a handler that counts and forgets.
type counting struct {
	n    atomic.Int64
	live chan struct{}
	once sync.Once
}

func (c *counting) Apply(entries []hub.Entry) { c.n.Add(int64(len(entries))) }

func (c *counting) Live(heard bool) {
	if heard {
		c.once.Do(func() { close(c.live) })
	}
}

// tailNewest follows the log from its newest entry until the benchmark ends.
func tailNewest(b *testing.B, l *Log) *counting {
	b.Helper()
	told := mustAppend(b, l, newEvent(-1))
	return tailFrom(b, l, told[0].Position)
}

func tailFrom(b *testing.B, l *Log, from hub.Position) *counting {
	c := &counting{live: make(chan struct{})}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := l.Tail(ctx, from, c); !errors.Is(err, context.Canceled) {
			b.Error(err)
		}
	}()
	b.Cleanup(func() {
		cancel()
		<-done
	})
	<-c.live
	return c
}

// BenchmarkBoot is a node's start: load the board of 10,000 battles, and apply the log since
// it was stored, a minute of 30 events a second, in a log that is itself as long as said. A
// day of ten battles a second makes 2.6 million entries.
func BenchmarkBoot(b *testing.B) {
	for _, length := range []int{10_000, 1_000_000} {
		b.Run(fmt.Sprintf("length=%d", length), func(b *testing.B) {
			l := openLog(b, Options{URL: hub.Secret(redistest.Start(b).URL()), Recent: 1024})
			fill(b, l, length)
			at := mustAppend(b, l, newEvent(-1))[0].Position
			if err := l.SaveBoard(b.Context(), at, bytes.Repeat([]byte(`{"battle":"0123456789abcdef"}`), 15<<20/29)); err != nil {
				b.Fatal(err)
			}
			mustAppend(b, l, newEvents(10_000_000, 1800)...)
			for b.Loop() {
				from, _, err := l.LoadBoard(b.Context())
				if err != nil || from != at {
					b.Fatal(from, err)
				}
				b.StopTimer()
				b.StartTimer()
				tailFrom(b, l, from)
			}
		})
	}
}
