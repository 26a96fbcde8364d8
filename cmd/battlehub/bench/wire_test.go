package bench

import (
	"bytes"
	"slices"
	"testing"
	"time"
)

func TestFramesAreCut(t *testing.T) {
	t.Parallel()
	for _, size := range []int{0, 1, 125, 126, 65535, 65536} {
		message := bytes.Repeat([]byte("x"), size)
		wire := appendTextFrame(nil, message)
		for _, short := range []int{0, 1, len(wire) - size - 1, len(wire) - 1} {
			if _, _, n, err := cutFrame(wire[:short]); n != 0 || err != nil {
				t.Errorf("%d of %d bytes: %d, %v", short, len(wire), n, err)
			}
		}
		op, payload, n, err := cutFrame(append(slices.Clone(wire), 1, 2))
		if op != opText || !bytes.Equal(payload, message) || n != len(wire) || err != nil {
			t.Errorf("%d: op %d, %d bytes, %d, %v", size, op, len(payload), n, err)
		}
	}
}

func TestForeignFramesAreRefused(t *testing.T) {
	t.Parallel()
	for name, wire := range map[string][]byte{
		"masked":     {0x81, 0x80, 0, 0, 0, 0},
		"compressed": {0xc1, 0},
		"fragment":   {0x01, 0},
		"huge":       {0x81, 127, 0xff, 0, 0, 0, 0, 0, 0, 0},
	} {
		if _, _, _, err := cutFrame(wire); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

// FuzzSession gives a session what a server may never send, in two parts.
func FuzzSession(f *testing.F) {
	f.Add([]byte("HTTP/1.1 101 Switching Protocols\r\n\r\n\x81\x02{}"), 7)
	f.Add(append([]byte("HTTP/1.1 101 S\r\n\r\n"), appendTextFrame(nil, []byte(`{"type":"snapshot","cursor":"1-2-a","battles":[{"id":"x","state":"live"}],"done":true}`))...), 30)
	for _, frame := range preparedFrames() {
		f.Add(append([]byte("HTTP/1.1 101 S\r\n\r\n"), frame...), 20)
	}
	f.Add([]byte{0x88, 2, 0x11, 0x38}, 1)
	p := plan{Run: "01234567", Sessions: 1, Rooms: 2, Active: 2, Events: 30, Together: 10}
	f.Fuzz(func(t *testing.T, wire []byte, cut int) {
		c := newCrowd(&p, door{}, nil, 0, 1)
		s := c.sessions[0]
		s.stage = upgrading
		cut = max(0, min(cut, len(wire)))
		if s.take(wire[:cut], now()) == nil {
			_ = s.take(append(s.rest, wire[cut:]...), now()) // whatever it says, it must not panic
		}
	})
}

func TestBattlesAndEventsHaveNumbers(t *testing.T) {
	t.Parallel()
	p := plan{Run: "89abcdef", Rooms: 5, Active: 5, Events: 95, Together: 10}
	for k := range p.Events {
		battle, kind := p.event(k)
		read, ours := p.battleOf([]byte(p.battleID(battle)))
		if !ours || read != battle || p.number(read, kind) != k {
			t.Errorf("event %d: battle %d, read %d", k, battle, read)
		}
	}
	for _, foreign := range []string{"", "b1", "bench/01234567/0000000000000000000000000001=", "bench/89abcdef/9999999999999999999999999999="} {
		if _, ours := p.battleOf([]byte(foreign)); ours {
			t.Errorf("%q was taken for ours", foreign)
		}
	}
}

func TestDue(t *testing.T) {
	t.Parallel()
	s := stretch{Pace: pace{Rate: 1000, Burst: 10}, From: 100, To: 200, Start: 5}
	for k, want := range map[int]time.Duration{100: 0, 109: 0, 110: 10 * time.Millisecond, 199: 90 * time.Millisecond} {
		if got := s.due(k).since(s.Start); got != want {
			t.Errorf("%d is due after %v, want %v", k, got, want)
		}
	}
}
