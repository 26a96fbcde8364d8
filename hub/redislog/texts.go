package redislog

import "strings"

// texts copies texts that come and go together into large pieces: the garbage collector visits
// a piece where it would visit each message that Redis sent.
type texts struct{ piece strings.Builder }

// textPiece holds the texts of some 64 records.
const textPiece = 64 << 10

func (t *texts) copy(s string) string {
	n := t.piece.Len()
	if t.piece.Cap()-n < len(s) {
		t.piece, n = strings.Builder{}, 0
		t.piece.Grow(max(len(s), textPiece))
	}
	t.piece.WriteString(s) // what stood there before stays: a builder only appends
	return t.piece.String()[n:]
}
