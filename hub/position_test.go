package hub

import (
	"errors"
	"strings"
	"testing"
)

func TestCursorRoundTrip(t *testing.T) {
	t.Parallel()
	for _, p := range []Position{{1, 0, 1}, {1, 42, 0x9f3a12cd}, {1795449274123, 7, 0xf}, {1<<64 - 1, 1<<64 - 1, 1<<32 - 1}} {
		got, err := ParseCursor(p.String())
		if err != nil || got != p {
			t.Errorf("%s: got %v, %v", p, got, err)
		}
	}
	if got := (Position{1, 42, 0x9f3a12cd}).String(); got != "1-42-9f3a12cd" {
		t.Errorf("text %q", got)
	}
}

func TestParseCursorRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "-", "--", "1-2", "1-2-3", "1-2-00000003-4", "0-1-00000001", "01-2-00000003", "+1-2-00000003",
		"1-2-0000000g", "1-2-0000000A", "1--1-00000001", "18446744073709551616-1-00000001", "1-2-00000003\n",
		strings.Repeat("9", 1<<20), "1-2-\xff0000003"} {
		if p, err := ParseCursor(text); !errors.Is(err, ErrCursor) {
			t.Errorf("%.40q: got %v, %v", text, p, err)
		}
	}
}

// FuzzParseCursor: whatever comes from outside is refused or means one position, of which
// it is the only text.
func FuzzParseCursor(f *testing.F) {
	for _, seed := range []string{"1-42-9f3a12cd", "1-0-00000001", "", "1-2", "18446744073709551615-18446744073709551615-ffffffff", "a-b-c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ParseCursor(text)
		if err != nil {
			if !errors.Is(err, ErrCursor) {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		if p.String() != text {
			t.Errorf("%q reads as %q", text, p)
		}
	})
}
