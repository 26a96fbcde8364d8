package hub

import (
	"sync/atomic"
	"testing"
)

// broken is a socket with a defect.
type broken struct {
	discard
	closed atomic.Pointer[CloseReason]
}

func (*broken) write([]*frame) error { panic("a defect") }

func (b *broken) close(reason CloseReason, _ string) { b.closed.Store(&reason) }

// TestPanicEndsOneSession: a defect in serving one session is that session's end, not the
// node's.
func TestPanicEndsOneSession(t *testing.T) {
	t.Parallel()
	h := New(map[App]Log{1: nil}, Options{})
	h.feeds[1].Live(true)
	socket := &broken{}
	h.open(&query{feed: h.feeds[1], release: func() {}}, socket)
	healthy := h.open(&query{feed: h.feeds[1], release: func() {}}, discard{})
	h.wg.Wait()
	if reason := socket.closed.Load(); reason == nil || *reason != CloseInternal {
		t.Errorf("closed by %v", reason)
	}
	if left := h.wheel.all(); len(left) != 1 || left[0] != healthy {
		t.Errorf("%d sessions are left", len(left))
	}
	h.Close()
}
