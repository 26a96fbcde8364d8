package bench

import (
	"bytes"
	"encoding/json"

	"battlehub/hub"
)

// What frames say is found by searching for a few words, not by decoding: a decoder for
// each of 100,000 frames a second would take more of the machine than the server does.
// That the hub writes its members like this is its tests' to see; a frame that is not
// understood counts for nothing, so that its event shows as lost.

// value returns the text of the first member of that name, which has no escaped characters.
func value(frame, name []byte) []byte {
	i := bytes.Index(frame, name)
	if i < 0 {
		return nil
	}
	text := frame[i+len(name):]
	if end := bytes.IndexByte(text, '"'); end >= 0 {
		return text[:end]
	}
	return nil
}

// The members that are searched for.
var (
	memberType   = []byte(`{"type":"`)
	memberCursor = []byte(`"cursor":"`)
	wordResumed  = []byte(`"resumed":true`)
	wordDone     = []byte(`"done":true`)
)

// told is an event as a frame tells it.
type told struct {
	Cursor []byte
	Kind   hub.Kind
	Battle []byte
}

// readEvent reads the frame of an event; the cursor is nil if it is none. It goes from
// member to member in the order in which the hub writes them: to search the whole frame for
// each took the readers longer than read(2).
func readEvent(frame []byte) (t told) {
	t.Cursor, frame = upTo('"', after(frame, `{"type":"event","cursor":"`))
	_, frame = upTo('"', after(frame, `,"id":"`))
	kind, frame := upTo('"', after(frame, `,"kind":"`))
	_, frame = upTo('{', frame)
	t.Kind = hub.Kind(kind)
	t.Battle, _ = upTo('"', after(frame, `"id":"`))
	return t
}

// after returns what follows the words, nil if b does not begin with them.
func after(b []byte, words string) []byte {
	if len(b) < len(words) || string(b[:len(words)]) != words {
		return nil
	}
	return b[len(words):]
}

// upTo returns what is before the first c and what is behind it; nothing if there is none.
func upTo(c byte, b []byte) (before, behind []byte) {
	if i := bytes.IndexByte(b, c); i >= 0 {
		return b[:i:i], b[i+1:]
	}
	return nil, nil
}

// place is where in its log an event stands.
type place struct{ epoch, number uint64 }

// readPlace reads a cursor (epoch-number-check); zeros if it is none.
func readPlace(cursor []byte) (p place) {
	epoch, rest := upTo('-', cursor)
	number, _ := upTo('-', rest)
	return place{decimal(epoch), decimal(number)}
}

// decimal reads a number; 0 if it is none.
func decimal(digits []byte) (n uint64) {
	for _, c := range digits {
		if c < '0' || c > '9' {
			return 0
		}
		n = n*10 + uint64(c-'0')
	}
	return n
}

// behind reports whether p cannot follow q in one log.
func (p place) behind(q place) bool { return p.epoch == q.epoch && p.number <= q.number }

// states tell how many events of a battle's life are over.
var states = map[hub.State]int{hub.StatePending: 1, hub.StateLive: 2, hub.StateEnded: 3}

// readSnapshot returns which battles a page of a snapshot tells of, and how many events of
// each. It is rare, and so is decoded.
func readSnapshot(frame []byte) map[string]int {
	var page struct {
		Battles []struct {
			ID    string
			State hub.State
		}
	}
	if json.Unmarshal(frame, &page) != nil {
		return nil
	}
	battles := make(map[string]int, len(page.Battles))
	for _, b := range page.Battles {
		battles[b.ID] = states[b.State]
	}
	return battles
}
