package client

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/coder/websocket"

	"battlehub/hub"
)

const (
	// maxFrame bounds a frame. Pages of a snapshot are far smaller, but one battle with
	// a thousand rooms is one frame.
	maxFrame = 1 << 20
	// dialTimeout bounds a handshake, and then the wait for hello.
	dialTimeout = 10 * time.Second
	// heartbeat is what the hub promises unless its hello says otherwise; maxHeartbeat
	// bounds what it may say.
	heartbeat    = 25 * time.Second
	maxHeartbeat = 10 * time.Minute
	// slack is how much later than promised a heartbeat may come. A hub gives a write
	// ten seconds.
	slack = 10 * time.Second
	// closeTimeout bounds the wait for the hub's answer to our close frame.
	closeTimeout = time.Second
	// writeTimeout bounds one write.
	writeTimeout = 10 * time.Second
)

var (
	errNoAnswer = fmt.Errorf("no answer within %v", dialTimeout)
	// errSilent ends a connection that looks alive and is not: not even the heartbeat
	// came. TCP alone may take a quarter of an hour to notice.
	errSilent = errors.New("the hub fell silent")
)

// session is one connection, from the handshake to its end.
type session struct {
	c      *Client
	handle func(Frame)
	conn   *websocket.Conn

	silence time.Duration // how long nothing may be heard
	whole   bool          // a snapshot of everything is due; until it is complete, no cursor counts
	bye     *hub.Bye
}

// connect runs one connection. It never returns nil.
func (c *Client) connect(ctx context.Context, handle func(Frame)) error {
	s := &session{c: c, handle: handle, silence: dialTimeout}
	if err := s.dial(ctx); err != nil {
		return err
	}
	err := s.readLoop(ctx)
	if s.bye != nil {
		err = &byeError{
			reason:    string(s.bye.Reason),
			reconnect: milliseconds(s.bye.ReconnectMS, maxHint),
			err:       err,
		}
	}
	return err
}

func (s *session) dial(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, dialTimeout, errNoAnswer)
	defer cancel()
	rooms, covered := s.c.rooms.dial()
	at := s.c.endpoint
	at.RawQuery = s.c.opts.query(rooms, hub.Position{})
	if covered {
		at.RawQuery = s.c.opts.query(rooms, s.c.Cursor())
	}
	conn, resp, err := websocket.Dial(ctx, at.String(), &websocket.DialOptions{
		HTTPClient:   s.c.opts.HTTPClient,
		HTTPHeader:   s.c.opts.Header.Clone(),
		Subprotocols: []string{hub.Subprotocol},
	})
	if err != nil {
		return handshakeError(ctx, resp, err)
	}
	conn.SetReadLimit(maxFrame)
	s.conn = conn
	return nil
}

// readLoop reads until the connection ends. Reading has a context of its own: when ctx
// ends, the hub is told by a close frame, for which reading must go on.
func (s *session) readLoop(ctx context.Context) error {
	reading, stop := context.WithCancelCause(context.WithoutCancel(ctx))
	defer stop(nil)
	defer s.closeAtEnd(ctx, func() { stop(context.Cause(ctx)) })()
	defer s.c.detach()
	defer s.conn.CloseNow() // before detach, which waits for a write that hangs
	watchdog := time.AfterFunc(s.silence, func() { stop(errSilent) })
	defer watchdog.Stop()
	for {
		watchdog.Reset(s.silence)
		typ, data, err := s.conn.Read(reading)
		watchdog.Stop() // what the handler takes is not the hub's silence
		switch {
		case reading.Err() != nil:
			return context.Cause(reading)
		case err != nil:
			return readError(err)
		case ctx.Err() != nil:
			continue // saying goodbye: the handler hears no more
		case typ != websocket.MessageText:
			return s.giveUp(websocket.StatusUnsupportedData, errors.New("it sent a binary frame"))
		}
		if err := s.take(data); err != nil {
			return s.giveUp(websocket.StatusProtocolError, err)
		}
	}
}

// closeAtEnd says goodbye to the hub when ctx ends (RFC 6455 §7.1.1), and calls abort if
// the hub does not answer. The returned function must be called when reading is over; it
// waits.
func (s *session) closeAtEnd(ctx context.Context, abort func()) (wait func()) {
	done := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(done)
		defer time.AfterFunc(closeTimeout, abort).Stop()
		s.conn.Close(websocket.StatusNormalClosure, "")
	})
	return func() {
		if !stop() {
			<-done
		}
	}
}

// giveUp ends the connection with one that sends what this client cannot read. It waits
// some seconds at most for the other side's close frame.
func (s *session) giveUp(code websocket.StatusCode, err error) error {
	s.conn.Close(code, "")
	return fmt.Errorf("%w: %w", ErrProtocol, err)
}

// take handles one frame.
func (s *session) take(data []byte) error {
	f, err := Decode(data)
	if err != nil || f == nil {
		return err
	}
	if err := s.prepare(f); err != nil {
		return err
	}
	if board := s.c.opts.Board; board != nil {
		board.Apply(f)
	}
	if e, ok := f.(*Event); !ok || !s.c.seen.has(e.ID) {
		s.handle(f)
	}
	s.conclude(f)
	return nil
}

// prepare does what a frame asks for before the handler sees it.
func (s *session) prepare(f Frame) error {
	switch f := f.(type) {
	case *hub.Hello:
		return s.greeted(f)
	case *hub.Gap:
		s.whole = true
	case *hub.Subscribed:
		s.c.rooms.answer(f.ID)
	case *hub.ErrorFrame:
		s.c.rooms.refuse(f.ID)
	case *hub.Bye:
		s.bye = f
	}
	return nil
}

func (s *session) greeted(h *hub.Hello) error {
	if h.Protocol != hub.Protocol {
		return fmt.Errorf("it speaks version %d of the wire, not %d", h.Protocol, hub.Protocol)
	}
	s.silence = heartbeat + slack
	if h.HeartbeatMS > 0 {
		s.silence = milliseconds(h.HeartbeatMS, maxHeartbeat) + slack
	}
	s.whole = !h.Resumed
	s.c.opts.Log.Info("connected", "session", h.Session, "node", h.Node, "resumed", h.Resumed)
	s.c.attach(s)
	return nil
}

// conclude moves the cursor once a frame was handled. After hello and gap it stays until
// the snapshot is complete: a drop in between must not skip what the snapshot holds.
func (s *session) conclude(f Frame) {
	switch f := f.(type) {
	case *hub.Hello:
		s.reached(f.Cursor)
	case *Event:
		s.c.seen.add(f.ID)
		s.reached(f.Cursor)
	case *hub.Bookmark:
		s.reached(f.Cursor)
	case *Snapshot:
		if f.Done {
			s.c.rooms.done(s.whole)
			s.whole = false
			s.reached(f.Cursor)
		}
	}
}

func (s *session) reached(cursor hub.Position) {
	if !s.whole {
		s.c.moveTo(cursor)
	}
}

// milliseconds converts a number of the wire, of which limit bounds what is believed.
func milliseconds(ms int64, limit time.Duration) time.Duration {
	return time.Duration(min(max(ms, 0), limit.Milliseconds())) * time.Millisecond
}
