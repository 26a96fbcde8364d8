package redislog

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"battlehub/hub"
)

// record is an entry as it stands in Redis. Its texts are parts of one message or reply.
type record struct {
	position hub.Position
	prev     uint32
	at       int64  // Unix milliseconds
	event    string // JSON without the packet; empty for the entry that opens an epoch
	raw      string // the packet, to the byte
}

// errRecord says that what stands in Redis was not written by battlehub's scripts.
var errRecord = errors.New("not an entry of a battlehub log")

// streamID is where a position stands in the stream.
func streamID(p hub.Position) string {
	return strconv.FormatUint(p.Epoch, 10) + "-" + strconv.FormatUint(p.Seq, 10)
}

// positionOf joins a stream id and a tag to the position that they write out.
func positionOf(id, tag string) (hub.Position, error) { return cursor(id + "-" + tag) }

// cursor reads a position as the scripts tell it.
func cursor(text string) (hub.Position, error) {
	p, err := hub.ParseCursor(text)
	if err != nil || p.Tag == 0 {
		return hub.Position{}, fmt.Errorf("%w: position %.50q", errRecord, text)
	}
	return p, nil
}

// hex8 is a tag as the scripts write it.
func hex8(tag uint32) string {
	b := [4]byte{byte(tag >> 24), byte(tag >> 16), byte(tag >> 8), byte(tag)}
	return hex.EncodeToString(b[:])
}

func newRecord(position hub.Position, prev, at, event, raw string) (record, error) {
	p, err1 := strconv.ParseUint(prev, 16, 32)
	t, err2 := strconv.ParseInt(at, 10, 64)
	if err1 != nil || err2 != nil {
		return record{}, fmt.Errorf("%w: %v", errRecord, position)
	}
	return record{position: position, prev: uint32(p), at: t, event: event, raw: raw}, nil
}

// recordOf reads an entry of the stream.
func recordOf(m redis.XMessage) (record, error) {
	field := func(name string) string {
		s, _ := m.Values[name].(string)
		return s
	}
	position, err := positionOf(m.ID, field("tag"))
	if err != nil {
		return record{}, err
	}
	return newRecord(position, field("prev"), field("at"), field("event"), field("raw"))
}

// recordsOf reads a page of the stream.
func recordsOf(page []redis.XMessage) ([]record, error) {
	records := make([]record, len(page))
	for i, m := range page {
		var err error
		if records[i], err = recordOf(m); err != nil {
			return nil, err
		}
	}
	return records, nil
}

// entry decodes the record.
func (r *record) entry() (hub.Entry, error) {
	e := hub.Entry{Position: r.position, Prev: r.prev, At: hub.UnixMilli(r.at)}
	if r.event == "" {
		return e, nil
	}
	// The board keeps parts of the text for long, and should not keep the whole message.
	event, err := hub.ParseEvent(strings.Clone(r.event))
	if err != nil {
		return e, fmt.Errorf("%w: event at %v: %w", errRecord, r.position, err)
	}
	e.Event = event
	if r.raw != "" {
		e.Event.Raw = []byte(r.raw)
	}
	return e, nil
}

func entriesOf(records []record) ([]hub.Entry, error) {
	entries := make([]hub.Entry, len(records))
	for i := range records {
		var err error
		if entries[i], err = records[i].entry(); err != nil {
			return nil, err
		}
	}
	return entries, nil
}

// message is what came over the channel: entries, or where the log stands, or both.
type message struct {
	records []record
	beat    hub.Position // zero without one
}

// parseMessage reads what publish (prelude.lua) wrote: headers of words, each ended by a new
// line, and after an entry's header its event and packet, whose lengths it names.
func parseMessage(text string) (m message, err error) {
	for text != "" {
		line, rest, found := strings.Cut(text, "\n")
		kind, header, _ := strings.Cut(line, " ")
		switch {
		case found && kind == "entry":
			var r record
			if r, text, err = parseEntry(header, rest); err != nil {
				return message{}, err
			}
			m.records = append(m.records, r)
		case found && kind == "beat":
			if m.beat, err = cursor(header); err != nil {
				return message{}, err
			}
			text = rest
		default:
			return message{}, fmt.Errorf("%w: message %.40q", errRecord, text)
		}
	}
	return m, nil
}

// parseEntry reads an entry's header, and takes its event and packet from what follows.
func parseEntry(header, rest string) (r record, after string, err error) {
	var words [5]string
	if !cutWords(header, words[:]) {
		return r, "", fmt.Errorf("%w: header %.80q", errRecord, header)
	}
	position, err := cursor(words[0])
	if err != nil {
		return r, "", err
	}
	n, err1 := strconv.ParseUint(words[3], 10, 31)
	k, err2 := strconv.ParseUint(words[4], 10, 31)
	if err1 != nil || err2 != nil || n+k > uint64(len(rest)) {
		return r, "", fmt.Errorf("%w: lengths %.20q, %.20q", errRecord, words[3], words[4])
	}
	r, err = newRecord(position, words[1], words[2], rest[:n], rest[n:n+k])
	return r, rest[n+k:], err
}

// cutWords cuts a line at its spaces, and reports whether it has as many words as are wanted.
func cutWords(line string, words []string) bool {
	for i := range words[:len(words)-1] {
		var more bool
		if words[i], line, more = strings.Cut(line, " "); !more {
			return false
		}
	}
	words[len(words)-1] = line
	return !strings.Contains(line, " ")
}
