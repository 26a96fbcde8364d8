package webhook

import (
	"bytes"
	"reflect"
	"testing"
	"time"
)

// FuzzSpoolRecord reads anything as a record. What passes for one must be what was
// written, and what was written must pass, under its own key alone.
func FuzzSpoolRecord(f *testing.F) {
	e := spoolEvent(1)
	rec := encodeSpooled(&e, time.UnixMilli(1795341600123))
	f.Add(uint64(1), sealSpooled(spoolKey(1), rec))
	f.Add(uint64(2), rec[:spoolHeadLen])
	f.Add(uint64(0), []byte(nil))
	f.Fuzz(func(t *testing.T, number uint64, rec []byte) {
		_ = decodeSpooled(number, rec)
		if len(rec) < spoolSumLen {
			return
		}
		// Whatever is in a record whose checksum is right, even so.
		rec = sealSpooled(spoolKey(number), bytes.Clone(rec))
		s := decodeSpooled(number, rec)
		if s.err != nil {
			return
		}
		again := encodeSpooled(&s.event, s.at)
		back := decodeSpooled(number, sealSpooled(spoolKey(number), again))
		if back.err != nil || !back.at.Equal(s.at) || !reflect.DeepEqual(back.event, s.event) {
			t.Errorf("went in as\n%+v\nand came back as\n%+v", s, back)
		}
		if other := decodeSpooled(number+1, rec); other.err == nil {
			t.Error("read under another key")
		}
	})
}

// TestSpoolRecordTellsEveryFlippedBit, and every cut.
func TestSpoolRecordTellsEveryFlippedBit(t *testing.T) {
	t.Parallel()
	e := spoolEvent(1)
	rec := sealSpooled(spoolKey(1), encodeSpooled(&e, time.Now()))
	for bit := range 8 * len(rec) {
		rec[bit/8] ^= 1 << (bit % 8)
		if s := decodeSpooled(1, rec); s.err == nil {
			t.Errorf("bit %d was flipped and the record passes", bit)
		}
		rec[bit/8] ^= 1 << (bit % 8)
	}
	for n := range rec {
		if s := decodeSpooled(1, rec[:n]); s.err == nil {
			t.Errorf("cut to %d bytes, the record passes", n)
		}
	}
	if s := decodeSpooled(1, rec); s.err != nil || !reflect.DeepEqual(s.event, e) {
		t.Errorf("came back as %+v", s)
	}
}
