package memlog

import (
	"context"
	"fmt"
	"slices"
	"unicode/utf8"

	"battlehub/hub"
)

// maxIDLen bounds an event's id, which is a key on disk. hub.EventID makes 32 digits.
const maxIDLen = 256

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
		if err := l.check(&events[i]); err != nil {
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

// check refuses what would spoil the log for everyone: an entry that cannot be read
// back makes the whole log count as damaged.
func (l *Log) check(e *hub.Event) error {
	if e.App != l.app {
		return fmt.Errorf("event %q is of app %v: this is the log of app %v", e.ID, e.App, l.app)
	}
	if e.ID == "" || len(e.ID) > maxIDLen || !utf8.ValidString(e.ID) {
		return fmt.Errorf("event id %.40q: want 1 to %d bytes of UTF-8", e.ID, maxIDLen)
	}
	for _, t := range []hub.Time{e.At, e.ReceivedAt, e.CreatedAt, e.StartedAt, e.EndedAt} {
		// RFC 3339 §1 has no other years, so the text of such a time is not a time.
		if y := t.UTC().Year(); y < 0 || y > 9999 {
			return fmt.Errorf("event %q has a time in year %d: want 0 to 9999", e.ID, y)
		}
	}
	return nil
}
