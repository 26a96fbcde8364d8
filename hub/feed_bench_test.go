package hub

import (
	"fmt"
	"testing"
)

// discard is a socket that takes everything at once.
type discard struct{}

func (discard) try(*attempt, []*frame) outcome { return sent }
func (discard) write([]*frame) error           { return nil }
func (discard) close(CloseReason, string)      {}
func (discard) name() string                   { return "websocket" }

// BenchmarkApply measures what an event of two rooms costs the feed, encoding and merging
// included, while sessions follow other rooms. It must not depend on their number.
func BenchmarkApply(b *testing.B) {
	for _, sessions := range []int{10, 10_000} {
		b.Run(fmt.Sprintf("%d_sessions", sessions), func(b *testing.B) {
			h := New(map[App]Log{1400000000: nil}, Options{})
			f := h.feeds[1400000000]
			f.Live(true)
			for i := range sessions {
				h.open(&query{feed: f, asked: []string{fmt.Sprint("idle-", i)}, place: enter(b, h)}, discard{}).wake()
			}
			h.wg.Wait()
			e := *lifeOf("b1")[KindCreated]
			b.ReportAllocs()
			seq := uint64(0)
			for b.Loop() {
				seq++
				e.Battle = "b" + string(rune('a'+seq%20))
				f.apply(&Entry{Position: Position{1, seq, 1}, At: e.At, Event: &e})
			}
			b.StopTimer()
			h.Close()
		})
	}
}
