package logtest

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"

	"battlehub/hub"
)

var backwardsTests = []test{
	{"PagesAreContiguous", func(t *testing.T, l hub.Log) {
		mustAppend(t, l, newEvents(0, 25)...)
		all := ReadAll(t, l, hub.Position{})
		slices.Reverse(all)
		for _, limit := range []int{1, 3, 25, 26, 1000, 1 << 30, 0, -1} {
			if got := readBackPages(t, l, limit); !reflect.DeepEqual(got, all) {
				t.Errorf("by pages of %d: %d entries, want the same %d", limit, len(got), len(all))
			}
		}
	}},
	{"NothingBeforeTheFirst", func(t *testing.T, l hub.Log) {
		mustAppend(t, l, newEvent(0))
		first := ReadAll(t, l, hub.Position{})[0].Position
		if page, err := readBack(t.Context(), l, first, 10); err != nil || len(page) != 0 {
			t.Errorf("before the first entry: %d entries, %v", len(page), err)
		}
	}},
	{"ResetsOutsideTheHistory", func(t *testing.T, l hub.Log) {
		mustAppend(t, l, newEvents(0, 5)...)
		p := top(t, l)
		for name, p := range map[string]hub.Position{
			"OtherTag":     {Epoch: p.Epoch, Seq: p.Seq, Tag: p.Tag + 1},
			"NextSequence": {Epoch: p.Epoch, Seq: p.Seq + 1, Tag: p.Tag},
			"NextEpoch":    {Epoch: p.Epoch + 1, Seq: 1, Tag: p.Tag},
			"EpochBefore":  {Epoch: p.Epoch - 1, Seq: p.Seq, Tag: p.Tag},
		} {
			if page, err := readBack(t.Context(), l, p, 10); !isReset(err, hub.GapRewritten) || len(page) != 0 {
				t.Errorf("%s: %d entries, %v: want reason %s", name, len(page), err, hub.GapRewritten)
			}
		}
	}},
	{"HeedsItsContext", func(t *testing.T, l hub.Log) {
		if _, err := readBack(cancelled(t), l, hub.Position{}, 1); !errors.Is(err, context.Canceled) {
			t.Errorf("ReadBack with an ended context: %v", err)
		}
	}},
}

func readBack(ctx context.Context, l hub.Log, p hub.Position, limit int) ([]hub.Entry, error) {
	return l.(hub.Backwards).ReadBack(ctx, p, limit)
}

// readBackPages reads the whole log from its top by the given limit, which no page may exceed.
func readBackPages(t *testing.T, l hub.Log, limit int) (all []hub.Entry) {
	t.Helper()
	var at hub.Position
	for {
		page, err := readBack(t.Context(), l, at, limit)
		if err != nil {
			t.Fatalf("ReadBack(%v, %d): %v", at, limit, err)
		}
		if limit > 0 && len(page) > limit {
			t.Fatalf("ReadBack(%v, %d) returned %d entries", at, limit, len(page))
		}
		if len(page) == 0 {
			return all
		}
		all = append(all, page...)
		at = page[len(page)-1].Position
	}
}

// testBackwardsExpire: what was forgotten cannot be gone back to, and the last that was
// forgotten has nothing before it.
func testBackwardsExpire(t *testing.T, l hub.Log, expire func(*testing.T, hub.Log)) {
	if _, can := l.(hub.Backwards); !can {
		t.Skip("this log cannot be read backwards")
	}
	a := mustAppend(t, l, newEvents(0, 10)...)
	expire(t, l)
	if page, err := readBack(t.Context(), l, a[9].Position, 10); err != nil || len(page) != 0 {
		t.Errorf("before the oldest: %d entries, %v", len(page), err)
	}
	if page, err := readBack(t.Context(), l, a[8].Position, 10); err != nil || len(page) != 0 {
		t.Errorf("before the newest forgotten: %d entries, %v", len(page), err)
	}
	if _, err := readBack(t.Context(), l, a[3].Position, 10); !isReset(err, hub.GapExpired) {
		t.Errorf("before a forgotten one: %v, want reason %s", err, hub.GapExpired)
	}
}
