package memlog

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"

	"battlehub/hub"
)

// What a log on disk consists of. bbolt checks its two meta pages but no data page,
// so every record carries a checksum: a flipped bit is found when it is read, wherever
// the disk or the memory flipped it. Numbers are big-endian, times Unix milliseconds.
//
//	record    crc32c(key, body) u32 | body
//	key       of an entry: epoch u64 | seq u64
//	entry     tag u32 | prev u32 | at u64 | n u32 | n bytes of the event's JSON | raw packet
//	seen      position | at u64 | digest 32 bytes | JSON of the repeats, if any
//	board     position | the board as it was given
//	position  epoch u64 | seq u64 | tag u32
//	format    version u32 | app u64
//	note      position of the newest entry, or of the board
//
// The packet stands beside the event's JSON, not in it: so it stays as it came to the
// byte, and need not be scanned when it is read.
const (
	sumLen      = 4
	keyLen      = 8 + 8
	positionLen = keyLen + 4
	headLen     = 4 + 4 + 8 + 4
	seenLen     = positionLen + 8 + sha256.Size
)

var (
	castagnoli = crc32.MakeTable(crc32.Castagnoli)
	bigEndian  = binary.BigEndian

	errSum   = errors.New("checksum does not match")
	errShort = errors.New("record is too short")
)

// seal fills in the checksum for which rec starts with room.
func seal(key, rec []byte) []byte {
	bigEndian.PutUint32(rec, checksum(key, rec[sumLen:]))
	return rec
}

// unseal returns the body of what seal made, if it is intact, as long as it should be
// at least, and kept under its own key.
func unseal(key, rec []byte, atLeast int) ([]byte, error) {
	if len(rec) < sumLen+atLeast {
		return nil, errShort
	}
	if bigEndian.Uint32(rec) != checksum(key, rec[sumLen:]) {
		return nil, errSum
	}
	return rec[sumLen:], nil
}

func checksum(key, body []byte) uint32 {
	return crc32.Update(crc32.Checksum(key, castagnoli), castagnoli, body)
}

// entryKey sorts like the positions.
func entryKey(p hub.Position) []byte {
	key := bigEndian.AppendUint64(make([]byte, 0, keyLen), p.Epoch)
	return bigEndian.AppendUint64(key, p.Seq)
}

func encodeEntry(key []byte, e hub.Entry) []byte {
	var text, raw []byte
	if e.Event != nil {
		text, raw = e.Event.AppendJSON(nil), e.Event.Raw
	}
	rec := make([]byte, sumLen, sumLen+headLen+len(text)+len(raw))
	rec = bigEndian.AppendUint32(rec, e.Position.Tag)
	rec = bigEndian.AppendUint32(rec, e.Prev)
	rec = bigEndian.AppendUint64(rec, uint64(e.At.UnixMilli()))
	rec = bigEndian.AppendUint32(rec, uint32(len(text)))
	return seal(key, append(append(rec, text...), raw...))
}

// decodeHead reads an entry without its event, and returns what is left.
func decodeHead(key, rec []byte) (e hub.Entry, rest []byte, err error) {
	if len(key) != keyLen {
		return e, nil, fmt.Errorf("key of %d bytes: want %d", len(key), keyLen)
	}
	b, err := unseal(key, rec, headLen)
	if err != nil {
		return e, nil, err
	}
	e.Position = hub.Position{Epoch: bigEndian.Uint64(key), Seq: bigEndian.Uint64(key[8:]), Tag: bigEndian.Uint32(b)}
	e.Prev = bigEndian.Uint32(b[4:])
	e.At = hub.UnixMilli(int64(bigEndian.Uint64(b[8:])))
	return e, b[16:], nil
}

func decodeEntry(key, rec []byte) (hub.Entry, error) {
	e, rest, err := decodeHead(key, rec)
	if err != nil {
		return e, err
	}
	n := uint64(bigEndian.Uint32(rest))
	text := rest[4:]
	if n > uint64(len(text)) {
		return e, errShort
	}
	text, raw := text[:n], text[n:]
	if n == 0 {
		return e, nil
	}
	if e.Event, err = hub.ParseEvent(string(text)); err != nil {
		return e, fmt.Errorf("event: %w", err)
	}
	if len(raw) > 0 {
		e.Event.Raw = bytes.Clone(raw)
	}
	return e, nil
}

func appendPosition(b []byte, p hub.Position) []byte {
	return bigEndian.AppendUint32(append(b, entryKey(p)...), p.Tag)
}

// decodePosition reads a position from the first positionLen bytes.
func decodePosition(b []byte) hub.Position {
	return hub.Position{Epoch: bigEndian.Uint64(b), Seq: bigEndian.Uint64(b[8:]), Tag: bigEndian.Uint32(b[keyLen:])}
}

func encodeSeen(key []byte, s seen) ([]byte, error) {
	rec := appendPosition(make([]byte, sumLen, sumLen+seenLen), s.position)
	rec = bigEndian.AppendUint64(rec, uint64(s.at.UnixMilli()))
	rec = append(rec, s.digest[:]...)
	if len(s.repeats) > 0 {
		text, err := json.Marshal(s.repeats)
		if err != nil {
			return nil, fmt.Errorf("encoding repeats of %s: %w", key, err)
		}
		rec = append(rec, text...)
	}
	return seal(key, rec), nil
}

func decodeSeen(key, rec []byte) (s seen, err error) {
	b, err := unseal(key, rec, seenLen)
	if err != nil {
		return s, err
	}
	s.position = decodePosition(b)
	s.at = hub.UnixMilli(int64(bigEndian.Uint64(b[positionLen:])))
	copy(s.digest[:], b[positionLen+8:])
	if text := b[seenLen:]; len(text) > 0 {
		if err := json.Unmarshal(text, &s.repeats); err != nil {
			return s, fmt.Errorf("repeats: %w", err)
		}
	}
	return s, nil
}
