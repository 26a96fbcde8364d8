package main

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// growth is how much the heap may grow between two collections, in percent of what lives,
// unless GOGC says otherwise. Go's own 100 made an event cost 8 % more at 15,000 webhooks a
// second, and those that came meanwhile wait longer. What it takes of memory is given back
// when it is quiet.
const growth = 200

func collectLess() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(growth)
	}
}

// What the heap is looked at for, and how often.
const (
	lookEvery  = 2 * time.Second
	quietBytes = 1 << 20 // allocated between two looks: some events, and no crowd
	worthBytes = 8 << 20 // not in use, or a quarter of what lives, is worth a collection
)

// giveBackLoop collects garbage and gives memory back to the system when a crowd has come
// and it is quiet again, until ctx ends. Go itself waits until as much was allocated again
// as lives, which an idle hub hardly ever does, and would keep what thousands of handshakes
// left behind: 10,000 idle sessions have 7.5 KB each this way, and 10.9 without. To collect
// at half that growth (GOGC=50) came to 9.1, but cost 6 to 14 % of the processor at 12,000
// webhooks a second.
func giveBackLoop(ctx context.Context) {
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for h := readHeap(); ; {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
			h = h.giveBack()
		}
	}
}

// giveBack does so if little was allocated since h was read, and returns how the heap was found.
func (h heap) giveBack() heap {
	found := readHeap()
	if found.allocated-h.allocated < quietBytes && found.unused() > max(worthBytes, found.live/4) {
		debug.FreeOSMemory() // collects first, beside everything else
	}
	return found
}

// heap is the state of Go's heap, in bytes.
type heap struct {
	allocated uint64 // ever
	objects   uint64 // live ones and garbage
	live      uint64 // when last collected
	free      uint64 // collected, and not given back
}

func (h heap) unused() uint64 { return h.free + h.objects - min(h.live, h.objects) }

func readHeap() heap {
	samples := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}, {Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/gc/heap/live:bytes"}, {Name: "/memory/classes/heap/free:bytes"}}
	metrics.Read(samples)
	value := func(i int) uint64 { return samples[i].Value.Uint64() }
	return heap{value(0), value(1), value(2), value(3)}
}
