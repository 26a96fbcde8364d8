package hub

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// Position is a place in an app's log.
//
// The sequence is gap-free within an epoch and starts at 0 with the epoch's own
// entry. A log that lost its tail may give the same epoch and sequence to another
// event (research on Redis failover: a lagging replica has the same epoch); the
// random tag of the entry tells the two apart.
type Position struct {
	Epoch uint64
	Seq   uint64
	Tag   uint32
}

// ErrCursor is returned for text that is not a cursor.
var ErrCursor = errors.New("not a cursor of this hub")

// maxCursorLen bounds a cursor's text: two 20-digit numbers, 8 hex digits, 2 dashes.
const maxCursorLen = 20 + 1 + 20 + 1 + 8

// NewTag returns a random tag that is not zero.
func NewTag() uint32 {
	for {
		if t := rand.Uint32(); t != 0 {
			return t
		}
	}
}

// IsZero reports whether p stands before everything: the start of any log.
func (p Position) IsZero() bool { return p == Position{} }

// Compare orders positions by epoch and sequence. Tags have no order.
func (p Position) Compare(q Position) int {
	return cmp.Or(cmp.Compare(p.Epoch, q.Epoch), cmp.Compare(p.Seq, q.Seq))
}

// String returns the cursor's text, "<epoch>-<seq>-<tag hex>". Clients must treat it
// as opaque.
func (p Position) String() string { return string(p.append(nil)) }

func (p Position) append(b []byte) []byte {
	b = strconv.AppendUint(b, p.Epoch, 10)
	b = append(b, '-')
	b = strconv.AppendUint(b, p.Seq, 10)
	b = append(b, '-')
	const hex = "0123456789abcdef"
	for shift := 28; shift >= 0; shift -= 4 {
		b = append(b, hex[p.Tag>>shift&0xf])
	}
	return b
}

// MarshalText writes the cursor's text.
func (p Position) MarshalText() ([]byte, error) { return p.append(nil), nil }

// UnmarshalText reads a cursor's text.
func (p *Position) UnmarshalText(b []byte) (err error) {
	*p, err = ParseCursor(string(b))
	return err
}

// ParseCursor reads what String wrote. Only that exact form is accepted, so a
// position has one text; anything else gives ErrCursor. It never panics.
func ParseCursor(s string) (Position, error) {
	if len(s) > maxCursorLen {
		return Position{}, ErrCursor
	}
	first, rest, _ := strings.Cut(s, "-")
	second, third, _ := strings.Cut(rest, "-")
	epoch, err1 := strconv.ParseUint(first, 10, 64)
	seq, err2 := strconv.ParseUint(second, 10, 64)
	tag, err3 := strconv.ParseUint(third, 16, 32)
	if err1 != nil || err2 != nil || err3 != nil {
		return Position{}, ErrCursor
	}
	p := Position{Epoch: epoch, Seq: seq, Tag: uint32(tag)}
	var exact [maxCursorLen]byte
	if string(p.append(exact[:0])) != s || p.Epoch == 0 {
		return Position{}, fmt.Errorf("%w: unusual form", ErrCursor)
	}
	return p, nil
}
