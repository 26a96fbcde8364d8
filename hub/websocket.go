package hub

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/time/rate"
)

// Limits on what a client may send.
const (
	readLimit   = 16 << 10 // bytes of a frame: a subscribe with as many rooms as a session may follow
	framesASec  = 20
	framesBurst = 50
)

// maxFarewells bounds the refused sockets that are kept for as long as it takes to tell
// them why: the credential of each was worth nothing, so nothing else bounds them.
const maxFarewells = 64

// serveWebSocket upgrades the request and greets the client. The handler returns right
// after, since net/http would keep the request, its buffers and a grown stack for as long
// as it did not (gorilla/websocket#761, tailscale/tailscale#21065); the session lives on a
// goroutine of its own.
func (h *Hub) serveWebSocket(w http.ResponseWriter, r *http.Request) {
	if !strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		w.Header().Set("Upgrade", "websocket")
		(&problem{status: http.StatusUpgradeRequired, detail: "connect with a WebSocket client, or read /v1/events"}).write(w)
		return
	}
	q, refusal := h.admit(w, r)
	if refusal != nil {
		refusal.write(w)
		return
	}
	if q.bad != nil && !h.beginFarewell() {
		q.place.leave()
		q.bad.write(w)
		return
	}
	t := &wsTransport{timeout: h.opts.WriteTimeout, limit: rate.NewLimiter(framesASec, framesBurst)}
	// A client that resumes may have to wait for the log, and should know meanwhile that it
	// is connected.
	hijacker := &smallHijacker{ResponseWriter: w, hold: q.cursor == ""}
	conn, err := websocket.Accept(hijacker, r, &websocket.AcceptOptions{
		Subprotocols:       []string{Subprotocol},
		InsecureSkipVerify: true, // admit checked the origin, by exact match
		CompressionMode:    websocket.CompressionDisabled,
		// A flood of pings would be a flood of answers; suppressed pongs harm no one else.
		OnPingReceived: func(context.Context, []byte) bool { return t.limit.Allow() },
	})
	if err != nil { // Accept has answered
		if q.bad != nil {
			<-h.farewells
		}
		q.place.leave()
		return
	}
	conn.SetReadLimit(readLimit)
	t.conn, t.raw = conn, hijacker.conn
	if q.bad != nil {
		// A browser's script sees nothing of a refused handshake but that it failed; only a
		// close code tells it not to come back with the same request.
		h.wg.Go(func() {
			defer q.place.leave()
			defer func() { <-h.farewells }()
			t.close(q.bad.close, q.bad.detail)
		})
		return
	}
	h.wg.Add(1) // while the place is held, so that Close waits for the loop, too
	s := h.open(q, t)
	go h.readLoop(s, t)
	s.begin() // here, where the stack has grown already
}

// beginFarewell takes a place for telling a refused socket why. Where there is none, plain
// HTTP must do.
func (h *Hub) beginFarewell() bool {
	select {
	case h.farewells <- struct{}{}:
		return true
	default:
		h.metrics.reached(limitFarewells)
		return false
	}
}

// readLoop reads what the client sends until the connection ends. It stays shallow: a
// stack never shrinks below what its deepest call took while it waits.
func (h *Hub) readLoop(s *session, t *wsTransport) {
	defer h.wg.Done()
	defer s.survive()
	for {
		t.raw.await()
		typ, data, err := t.conn.Read(context.Background())
		if err != nil {
			s.end(h.readError(err))
			return
		}
		reason, detail := CloseReason(""), ""
		switch {
		case typ != websocket.MessageText:
			reason, detail = CloseBadRequest, "a frame is binary; the protocol is JSON text"
		case !t.limit.Allow():
			h.metrics.reached(limitFrames)
			reason, detail = CloseTooMany, fmt.Sprintf("send at most %d frames a second; come back in 10 s", framesASec)
		default:
			reason, detail = s.receive(data)
		}
		if reason != "" {
			s.end(reason, detail)
			return
		}
	}
}

// readError tells why reading ended.
func (h *Hub) readError(err error) (CloseReason, string) {
	switch {
	case errors.Is(err, websocket.ErrMessageTooBig):
		return CloseTooBig, ""
	case errors.Is(err, errFlood):
		h.metrics.reached(limitBytes)
		return CloseTooMany, fmt.Sprintf("send at most %d KiB a second; come back in 10 s", bytesASec>>10)
	default:
		return CloseGone, ""
	}
}

// wsTransport is a session's WebSocket.
type wsTransport struct {
	conn    *websocket.Conn
	raw     *frameConn
	timeout time.Duration
	limit   *rate.Limiter // of what the client sends
}

func (t *wsTransport) name() string { return "websocket" }

// try implements transport.
func (t *wsTransport) try(a *attempt, frames []*frame) outcome { return t.raw.try(a, frames) }

// write implements transport. The bound on the write is a deadline on the socket: a
// context for each would cost 11 allocations (coder/websocket#570).
func (t *wsTransport) write(frames []*frame) error {
	if err := t.raw.SetWriteDeadline(time.Now().Add(t.timeout)); err != nil {
		return err
	}
	return t.raw.writeFrames(frames)
}

// close implements transport. A client that does not read gets no close frame: there is
// no room for it.
func (t *wsTransport) close(reason CloseReason, detail string) {
	if reason == CloseSlow || reason == CloseGone {
		t.conn.CloseNow()
		return
	}
	text := string(reason)
	if detail != "" {
		text += ": " + detail
	}
	const longest = 123 // RFC 6455 §5.5: control frames carry 125 bytes, two of them the code
	if len(text) > longest {
		text = strings.ToValidUTF8(text[:longest], "") // a browser fails on half a character
	}
	t.conn.Close(reason.code(), text)
}
