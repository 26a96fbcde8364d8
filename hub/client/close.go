package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/coder/websocket"
)

// ErrProtocol is what Run returns, wrapped, when the other end does not speak this
// version of battlehub's wire. Connecting again would not help.
var ErrProtocol = errors.New("this is not a hub that this client understands")

// CloseError is a close frame of the hub. Run returns it, wrapped, when connecting again
// cannot help until something changed: the request, the token, the rate of requests.
type CloseError struct {
	Code   int    // RFC 6455 §7.4, or one of battlehub's own from 4000 on
	Reason string // the hub's text
}

func (e *CloseError) Error() string {
	return fmt.Sprintf("the hub closed the connection: %q (%d)", e.Reason, e.Code)
}

// again reports whether the code is one after which clients reconnect.
func (e *CloseError) again() bool {
	switch e.Code {
	case int(websocket.StatusGoingAway), // 1001: also what proxies send when they restart
		int(websocket.StatusAbnormalClosure), // 1006
		int(websocket.StatusInternalError),   // 1011
		int(websocket.StatusServiceRestart),  // 1012
		int(websocket.StatusTryAgainLater),   // 1013
		4408:                                 // slow
		return true
	}
	return false
}

// StatusError is a handshake that was answered with an HTTP status instead of a
// WebSocket. Run returns it, wrapped, when asking again cannot help.
type StatusError struct {
	Status     int
	Detail     string        // what the hub says is wrong (RFC 9457), if it does
	RetryAfter time.Duration // 0: not told
}

func (e *StatusError) Error() string {
	text := fmt.Sprintf("the hub answered %d %s", e.Status, http.StatusText(e.Status))
	if e.Detail != "" {
		text += fmt.Sprintf(": %q", e.Detail)
	}
	return text
}

// again reports whether the answer may be another one later.
func (e *StatusError) again() bool {
	switch e.Status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	}
	return e.Status >= 500
}

// final reports whether connecting again cannot mend err.
func final(err error) bool {
	var closed *CloseError
	var status *StatusError
	switch {
	case errors.As(err, &closed):
		return !closed.again()
	case errors.As(err, &status):
		return !status.again()
	default:
		return errors.Is(err, ErrProtocol)
	}
}

// byeError is the end of a connection that the hub announced.
type byeError struct {
	reason    string
	reconnect time.Duration // 0: the hub left it open
	err       error         // the end itself
}

func (e *byeError) Error() string { return fmt.Sprintf("the hub said goodbye: %q", e.reason) }
func (e *byeError) Unwrap() error { return e.err }

// handshakeError tells what was wrong with a handshake. The URL, which net/http puts into
// its errors, is left out: it names rooms and a cursor.
func handshakeError(ctx context.Context, resp *http.Response, err error) error {
	var at *url.Error
	switch {
	case resp == nil && ctx.Err() != nil:
		return context.Cause(ctx)
	case resp == nil && errors.As(err, &at):
		return fmt.Errorf("connecting: %w", at.Err)
	case resp == nil:
		return fmt.Errorf("connecting: %w", err)
	case resp.StatusCode == http.StatusSwitchingProtocols:
		return fmt.Errorf("%w: %w", ErrProtocol, err)
	}
	return &StatusError{
		Status:     resp.StatusCode,
		Detail:     problemDetail(resp.Body),
		RetryAfter: retryAfter(resp.Header.Get("Retry-After"), time.Now()),
	}
}

// problemDetail reads an application/problem+json body as far as it is one.
func problemDetail(body io.Reader) string {
	var p struct{ Title, Detail string }
	if err := json.NewDecoder(body).Decode(&p); err != nil {
		return "" // a proxy's page, or a body cut off by the WebSocket library at 1 KiB
	}
	if p.Detail == "" {
		return p.Title
	}
	return p.Detail
}

// retryAfter reads either form of the header (RFC 9110 §10.2.3).
func retryAfter(header string, now time.Time) time.Duration {
	if s, err := strconv.ParseUint(header, 10, 31); err == nil {
		return time.Duration(s) * time.Second
	}
	if at, err := http.ParseTime(header); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}

// readError tells why reading ended. The library's own wrapping says how it reads, not
// what happened, so only the root of it is kept.
func readError(err error) error {
	var closed websocket.CloseError
	if errors.As(err, &closed) {
		return &CloseError{Code: int(closed.Code), Reason: closed.Reason}
	}
	if errors.Is(err, websocket.ErrMessageTooBig) {
		return fmt.Errorf("%w: a frame is over %d bytes", ErrProtocol, maxFrame)
	}
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		err = inner
	}
	return fmt.Errorf("the connection broke: %w", err)
}
