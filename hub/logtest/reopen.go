package logtest

import (
	"reflect"
	"testing"

	"battlehub/hub"
)

// testReopen proves that a durable log is the same after it was closed and opened again.
func testReopen(t *testing.T, f Features) {
	open := f.Storage(t)
	l := open()
	events := append(fullEvents(), newEvents(100, 1500)...)
	a := mustAppend(t, l, events...)
	mustAppend(t, l, events[0], withBody(events[0], `{"n":1}`))
	want, repeats := ReadAll(t, l, hub.Position{}), mustFind(t, l, events[0].ID)
	if f.Boards {
		mustSaveBoard(t, l, a[3].Position, []byte("board"))
	}
	mustClose(t, l)

	l = open()
	if got := ReadAll(t, l, hub.Position{}); !reflect.DeepEqual(got, want) {
		t.Fatalf("reopened: %d entries that are not the %d from before", len(got), len(want))
	}
	if got := mustFind(t, l, events[0].ID); !reflect.DeepEqual(got, repeats) {
		t.Errorf("reopened: found %+v, want %+v", got, repeats)
	}
	if f.Boards {
		checkBoard(t, l, a[3].Position, []byte("board"))
	}
	if got := mustAppend(t, l, events[5])[0]; got.Verdict != hub.Duplicate || got.Position != a[5].Position {
		t.Errorf("reopened: an old event is %+v, want a duplicate of %v", got, a[5].Position)
	}
	mustAppend(t, l, newEvent(9999))
	r := tail(t, l, a[10].Position)
	checkChain(t, a[10].Position, r.waitFor(len(events)-11+1)) // after the eleventh event, and the new one
}
