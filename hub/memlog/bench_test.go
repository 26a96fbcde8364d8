package memlog

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"battlehub/hub"
	"battlehub/hub/logtest"
)

// BenchmarkAppend is the way of one event into the log, by one caller at a time and by
// 64, who share the groups and, on disk, the syncs.
func BenchmarkAppend(b *testing.B) {
	for _, where := range []string{"memory", "disk"} {
		for _, callers := range []int{1, 64} {
			b.Run(fmt.Sprintf("%s-%d", where, callers), func(b *testing.B) {
				o := Options{}
				if where == "disk" {
					o.Dir = b.TempDir()
				}
				l := openLog(b, o)
				var n atomic.Int64
				b.ReportAllocs()
				b.ResetTimer()
				benchAppend(b, l, callers, &n)
			})
		}
	}
}

// benchAppend appends b.N different events by a number of callers.
func benchAppend(b *testing.B, l *Log, callers int, n *atomic.Int64) {
	done := make(chan error, callers)
	for range callers {
		go func() {
			for i := n.Add(1); i <= int64(b.N); i = n.Add(1) {
				if _, err := l.Append(context.Background(), []hub.Event{benchEvent(int(i))}); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	for range callers {
		if err := <-done; err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkStart is a start of a node: opening a log of 100,000 events on disk and
// tailing it to the top.
func BenchmarkStart(b *testing.B) {
	const events = 100_000
	o := Options{App: logtest.App, Dir: b.TempDir()}
	fill(b, o, events)
	b.ResetTimer()
	for range b.N {
		l, err := Open(o)
		if err != nil {
			b.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		h := &counter{live: cancel}
		if err := l.Tail(ctx, hub.Position{}, h); ctx.Err() == nil {
			b.Fatal(err)
		}
		if h.n != events+1 {
			b.Fatalf("the tail was live after %d entries", h.n)
		}
		if err := l.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func fill(b *testing.B, o Options, events int) {
	l := openLog(b, o)
	for n := 0; n < events; n += 1000 {
		batch := make([]hub.Event, 1000)
		for i := range batch {
			batch[i] = benchEvent(n + i)
		}
		if _, err := l.Append(b.Context(), batch); err != nil {
			b.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		b.Fatal(err)
	}
}

// counter is a handler that counts, and ends the tail once it is live.
type counter struct {
	n    int
	live func()
}

func (c *counter) Apply(entries []hub.Entry) { c.n += len(entries) }
func (c *counter) Live(bool)                 { c.live() }

// benchEvent is like a Create packet's: all fields, and a body of about 600 bytes.
func benchEvent(n int) hub.Event {
	battle := fmt.Sprintf("4siHsNsWN/T3aub9zKraqPbSEGRX2z6gs3LDFi+%08d=", n)
	at := hub.At(time.UnixMilli(1795341600123 + int64(n)))
	no := false
	return hub.Event{
		ID: hub.EventID(logtest.App, hub.KindCreated, battle), App: logtest.App, Kind: hub.KindCreated,
		Battle: battle, At: at, ReceivedAt: at, From: hub.Side{Room: "pk-3", Owner: "brennan"},
		To: []hub.Side{{Room: "pk-5", Owner: "tandy"}}, Operator: "brennanli", NeedsResponse: &no,
		TimeoutMS: 30000, DurationMS: 60000, Extension: "extension pk", CreatedAt: at,
		Raw: json.RawMessage(`{"BattleId":"` + battle + `","ExtensionInfo":"` + strings.Repeat("x", 500) + `"}`),
	}
}
