package redislog

import (
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
func positionOf(id, tag string) (hub.Position, error) {
	p, err := hub.ParseCursor(id + "-" + tag)
	if err != nil || p.Tag == 0 {
		return hub.Position{}, fmt.Errorf("%w: id %.50q, tag %.20q", errRecord, id, tag)
	}
	return p, nil
}

// hex8 is a tag as the scripts write it.
func hex8(tag uint32) string { return fmt.Sprintf("%08x", tag) }

func newRecord(id, tag, prev, at, event, raw string) (r record, err error) {
	if r.position, err = positionOf(id, tag); err != nil {
		return r, err
	}
	p, err1 := strconv.ParseUint(prev, 16, 32)
	t, err2 := strconv.ParseInt(at, 10, 64)
	if errors.Join(err1, err2) != nil {
		return r, fmt.Errorf("%w: %v", errRecord, r.position)
	}
	r.prev, r.at, r.event, r.raw = uint32(p), t, event, raw
	return r, nil
}

// recordOf reads an entry of the stream.
func recordOf(m redis.XMessage) (record, error) {
	field := func(name string) string {
		s, _ := m.Values[name].(string)
		return s
	}
	return newRecord(m.ID, field("tag"), field("prev"), field("at"), field("event"), field("raw"))
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
		words := strings.Split(line, " ")
		switch {
		case found && words[0] == "entry" && len(words) == 7:
			var r record
			if r, text, err = parseEntry(words, rest); err != nil {
				return message{}, err
			}
			m.records = append(m.records, r)
		case found && words[0] == "beat" && len(words) == 3:
			if m.beat, err = positionOf(words[1], words[2]); err != nil {
				return message{}, err
			}
			text = rest
		default:
			return message{}, fmt.Errorf("%w: message %.40q", errRecord, text)
		}
	}
	return m, nil
}

func parseEntry(words []string, rest string) (r record, after string, err error) {
	n, err1 := strconv.ParseUint(words[5], 10, 31)
	k, err2 := strconv.ParseUint(words[6], 10, 31)
	if errors.Join(err1, err2) != nil || n+k > uint64(len(rest)) {
		return r, "", fmt.Errorf("%w: lengths %.20q, %.20q", errRecord, words[5], words[6])
	}
	r, err = newRecord(words[1], words[2], words[3], words[4], rest[:n], rest[n:n+k])
	return r, rest[n+k:], err
}
