package hub

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"
)

// App is one SDKAppID. Logs, boards and grants exist once per app.
type App uint64

// String returns the SDKAppID in decimal.
func (a App) String() string { return strconv.FormatUint(uint64(a), 10) }

// Kind says what an event tells: of a battle, of who owns a room, or of a grant.
type Kind string

// The kinds of a battle's events. A battle has at most one event of each.
const (
	KindCreated       Kind = "created"        // one room challenged others
	KindStarted       Kind = "started"        // the battle runs
	KindEnded         Kind = "ended"          // Tencent said that it is over
	KindPresumedEnded Kind = "presumed_ended" // no End came in time; inferred by a node, see presume.go
)

// Kinds lists the kinds of a battle's events, in the order of its life.
var Kinds = []Kind{KindCreated, KindStarted, KindEnded, KindPresumedEnded}

// The kinds of events that are about no battle. They are in the log so that every node
// knows the same, in the same order; no client is sent them.
const (
	KindRoomCreated   Kind = "room_created"   // From.Owner opened From.Room
	KindRoomDestroyed Kind = "room_destroyed" // From.Room is no more
	KindOwnerChanged  Kind = "owner_changed"  // From.Room belongs to From.Owner now
	KindRevoked       Kind = "revoked"        // grants are void: see Event.Revoked
)

// AccessKinds lists them: they decide who may see what.
var AccessKinds = []Kind{KindRoomCreated, KindRoomDestroyed, KindOwnerChanged, KindRevoked}

// Event is one thing that happened, normalised from one webhook, inferred, or asked for by
// an operator. It is immutable once made: logs, boards and sessions share it.
//
// Instants and durations are whatever the packet of that kind carries; the rest
// is left zero. Merging (merge.go) makes a [Battle] of a battle's events.
type Event struct {
	ID         string `json:"id"` // see EventID
	App        App    `json:"app"`
	Kind       Kind   `json:"kind"`
	Battle     string `json:"battle"`      // Tencent's BattleId: base64, with /, + and =; "" if it is about none
	At         Time   `json:"at"`          // when it happened, by Tencent's clock
	ReceivedAt Time   `json:"received_at"` // when the webhook arrived, by the node's clock

	From          Side    `json:"from,omitzero"`
	To            []Side  `json:"to,omitempty"`
	Operator      string  `json:"operator,omitempty"`
	NeedsResponse *bool   `json:"needs_response,omitempty"`
	TimeoutMS     int64   `json:"timeout_ms,omitempty"`
	DurationMS    int64   `json:"duration_ms,omitempty"`
	Extension     string  `json:"extension,omitempty"`
	CreatedAt     Time    `json:"created_at,omitzero"`
	StartedAt     Time    `json:"started_at,omitzero"`
	EndedAt       Time    `json:"ended_at,omitzero"`
	Outcome       Outcome `json:"outcome,omitempty"`

	Revoked *Revocation `json:"revoked,omitempty"` // of KindRevoked only

	// Raw is the packet as it came, but for white space, and <, > and & escaped in strings:
	// the one form that encoding/json leaves as it is, so that Digest survives any log.
	// It is empty for an inferred event.
	Raw json.RawMessage `json:"raw,omitempty"`
}

// EventID derives an event's identity from what Tencent sent: the app, the
// command (which is the kind) and the BattleId. A repeated webhook therefore has
// the same id on every node, and so has an inferred event.
//
// What is about no battle takes the digest of its body in place of the BattleId: Tencent
// gives such webhooks no identity, and a room may be opened and destroyed many times.
//
// The fields are joined by a byte that none of them can hold unescaped, and hashed,
// so that ids are short, of one length, and safe in keys and URLs.
func EventID(app App, kind Kind, battleOrDigest string) string {
	named := make([]byte, 0, 128) // on the stack, as long as ids are as long as Tencent's
	named = strconv.AppendUint(named, uint64(app), 10)
	named = append(append(named, '\n'), kind...)
	named = append(append(named, '\n'), battleOrDigest...)
	sum := sha256.Sum256(named)
	return hex.EncodeToString(sum[:16])
}

// Digest identifies the body. Two events with the same id and another digest are
// in conflict. An inferred event has no body: nodes that infer the same end agree.
func (e *Event) Digest() [sha256.Size]byte {
	if len(e.Raw) == 0 {
		return sha256.Sum256([]byte(e.ID))
	}
	return sha256.Sum256(e.Raw)
}

// maxIDLen bounds an event's id, which logs use as a key. EventID makes 32 digits.
const maxIDLen = 256

// Check returns why the log of app cannot keep the event, as an [ErrInvalid], or nil. An
// entry that cannot be read back would make the whole log count as damaged.
func (e *Event) Check(app App) error {
	if e.App != app {
		return fmt.Errorf("%w: event %q is of app %v, and this is the log of app %v", ErrInvalid, e.ID, e.App, app)
	}
	if e.ID == "" || len(e.ID) > maxIDLen || !utf8.ValidString(e.ID) {
		return fmt.Errorf("%w: id %.40q: want 1 to %d bytes of UTF-8", ErrInvalid, e.ID, maxIDLen)
	}
	for _, t := range []Time{e.At, e.ReceivedAt, e.CreatedAt, e.StartedAt, e.EndedAt} {
		// RFC 3339 §1 has no other years, so the text of such a time is not a time.
		if y := t.UTC().Year(); y < 0 || y > 9999 {
			return fmt.Errorf("%w: event %q has a time in year %d: want 0 to 9999", ErrInvalid, e.ID, y)
		}
	}
	return nil
}

// Rooms returns every room that the event names, the challenger first, none twice.
func (e *Event) Rooms() []string {
	return roomsOf(e.From, e.To)
}

// roomsOf lists the rooms of a battle or an event, without repeats. Battles have a
// handful of rooms, so looking through the list beats a map.
func roomsOf(from Side, to []Side) []string {
	rooms := make([]string, 0, 1+len(to))
	add := func(room string) {
		for _, r := range rooms {
			if r == room {
				return
			}
		}
		rooms = append(rooms, room)
	}
	if from.Room != "" {
		add(from.Room)
	}
	for _, s := range to {
		add(s.Room)
	}
	return rooms
}

// Time is an instant that is written as RFC 3339 in UTC with exactly three digits
// of milliseconds, the one form that all of battlehub's JSON uses.
type Time struct{ time.Time }

// timeLayout is RFC 3339 with milliseconds, in UTC.
const timeLayout = "2006-01-02T15:04:05.000Z"

// At wraps t, cut to milliseconds.
func At(t time.Time) Time { return Time{t.UTC().Truncate(time.Millisecond)} }

// UnixMilli returns the instant ms milliseconds after the Unix epoch.
func UnixMilli(ms int64) Time { return Time{time.UnixMilli(ms).UTC()} }

// Plus returns the instant ms milliseconds later.
func (t Time) Plus(ms int64) Time { return Time{t.Add(time.Duration(ms) * time.Millisecond)} }

// AppendText appends the wire form. It never fails.
func (t Time) AppendText(b []byte) ([]byte, error) { return t.append(b), nil }

// append appends the wire form, at three times the speed of time's own.
func (t Time) append(b []byte) []byte {
	u := t.UTC()
	year, month, day := u.Date()
	if year < 0 || year > 9999 {
		return u.AppendFormat(b, timeLayout)
	}
	hour, minute, second := u.Clock()
	b = append(appendTwo(appendTwo(b, year/100), year%100), '-')
	b = append(appendTwo(b, int(month)), '-')
	b = append(appendTwo(b, day), 'T')
	b = append(appendTwo(b, hour), ':')
	b = append(appendTwo(b, minute), ':')
	b = append(appendTwo(b, second), '.')
	ms := u.Nanosecond() / int(time.Millisecond)
	return append(appendTwo(append(b, byte('0'+ms/100)), ms%100), 'Z')
}

// appendTwo appends a number below 100 in two digits.
func appendTwo(b []byte, n int) []byte { return append(b, byte('0'+n/10), byte('0'+n%10)) }

// String returns the wire form.
func (t Time) String() string { return string(t.append(nil)) }

// MarshalJSON writes the wire form.
func (t Time) MarshalJSON() ([]byte, error) {
	b := make([]byte, 0, len(timeLayout)+2)
	b = append(b, '"')
	return append(t.append(b), '"'), nil
}

// UnmarshalJSON reads any RFC 3339 instant.
func (t *Time) UnmarshalJSON(b []byte) error {
	var v time.Time
	if err := v.UnmarshalJSON(b); err != nil {
		return err
	}
	*t = At(v)
	return nil
}
