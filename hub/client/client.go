// Package client follows a hub's battles over a WebSocket and survives what happens to
// one: it comes back by itself, resumes where it was, and tells no event twice.
//
//	c, err := client.New(client.Options{URL: "https://hub.example", Rooms: []string{"pk-3"}})
//	…
//	err = c.Run(ctx, func(f client.Frame) {
//		if e, ok := f.(*client.Event); ok {
//			fmt.Println(e.Kind, e.Battle.State)
//		}
//	})
//
// A [Board] given in the options holds the battles as of now.
package client

import (
	"context"
	"log/slog"
	"net/url"
	"sync"
	"time"

	"battlehub/hub"
)

// Client follows one app of a hub. Its methods may be called concurrently, and from the
// handler, but for Run, of which one may run at a time.
type Client struct {
	opts     Options
	endpoint url.URL
	rooms    *rooms
	seen     seen // owned by Run

	mu     sync.Mutex
	cursor hub.Position

	// sending is held from deciding on a request until it is written, so that the hub
	// hears requests in the order in which they were made. It is taken before rooms.mu.
	sending sync.Mutex
	current *session // nil while there is none to write to; guarded by sending
}

// New returns a client that is not connected yet. An error names the option that is
// wrong.
func New(o Options) (*Client, error) {
	endpoint, err := o.endpoint()
	if err != nil {
		return nil, err
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Client{
		opts:     o,
		endpoint: endpoint,
		rooms:    newRooms(o.Rooms, !o.Cursor.IsZero()),
		cursor:   o.Cursor,
	}, nil
}

// Run connects, and connects again whenever the connection is lost, and calls handle with
// what it is told, on the caller's goroutine, one call at a time. A handler that takes
// long holds up the connection; after some ten seconds the hub calls it slow and drops
// it, and it goes on after a reconnect.
//
// Run blocks until ctx ends and returns ctx's error then, or until connecting again
// cannot help: the error wraps a *[CloseError], a *[StatusError] or [ErrProtocol].
func (c *Client) Run(ctx context.Context, handle func(Frame)) error {
	var backoff backoff
	for {
		began := time.Now()
		err := c.connect(ctx, handle)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case final(err):
			return err
		case time.Since(began) >= maxDelay:
			backoff.reset()
		}
		down := &Down{Err: err, Retry: backoff.next(err)}
		c.opts.Log.Warn("connection down", "err", err, "retry", down.Retry)
		handle(down)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(down.Retry):
		}
	}
}

// Cursor returns the place up to which everything was handled. Given to the options of a
// later client with the same rooms, it goes on from there. It is zero before the first
// snapshot is complete.
func (c *Client) Cursor() hub.Position {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cursor
}

func (c *Client) moveTo(cursor hub.Position) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cursor = cursor
}
