package hub

import (
	"errors"
	"net"
	"net/http"
	"sync"
	"time"
)

// serveEvents serves the feed as Server-Sent Events. The handler stays until the session
// ends, since its ResponseWriter is valid only so long.
func (h *Hub) serveEvents(w http.ResponseWriter, r *http.Request) {
	q, refusal := h.admit(w, r)
	if refusal == nil && q.bad != nil {
		q.place.leave()
		refusal = q.bad
	}
	if refusal != nil {
		refusal.write(w)
		return
	}
	t := &sseTransport{w: w, ctl: http.NewResponseController(w), timeout: h.opts.WriteTimeout, done: make(chan struct{})}
	header := w.Header()
	header.Set("Content-Type", "text/event-stream")
	secure(header)
	header.Set("X-Accel-Buffering", "no") // nginx would hold events back
	w.WriteHeader(http.StatusOK)
	s := h.open(q, t)
	s.wake()
	select {
	case <-r.Context().Done():
		s.end(CloseGone, "")
	case <-t.done:
	}
	t.retire()
}

// sseTransport is a session's event stream.
type sseTransport struct {
	w       http.ResponseWriter
	ctl     *http.ResponseController
	timeout time.Duration
	once    sync.Once
	done    chan struct{}

	mu      sync.Mutex // held while writing
	buf     []byte
	retired bool
}

func (t *sseTransport) name() string { return "sse" }

// try implements transport. Only the server knows the socket.
func (t *sseTransport) try(*attempt, []*frame) outcome { return busy }

// write implements transport: the event's name is the frame's type, its id the cursor, if
// a client may resume from there.
func (t *sseTransport) write(frames []*frame) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.retired {
		return net.ErrClosed
	}
	t.buf = t.buf[:0]
	for _, f := range frames {
		t.buf = append(t.buf, "event: "...)
		t.buf = append(t.buf, f.typ...)
		if !f.pos.IsZero() {
			t.buf = append(t.buf, "\nid: "...)
			t.buf = f.pos.append(t.buf)
		}
		t.buf = append(t.buf, "\ndata: "...)
		t.buf = append(t.buf, f.json()...) // JSON as we write it has no line breaks
		t.buf = append(t.buf, "\n\n"...)
	}
	if err := t.ctl.SetWriteDeadline(time.Now().Add(t.timeout)); err != nil {
		return err
	}
	_, err := t.w.Write(t.buf)
	if cap(t.buf) > largestKept {
		t.buf = nil
	}
	return errors.Join(err, t.ctl.Flush())
}

// close implements transport. The stream just ends; a bye, if any, was written before.
func (t *sseTransport) close(CloseReason, string) {
	t.once.Do(func() { close(t.done) })
}

// retire waits for a write that is under way and lets no other begin: the handler is about
// to return, and its ResponseWriter ends with it.
func (t *sseTransport) retire() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.retired = true
}
