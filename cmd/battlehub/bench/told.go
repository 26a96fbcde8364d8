package bench

import (
	"bytes"
	"encoding/json"
	"strconv"

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
	memberKind   = []byte(`"kind":"`)
	memberBattle = []byte(`"battle":{"id":"`)
	wordResumed  = []byte(`"resumed":true`)
	wordDone     = []byte(`"done":true`)
)

// told is an event as a frame tells it.
type told struct {
	Kind   hub.Kind
	Battle []byte
}

func readEvent(frame []byte) told {
	return told{hub.Kind(value(frame, memberKind)), value(frame, memberBattle)}
}

// place is where in its log an event stands.
type place struct{ epoch, number uint64 }

// readPlace reads a cursor (epoch-number-check); zeros if it is none.
func readPlace(cursor []byte) (p place) {
	epoch, rest, _ := bytes.Cut(cursor, []byte("-"))
	number, _, _ := bytes.Cut(rest, []byte("-"))
	p.epoch, _ = strconv.ParseUint(string(epoch), 10, 64)
	p.number, _ = strconv.ParseUint(string(number), 10, 64)
	return p
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
