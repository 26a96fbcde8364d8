package webhook

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"battlehub/hub"
)

// BenchmarkSpool is an event's way to the disk while the log is away, by one caller at a
// time and by many, who share the syncs.
func BenchmarkSpool(b *testing.B) {
	for _, callers := range []int{1, 64, 256} {
		b.Run(fmt.Sprintf("away-%d", callers), func(b *testing.B) {
			s := openSpool(b, b.TempDir(), newMoody(nil, refuses), func(o *SpoolOptions) { o.MaxBytes = 1 << 40 })
			benchSpool(b, s, callers)
		})
	}
	// While the backlog drains, both loops want the disk.
	b.Run("draining-64", func(b *testing.B) {
		log := openMemory(b)
		away := newMoody(log, refuses)
		s := openSpool(b, b.TempDir(), away, func(o *SpoolOptions) { o.MaxBytes = 1 << 40 })
		fillSpool(b, s, 30_000, 1<<40)
		away.be(works)
		benchSpool(b, s, 64)
		waitDrained(b, s)
	})
	b.Run("direct-64", func(b *testing.B) {
		benchSpool(b, openSpool(b, b.TempDir(), openMemory(b), nil), 64)
	})
}

// benchSpool appends b.N different events by a number of callers.
func benchSpool(b *testing.B, s *Spool, callers int) {
	var n, spooled atomic.Int64
	var all sync.WaitGroup
	b.ReportAllocs()
	b.ResetTimer()
	for range callers {
		all.Go(func() {
			for i := n.Add(1); i <= int64(b.N); i = n.Add(1) {
				a, err := s.Append(context.Background(), []hub.Event{spoolEvent(int(i))})
				if err != nil {
					b.Error(err)
					return
				}
				if a[0].Verdict == Spooled {
					spooled.Add(1)
				}
			}
		})
	}
	all.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(100*float64(spooled.Load())/float64(b.N), "%spooled")
}

// BenchmarkSpoolDrain is an event's way from the disk to a log in memory.
func BenchmarkSpoolDrain(b *testing.B) {
	dir := b.TempDir()
	s := openSpool(b, dir, newMoody(nil, refuses), func(o *SpoolOptions) { o.MaxBytes = 1 << 40 })
	fillSpool(b, s, b.N, 0)
	closeSpool(b, s)
	b.ResetTimer()
	waitDrained(b, openSpool(b, dir, openMemory(b), nil))
}

// fillSpool appends n events from one on.
func fillSpool(b *testing.B, s *Spool, n, first int) {
	b.Helper()
	for at := 0; at < n; at += 1000 {
		batch := make([]hub.Event, min(1000, n-at))
		for i := range batch {
			batch[i] = spoolEvent(first + at + i)
		}
		if _, err := s.Append(b.Context(), batch); err != nil {
			b.Fatal(err)
		}
	}
}
