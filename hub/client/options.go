package client

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"battlehub/hub"
)

// Options say what to connect to. Only URL is needed.
type Options struct {
	// URL is the hub's, with the scheme http, https, ws or wss. The path of the
	// WebSocket, /v1/ws, is added unless it is there.
	URL string
	// App is needed only where the hub serves several; 0: the hub's own.
	App hub.App
	// Rooms to follow; none: all that the client may see. At most 256.
	Rooms []string
	// Cursor resumes from a place where the same rooms were followed: what came since
	// is told, and there is no snapshot if the log still reaches back so far. The zero
	// position starts with a snapshot.
	Cursor hub.Position
	// Header is sent with every handshake.
	Header http.Header
	// HTTPClient makes the connections; nil: http.DefaultClient.
	HTTPClient *http.Client
	// Board, if any, is kept up to date. A frame is folded in before it is handled.
	Board *Board
	// Log takes what happens to the connection; nil: nothing is logged.
	Log *slog.Logger
}

// wsPath is where a hub serves WebSockets.
const wsPath = "/v1/ws"

// endpoint completes the hub's URL. It is returned without a query, which each
// connection has its own of.
func (o *Options) endpoint() (url.URL, error) {
	u, err := url.Parse(o.URL)
	if err != nil {
		return url.URL{}, fmt.Errorf("the hub's URL: write it as http://host:port: %w",
			errors.Unwrap(err)) // without the URL, which may hold a password
	}
	switch {
	case u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "ws" && u.Scheme != "wss":
		return url.URL{}, fmt.Errorf("the hub's URL %q: begin it with http://, https://, ws:// or wss://", u.Redacted())
	case u.Host == "":
		return url.URL{}, fmt.Errorf("the hub's URL %q has no host", u.Redacted())
	case u.RawQuery != "":
		return url.URL{}, fmt.Errorf("the hub's URL: give no query; rooms, app and cursor have fields of their own")
	}
	u.Fragment = ""
	if !strings.HasSuffix(u.Path, wsPath) {
		*u = *u.JoinPath(wsPath)
	}
	return *u, nil
}

// query is what a connection asks for.
func (o *Options) query(rooms []string, cursor hub.Position) string {
	q := url.Values{"room": rooms}
	if o.App != 0 {
		q.Set("app", o.App.String())
	}
	if !cursor.IsZero() {
		q.Set("cursor", cursor.String())
	}
	return q.Encode()
}
