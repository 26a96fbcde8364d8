package hub_test

import (
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"

	"battlehub/hub"
)

// raceEnabled: the race detector makes sync.Pool forget at random, which allocates.
var raceEnabled bool

// TestDeliveryAllocatesNothing compares what an event costs with few and with many
// sessions: what a session adds must not be memory.
func TestDeliveryAllocatesNothing(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates; run without -race")
	}
	few, many := allocsPerEvent(t, 20), allocsPerEvent(t, 220)
	if perDelivery := (many - few) / 200; perDelivery > 0.05 {
		t.Errorf("%.3f allocations a delivery (%.1f an event with 20 sessions, %.1f with 220)", perDelivery, few, many)
	}
}

// allocsPerEvent connects sessions that follow everything and counts the allocations that
// an event causes in the whole process, the readers allocating nothing.
func allocsPerEvent(t *testing.T, sessions int) float64 {
	n := startNode(t, hub.Options{})
	var received atomic.Int64
	for range sessions {
		raw := n.rawSocket()
		t.Cleanup(func() { raw.conn.Close() })
		go func() {
			for {
				if _, _, err := raw.frame(); err != nil {
					return
				}
				received.Add(1)
			}
		}()
	}
	const warmUp, events = 50, 200
	n.eventually("greeted", func() bool { return received.Load() >= int64(2*sessions) })
	want := received.Load()
	deliver := func(from, to int) {
		for i := from; i < to; i++ {
			n.appendOnly(event(hub.KindCreated, fmt.Sprint("b", i), "pk-3", "pk-5"))
			want += int64(sessions)
			for received.Load() < want {
				runtime.Gosched()
			}
		}
	}
	deliver(0, warmUp)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	deliver(warmUp, warmUp+events)
	runtime.ReadMemStats(&after)
	return float64(after.Mallocs-before.Mallocs) / events
}
