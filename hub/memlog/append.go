package memlog

import (
	"context"
	"slices"

	"battlehub/hub"
)

// request is one call of Append on its way through the commit loop.
type request struct {
	events   []hub.Event
	appended []hub.Appended // to be read once done has told nil
	done     chan error     // has room for the outcome: the caller may have left
}

// Append adds the events as one group, see [hub.Log]. On disk, they are synced when it
// returns nil. An append whose ctx ends early may still be committed. Events that the
// log could not read back are refused before anything happens: another app's, or those
// with an unusable id or time.
func (l *Log) Append(ctx context.Context, events []hub.Event) ([]hub.Appended, error) {
	if err := l.alive(ctx); err != nil {
		return nil, err
	}
	for i := range events {
		if err := events[i].Check(l.app); err != nil {
			return nil, err
		}
	}
	if len(events) == 0 {
		return nil, nil
	}
	// The caller may reuse its slice once ctx has ended, with the loop still reading.
	r := &request{events: slices.Clone(events), done: make(chan error, 1)}
	select {
	case l.requests <- r:
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-l.closing:
		return nil, hub.ErrClosed
	}
	select {
	case err := <-r.done:
		if err != nil {
			return nil, err
		}
		return r.appended, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
