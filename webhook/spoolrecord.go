package webhook

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"time"

	"battlehub/hub"
)

// What a spool consists of. bbolt checks no data page, so every record carries a
// checksum, which its key takes part in. Numbers are big-endian.
//
//	key     number u64, from 1 on, none left out
//	record  crc32c(key, body) u32 | body
//	body    when it was spooled, Unix milliseconds u64 | n u32 | n bytes of the event's JSON | raw packet
//
// The packet stands beside the event's JSON, not in it, so that it stays as it came to
// the byte. In front of the records stands what is left of the last that is settled: its
// key, and a checksum of nothing else. So it is known where the records begin; the
// bucket's sequence knows where they end.
const (
	spoolSumLen  = 4
	spoolHeadLen = spoolSumLen + 8 + 4
)

var (
	castagnoli = crc32.MakeTable(crc32.Castagnoli)
	bigEndian  = binary.BigEndian

	errRecordSum   = errors.New("checksum does not match")
	errRecordShort = errors.New("record is too short")
)

// spooled is a record as it is read.
type spooled struct {
	number uint64
	size   int64
	at     time.Time
	event  hub.Event
	err    error // why neither time nor event can be told
}

// settledMark is what is left of a record.
func settledMark(key []byte) []byte { return sealSpooled(key, make([]byte, spoolSumLen)) }

func spoolKey(number uint64) []byte { return bigEndian.AppendUint64(nil, number) }

// encodeSpooled makes a record whose checksum is missing, since its key is not known yet.
func encodeSpooled(e *hub.Event, at time.Time) []byte {
	text := e.AppendJSON(nil)
	rec := make([]byte, spoolSumLen, spoolHeadLen+len(text)+len(e.Raw))
	rec = bigEndian.AppendUint64(rec, uint64(at.UnixMilli()))
	rec = bigEndian.AppendUint32(rec, uint32(len(text)))
	return append(append(rec, text...), e.Raw...)
}

// sealSpooled fills in the checksum.
func sealSpooled(key, rec []byte) []byte {
	bigEndian.PutUint32(rec, spoolSum(key, rec))
	return rec
}

func spoolSum(key, rec []byte) uint32 {
	return crc32.Update(crc32.Checksum(key, castagnoli), castagnoli, rec[spoolSumLen:])
}

// decodeSpooled reads a record, and keeps nothing of it.
func decodeSpooled(number uint64, rec []byte) spooled {
	s := spooled{number: number, size: int64(len(rec))}
	s.at, s.event, s.err = openSpooled(spoolKey(number), rec)
	return s
}

func openSpooled(key, rec []byte) (at time.Time, e hub.Event, err error) {
	if at, err = spooledAt(key, rec); err != nil {
		return at, e, err
	}
	n, rest := uint64(bigEndian.Uint32(rec[spoolHeadLen-4:])), rec[spoolHeadLen:]
	if n > uint64(len(rest)) {
		return at, e, errRecordShort
	}
	event, err := hub.ParseEvent(string(rest[:n]))
	if err != nil {
		return at, e, fmt.Errorf("event: %w", err)
	}
	e = *event
	e.Raw = nil
	if raw := rest[n:]; len(raw) > 0 {
		e.Raw = bytes.Clone(raw)
	}
	return at, e, nil
}

// spooledAt reads when an intact record was written.
func spooledAt(key, rec []byte) (time.Time, error) {
	if len(rec) < spoolHeadLen {
		return time.Time{}, errRecordShort
	}
	if bigEndian.Uint32(rec) != spoolSum(key, rec) {
		return time.Time{}, errRecordSum
	}
	return time.UnixMilli(int64(bigEndian.Uint64(rec[spoolSumLen:]))), nil
}
