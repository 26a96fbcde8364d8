package hub

import (
	"context"
	"errors"
	"slices"
)

// Log is the ordered, durable sequence of one app's events, and the only truth.
// Every implementation passes the conformance suite in hub/logtest. All methods may
// be called concurrently.
type Log interface {
	// Append adds the events, in order, as one group: when it returns nil, they are as
	// durable as the log promises, and every tail will see them. An event whose id the
	// log already holds is not added again; see Appended.
	//
	// It blocks until the outcome is known or ctx ends. After an error the outcome is
	// unknown; appending the same events again is always safe.
	Append(ctx context.Context, events []Event) ([]Appended, error)

	// Tail hands every entry after from to h, in order and without a gap, then follows
	// the log until ctx ends; it returns ctx's error then. The zero position stands for
	// the start of what the log keeps. When from is not in the log's history, or the
	// history was rewritten, it returns a *ResetError. It blocks, and calls h on its
	// own goroutine only.
	Tail(ctx context.Context, from Position, h Handler) error

	// Read returns up to limit entries after from, oldest first; none at the top. The
	// zero position stands for the start of what the log keeps. It returns a
	// *ResetError when it cannot prove that what follows continues from.
	Read(ctx context.Context, from Position, limit int) ([]Entry, error)

	// Find returns what the log keeps under the event ids, oldest first. Ids that it
	// does not hold are left out.
	Find(ctx context.Context, ids []string) ([]Found, error)
}

// Boards is an ability that a Log may have: keeping the compacted board, so that a
// start needs only the entries after it and the log may be trimmed below it.
type Boards interface {
	// SaveBoard keeps the board as of pos, in place of an older one.
	SaveBoard(ctx context.Context, pos Position, board []byte) error
	// LoadBoard returns the newest board and its position, or a zero position.
	LoadBoard(ctx context.Context) (Position, []byte, error)
}

// Backwards is an ability that a Log may have: being read towards its start, for what is
// wanted newest first.
type Backwards interface {
	// ReadBack returns up to limit entries before p, newest first; none if p is the oldest.
	// The zero position stands for the top of the log. It returns a *ResetError when p is
	// not in the log's history, or is forgotten.
	ReadBack(ctx context.Context, p Position, limit int) ([]Entry, error)
}

// Inspector is an ability that a Log may have: knowing whether what keeps it is set up for
// what it promises.
type Inspector interface {
	// Inspect returns what is wrong, in words that name the setting and the remedy; nil if
	// nothing is known to be. It does not block.
	Inspect() error
}

// Handler receives a log's entries from Tail, one call at a time.
type Handler interface {
	// Apply takes the next entries. It must not block on clients.
	Apply(entries []Entry)
	// Live says whether the log is heard: true once everything that was there when the
	// tail began has been applied, false when the tail lost touch. Repeats are harmless.
	Live(heard bool)
}

// Entry is one place of the log and what stands there.
type Entry struct {
	Position Position `json:"position"`
	Prev     uint32   `json:"prev"` // the predecessor's tag; 0 only for a log's first entry
	At       Time     `json:"at"`   // when it was appended, by the log's clock; never runs backwards
	// Event is nil for the entry that opens an epoch.
	Event *Event `json:"event,omitempty"`
}

// Before is the position that the entry follows within its epoch, and whether there
// is one.
func (e *Entry) Before() (Position, bool) {
	if e.Position.Seq == 0 {
		return Position{}, false
	}
	return Position{Epoch: e.Position.Epoch, Seq: e.Position.Seq - 1, Tag: e.Prev}, true
}

// ofBattle reports whether the entry tells of a battle: clients are sent no others.
func (e *Entry) ofBattle() bool { return e.Event != nil && slices.Contains(Kinds, e.Event.Kind) }

// Continues reports whether an entry at next, with the predecessor's tag prev, continues the
// history at p. Every reader proves what it reads by it: a log that lost its end gives the
// same numbers to other entries, but not the same tags.
func Continues(p, next Position, prev uint32) bool {
	if prev == 0 || prev != p.Tag { // only a log's first entry has no predecessor
		return false
	}
	if next.Epoch != p.Epoch {
		return next.Epoch > p.Epoch && next.Seq == 0
	}
	return next.Seq == p.Seq+1
}

// BeforeFirst returns why nothing continues a position that stands before a log's first
// entry, whose predecessor's tag is prev. If the log begins with it, nothing was forgotten:
// the position belongs to another history, one that was lost.
func BeforeFirst(prev uint32) *ResetError {
	if prev == 0 {
		return &ResetError{GapRewritten}
	}
	return &ResetError{GapExpired}
}

// Appended tells what became of one appended event.
type Appended struct {
	Position  Position // where the event stands; for a repeat, where the first one stands
	Verdict   Verdict
	Published Time // the entry's At
}

// Verdict is what the log made of an event. Its text is a metric label.
type Verdict string

// The verdicts.
const (
	Fresh     Verdict = "fresh"     // added
	Duplicate Verdict = "duplicate" // the same id and body: nothing added
	Conflict  Verdict = "conflict"  // the same id, another body: kept out
)

// Found is an entry looked up by its event's id, with the repeats that the log kept
// out.
type Found struct {
	Entry
	Repeats []Repeat
}

// Repeat is a webhook that came again. A log keeps at most [MaxRepeats] of them per
// event, so that a sender that never stops cannot fill it.
type Repeat struct {
	At      Time    `json:"at"` // when the log was asked to take it
	Verdict Verdict `json:"verdict"`
	Raw     []byte  `json:"raw,omitempty"` // the body of a conflict
}

// OldestFirst sorts what was found and drops what was found twice.
func OldestFirst(found []Found) []Found {
	slices.SortFunc(found, func(a, b Found) int { return a.Position.Compare(b.Position) })
	return slices.CompactFunc(found, func(a, b Found) bool { return a.Position == b.Position })
}

// MaxRepeats is how many repeats of one event a log remembers.
const MaxRepeats = 8

// Errors of every log.
var (
	// ErrClosed is returned by a log that was closed.
	ErrClosed = errors.New("the log is closed")
	// ErrInvalid says that no log can keep the event: appending it again is of no use.
	ErrInvalid = errors.New("the event cannot be kept")
)

// GapReason says why a client, or a tail, cannot have a contiguous history. Its text
// is on the wire and a metric label.
type GapReason string

// The reasons for a gap.
const (
	GapExpired   GapReason = "expired"   // the log no longer reaches back so far
	GapRewritten GapReason = "rewritten" // the position is not in the log's history
	GapLagged    GapReason = "lagged"    // the client read too slowly
)

// ResetError says that entries cannot be proven to continue a position.
type ResetError struct{ Reason GapReason }

func (e *ResetError) Error() string { return "log reset: " + string(e.Reason) }
