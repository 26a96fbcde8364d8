package bench

import (
	"slices"
	"testing"
	"time"
)

// TestFaultsAreSeen lets a server do to every session what a hub must not.
func TestFaultsAreSeen(t *testing.T) {
	t.Parallel()
	const sessions, events = 12, 60 // of smallLoad
	for name, test := range map[string]struct {
		deliver func() func(frame []byte, sockets []int)
		want    func(tally) int
		times   int // an event; those sent before the measured ones are not counted
	}{
		"lost": {func() func([]byte, []int) {
			return func(frame []byte, sockets []int) { writeAll(frame, sockets[1:]) }
		}, func(t tally) int { return t.Lost }, events},
		"twice": {func() func([]byte, []int) {
			return func(frame []byte, sockets []int) {
				writeAll(frame, sockets)
				writeAll(frame, sockets[:1])
			}
		}, func(t tally) int { return t.Duplicates }, events},
		"swapped": {swapping, func(t tally) int { return t.Disordered }, sessions * events / 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			deliver, l := test.deliver(), smallLoad()
			if name == "lost" {
				l.Patience = 100 * time.Millisecond
			}
			m := measureFor(t, l, serveReference(t, func(frame []byte, sockets []int) {
				if len(sockets) > 0 {
					deliver(frame, sockets)
				}
			}))
			if got := test.want(m.Crowd.Tally); got != test.times {
				t.Errorf("counted %d, want %d: %+v", got, test.times, m.Crowd.Tally)
			}
		})
	}
}

// swapping delivers every second frame before the one that came before it.
func swapping() func(frame []byte, sockets []int) {
	var held []byte
	return func(frame []byte, sockets []int) {
		if held == nil {
			held = slices.Clone(frame)
			return
		}
		writeAll(frame, sockets)
		writeAll(held, sockets)
		held = nil
	}
}

func TestNoFaultsOfAFaultlessServer(t *testing.T) {
	t.Parallel()
	l := smallLoad()
	l.Owners = 0.5
	m := measureFor(t, l, serveReference(t, nil))
	got := m.Crowd.Tally
	if got.Lost+got.Duplicates+got.Disordered+got.Strays+sum(got.Closed) != 0 {
		t.Errorf("%+v", got)
	}
	// Six moderators hear all of 60 events; each of six owners, those of its room: a third.
	if want := 6*60 + 6*60/3; got.Deliveries != want || m.Crowd.Latency.TotalCount() != int64(want) {
		t.Errorf("%d deliveries with %d latencies, want %d", got.Deliveries, m.Crowd.Latency.TotalCount(), want)
	}
}

// TestStraysAreSeen: owners who are sent the events of other rooms.
func TestStraysAreSeen(t *testing.T) {
	t.Parallel()
	p := plan{Run: "01234567", Sessions: 1, Owners: 1, Rooms: 4, Active: 4, Events: 30, Together: 10}
	c := newCrowd(&p, door{}, nil, 0, 1)
	frames := preparedFrames()
	for battle := range 4 {
		out := fill(nil, frames[kinds[0]], []byte(p.battleID(battle)), battle+1)
		if err := c.sessions[0].take(out, now()); err != nil {
			t.Fatal(err)
		}
	}
	if got := c.tally; got.Strays != 2 || got.Deliveries != 2 { // room 0: battles 0 and 3
		t.Errorf("%+v", got)
	}
}
