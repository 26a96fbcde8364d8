package logtest

import (
	"context"
	"errors"
	"reflect"
	"testing"

	"battlehub/hub"
)

var readTests = []test{
	{"PagesAreContiguous", func(t *testing.T, l hub.Log) {
		mustAppend(t, l, newEvents(0, 25)...)
		all := ReadAll(t, l, hub.Position{})
		for _, limit := range []int{1, 3, 25, 26, 1000, 1 << 30, 0, -1} {
			if got := readPages(t, l, limit); !reflect.DeepEqual(got, all) {
				t.Errorf("by pages of %d: %d entries, want the same %d", limit, len(got), len(all))
			}
		}
	}},
	{"FromEveryEntry", func(t *testing.T, l hub.Log) {
		mustAppend(t, l, newEvents(0, 10)...)
		all := ReadAll(t, l, hub.Position{})
		for i, e := range all {
			if got := ReadAll(t, l, e.Position); len(got) != len(all)-i-1 {
				t.Errorf("after %v: %d entries, want %d", e.Position, len(got), len(all)-i-1)
			}
		}
	}},
	{"NothingAtTheTop", func(t *testing.T, l hub.Log) {
		a := mustAppend(t, l, newEvent(0))[0]
		if page, err := l.Read(t.Context(), a.Position, 10); err != nil || len(page) != 0 {
			t.Errorf("Read at the top: %d entries, %v", len(page), err)
		}
	}},
	{"ResetsOutsideTheHistory", testResets},
	{"HeedsItsContext", func(t *testing.T, l hub.Log) {
		if _, err := l.Read(cancelled(t), hub.Position{}, 1); !errors.Is(err, context.Canceled) {
			t.Errorf("Read with an ended context: %v", err)
		}
	}},
}

// readPages reads the whole log by the given limit, which no page may exceed.
func readPages(t *testing.T, l hub.Log, limit int) (all []hub.Entry) {
	t.Helper()
	var at hub.Position
	for {
		page, err := l.Read(t.Context(), at, limit)
		if err != nil {
			t.Fatalf("Read(%v, %d): %v", at, limit, err)
		}
		if limit > 0 && len(page) > limit {
			t.Fatalf("Read(%v, %d) returned %d entries", at, limit, len(page))
		}
		if len(page) == 0 {
			return all
		}
		all = append(all, page...)
		at = page[len(page)-1].Position
	}
}

// testResets asks for what follows positions that are not in the log, which has forgotten
// nothing: so they belong to another history.
func testResets(t *testing.T, l hub.Log) {
	mustAppend(t, l, newEvents(0, 5)...)
	all := ReadAll(t, l, hub.Position{})
	first, mid, last := all[0].Position, all[2].Position, all[len(all)-1].Position
	at := func(p hub.Position, epoch, seq, tag int) hub.Position {
		return hub.Position{Epoch: p.Epoch + uint64(epoch), Seq: p.Seq + uint64(seq), Tag: p.Tag + uint32(tag)}
	}
	cases := []struct {
		name   string
		from   hub.Position
		reason hub.GapReason
	}{
		{"NextSequence", at(last, 0, 1, 1), hub.GapRewritten},
		{"FarSequence", at(last, 0, 1_000_000, 0), hub.GapRewritten},
		{"NextEpoch", at(first, 1, 0, 0), hub.GapRewritten},
		{"OldSequenceOfTheNextEpoch", at(mid, 1, 0, 0), hub.GapRewritten},
		{"OtherTagAtTheTop", at(last, 0, 0, 1), hub.GapRewritten},
		{"OtherTagInside", at(mid, 0, 0, 1), hub.GapRewritten},
		{"OtherTagAtTheStart", at(first, 0, 0, 1), hub.GapRewritten},
		{"NoTag", hub.Position{Epoch: mid.Epoch, Seq: mid.Seq}, hub.GapRewritten},
		{"EpochBefore", at(last, -1, 0, 0), hub.GapRewritten},
		{"LargestPosition", hub.Position{Epoch: 1<<64 - 1, Seq: 1<<64 - 1, Tag: 1}, hub.GapRewritten},
		{"SmallestPosition", hub.Position{Epoch: 1}, hub.GapRewritten},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { checkReset(t, l, c.from, c.reason) })
	}
}

// checkReset wants Read and Tail to refuse a position, and to hand nothing out.
func checkReset(t *testing.T, l hub.Log, from hub.Position, reason hub.GapReason) {
	t.Helper()
	if page, err := l.Read(t.Context(), from, 10); !isReset(err, reason) || len(page) != 0 {
		t.Errorf("Read(%v): %d entries, %v: want reason %s", from, len(page), err, reason)
	}
	r := newRecorder(t)
	done := make(chan error, 1)
	go func() { done <- l.Tail(t.Context(), from, r) }()
	if err := await(t, done); !isReset(err, reason) || len(r.seen()) != 0 {
		t.Errorf("Tail(%v): %d entries, %v: want reason %s", from, len(r.seen()), err, reason)
	}
}

func isReset(err error, reason hub.GapReason) bool {
	var reset *hub.ResetError
	return errors.As(err, &reset) && reset.Reason == reason
}
