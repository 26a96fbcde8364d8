package memlog

import "battlehub/hub"

// store is where a log keeps its entries, what it has seen of each event, and the
// board. A store is never without an entry. Only one goroutine at a time calls update
// and trim; the rest may be called by any at any time.
type store interface {
	hub.Boards
	// update runs fn and commits all that it wrote, or nothing. After an error, what
	// was written may nevertheless turn up in the next update, but nowhere else.
	update(fn func(writer) error) error
	// read returns up to limit entries after a position, or from the oldest for the
	// zero position, and none after top.
	read(after, top hub.Position, limit int) ([]hub.Entry, error)
	// readBack returns up to limit entries before a position, newest first, or from top
	// for the zero position.
	readBack(p, top hub.Position, limit int) ([]hub.Entry, error)
	// find looks up events by id and leaves out those after top.
	find(ids []string, top hub.Position) ([]hub.Found, error)
	// trim forgets entries from before the cutoff, a bounded number at a time, and
	// reports whether there may be more.
	trim(before hub.Time) (more bool, err error)
	close() error
}

// writer is what an update may do.
type writer interface {
	// newest returns the last entry, maybe without its event.
	newest() hub.Entry
	// seen returns what is known of an event's id, and whether anything is.
	seen(id string) (seen, bool, error)
	// remember replaces what is known of an event's id.
	remember(id string, s seen) error
	// add puts an event's entry after the newest.
	add(e hub.Entry, digest [32]byte) error
}

// seen is what a log knows of an event besides its entry: enough to answer a repeat.
type seen struct {
	position hub.Position
	at       hub.Time
	digest   [32]byte
	repeats  []hub.Repeat
}

// opening returns the entry with which a history begins.
func opening(now hub.Time) hub.Entry {
	p := hub.Position{Epoch: uint64(now.UnixMilli()), Tag: hub.NewTag()}
	return hub.Entry{Position: p, At: now}
}

// follow returns the event's entry after last. Its time never lies before last's,
// whatever the machine's clock does: retention takes entries in order.
func follow(last hub.Entry, e *hub.Event, now hub.Time) hub.Entry {
	p := hub.Position{Epoch: last.Position.Epoch, Seq: last.Position.Seq + 1, Tag: hub.NewTag()}
	if now.Before(last.At.Time) {
		now = last.At
	}
	return hub.Entry{Position: p, Prev: last.Position.Tag, At: now, Event: e}
}
