package memlog

import (
	"bytes"
	"testing"

	"battlehub/hub"
)

// FuzzDecodeRecord decodes any bytes, with a right checksum or without, as every kind
// of record.
func FuzzDecodeRecord(f *testing.F) {
	e := hub.Entry{Position: hub.Position{Epoch: 1, Seq: 2, Tag: 3}, Prev: 4, At: hub.UnixMilli(5)}
	key := entryKey(e.Position)
	for _, event := range []*hub.Event{nil, new(benchEvent(1))} {
		e.Event = event
		f.Add(key, encodeEntry(key, e))
	}
	rec, err := encodeSeen(key, seen{repeats: []hub.Repeat{{Verdict: hub.Conflict, Raw: []byte("{}")}}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(key, rec)
	f.Fuzz(func(t *testing.T, key, rec []byte) {
		decodeAny(t, key, rec)
		if len(rec) >= sumLen {
			decodeAny(t, key, seal(key, bytes.Clone(rec)))
		}
	})
}

// decodeAny decodes; what is accepted must survive being written again.
func decodeAny(t *testing.T, key, rec []byte) {
	if e, err := decodeEntry(key, rec); err == nil {
		if again, err := decodeEntry(key, encodeEntry(key, e)); err != nil || again.Position != e.Position {
			t.Errorf("a decoded entry, written again, reads as %+v, %v", again, err)
		}
	}
	if s, err := decodeSeen(key, rec); err == nil {
		if _, err := encodeSeen(key, s); err != nil {
			t.Errorf("a decoded record cannot be encoded: %v", err)
		}
	}
}
