package hub

import (
	"net/netip"
	"sync/atomic"
	"testing"
	"testing/synctest"
)

// recorder is a socket that remembers why it was closed.
type recorder struct {
	discard
	closed atomic.Pointer[CloseReason]
}

func (r *recorder) close(reason CloseReason, _ string) { r.closed.Store(&reason) }

// broken is a socket with a defect.
type broken struct{ recorder }

func (*broken) write([]*frame) error           { panic("a defect") }
func (*broken) try(*attempt, []*frame) outcome { panic("a defect") }

// enter takes a place in the hub.
func enter(t testing.TB, h *Hub) *place {
	t.Helper()
	p, refusal := h.admission.enter(netip.Addr{})
	if refusal != nil {
		t.Fatal(refusal.detail)
	}
	return p
}

// TestPanicEndsOneSession: a defect in serving one session is that session's end, not the
// node's.
func TestPanicEndsOneSession(t *testing.T) {
	t.Parallel()
	h := New(map[App]Log{1: nil}, Options{})
	h.feeds[1].Live(true)
	socket := &broken{}
	h.open(&query{feed: h.feeds[1], place: enter(t, h)}, socket).wake()
	healthy := h.open(&query{feed: h.feeds[1], place: enter(t, h)}, discard{})
	healthy.wake()
	h.wg.Wait()
	if reason := socket.closed.Load(); reason == nil || *reason != CloseInternal {
		t.Errorf("closed by %v", reason)
	}
	if left := h.wheel.all(); len(left) != 1 || left[0] != healthy {
		t.Errorf("%d sessions are left", len(left))
	}
	h.Close()
}

// TestCloseWaitsForThoseAdmitted: a request that was let in before the hub closed may start
// its session only afterwards. Close returns when that, too, has ended.
func TestCloseWaitsForThoseAdmitted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := New(map[App]Log{1: nil}, Options{})
		h.feeds[1].Live(true)
		admitted := enter(t, h)
		closed := make(chan struct{})
		go func() {
			defer close(closed)
			h.Close()
		}()
		synctest.Wait()
		select {
		case <-closed:
			t.Fatal("closed while a session was being opened")
		default:
		}
		socket := &recorder{}
		h.open(&query{feed: h.feeds[1], place: admitted}, socket).wake()
		<-closed
		if reason := *socket.closed.Load(); reason != CloseGone {
			t.Errorf("closed by %q", reason)
		}
	})
}
