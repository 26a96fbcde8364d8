package hub

import (
	"errors"
	"fmt"
	"testing"
)

// ringOf fills a ring of the given size with the entries of epoch 1 from seq 0 to n-1.
func ringOf(size, n int) *ring {
	r := newRing(size, Position{})
	for seq := range uint64(n) {
		r.push(&frame{wire: []byte("x"), pos: Position{1, seq, tagOf(seq)}})
	}
	return &r
}

func tagOf(seq uint64) uint32 { return uint32(seq)*2654435761 | 1 }

func TestRingAfter(t *testing.T) {
	t.Parallel()
	r := ringOf(8, 20) // holds 12..19, so it can continue 11
	r.push(&frame{pos: Position{2, 0, 5}})
	older, ahead, rewritten := errOlder, errAhead, error(&ResetError{GapRewritten})
	tests := map[string]struct {
		at   Position
		next uint64
		err  error
	}{
		"newest":              {Position{2, 0, 5}, 21, nil},
		"in_between":          {Position{1, 15, tagOf(15)}, 16, nil},
		"oldest":              {Position{1, 13, tagOf(13)}, 14, nil},
		"just_before_oldest":  {Position{1, 12, tagOf(12)}, 13, nil},
		"before_that":         {Position{1, 11, tagOf(11)}, 0, older},
		"earlier_epoch":       {Position{0, 99, 1}, 0, older},
		"wrong_tag":           {Position{1, 15, 7}, 0, rewritten},
		"wrong_tag_at_base":   {Position{1, 12, 7}, 0, rewritten},
		"beyond_epochs_end":   {Position{1, 20, 7}, 0, rewritten},
		"future":              {Position{2, 1, 7}, 0, ahead},
		"future_epoch":        {Position{3, 0, 7}, 0, ahead},
		"nothing_known_at_it": {Position{}, 0, older},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			next, err := r.after(test.at)
			if next != test.next || fmt.Sprint(err) != fmt.Sprint(test.err) {
				t.Errorf("got %d, %v; want %d, %v", next, err, test.next, test.err)
			}
		})
	}
}

func TestRingBoundsBytes(t *testing.T) {
	t.Parallel()
	r := newRing(100, Position{})
	big := make([]byte, 10*averageFrame)
	for seq := range uint64(100) {
		r.push(&frame{wire: big, pos: Position{1, seq, 1}})
	}
	if r.bytes > r.maxBytes || r.next-r.first != 10 {
		t.Errorf("%d entries of %d bytes, bound %d", r.next-r.first, r.bytes, r.maxBytes)
	}
}

func TestRingRestartCutsOff(t *testing.T) {
	t.Parallel()
	r := ringOf(8, 5)
	stood := r.next
	r.restart(Position{7, 7, 7})
	if stood >= r.first {
		t.Error("a session that stood at the head is still in the ring")
	}
	if next, err := r.after(Position{7, 7, 7}); err != nil || next != r.first {
		t.Errorf("the base does not continue: %d, %v", next, err)
	}
	if _, err := r.after(Position{1, 4, tagOf(4)}); !errors.Is(err, errOlder) {
		t.Errorf("the old history: %v", err)
	}
}

func TestRingCollect(t *testing.T) {
	t.Parallel()
	r := ringOf(32, 20)
	even := func(f *frame) bool { return f.offset%2 == 0 }
	frames, next := r.collect(5, 3, even)
	if len(frames) != 3 || frames[0].offset != 6 || next != 11 {
		t.Errorf("%d frames from %v, next %d", len(frames), frames[0].offset, next)
	}
	frames, next = r.collect(next, 100, even)
	if len(frames) != 4 || next != 20 {
		t.Errorf("%d frames, next %d", len(frames), next)
	}
}
