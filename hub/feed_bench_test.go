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

// applier returns a feed whose sessions all follow other rooms, and what applies one more
// event of two rooms to it.
func applier(t testing.TB, sessions int) (apply func(), stop func()) {
	h := New(map[App]Log{1400000000: nil}, Options{})
	f := h.feeds[1400000000]
	f.Live(true)
	for i := range sessions {
		h.open(&query{feed: f, asked: []string{fmt.Sprint("idle-", i)}, place: enter(t, h)}, discard{}).wake()
	}
	h.wg.Wait()
	e := *lifeOf("b1")[KindCreated]
	seq := uint64(0)
	return func() {
		seq++
		e.Battle = "b" + string(rune('a'+seq%20))
		f.apply(&Entry{Position: Position{1, seq, 1}, At: e.At, Event: &e})
	}, h.Close
}

// BenchmarkApply measures what an event of two rooms costs the feed, encoding and merging
// included, while sessions follow other rooms. It must not depend on their number.
func BenchmarkApply(b *testing.B) {
	for _, sessions := range []int{10, 10_000} {
		b.Run(fmt.Sprintf("%d_sessions", sessions), func(b *testing.B) {
			apply, stop := applier(b, sessions)
			b.ReportAllocs()
			for b.Loop() {
				apply()
			}
			b.StopTimer()
			stop()
		})
	}
}

// TestApplyAllocatesLittle, and nothing for the sessions that an event does not concern.
func TestApplyAllocatesLittle(t *testing.T) {
	const most = 16 // the battle, its JSON and the frame; the race detector adds some
	for _, sessions := range []int{0, 1000} {
		apply, stop := applier(t, sessions)
		if allocs := testing.AllocsPerRun(1000, apply); allocs > most {
			t.Errorf("with %d sessions an event allocates %.0f times, want at most %d", sessions, allocs, most)
		}
		stop()
	}
}
