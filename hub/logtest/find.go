package logtest

import (
	"context"
	"errors"
	"reflect"
	"testing"

	"battlehub/hub"
)

var findTests = []test{
	{"OldestFirst", func(t *testing.T, l hub.Log) {
		events := newEvents(0, 5)
		mustAppend(t, l, events...)
		all := ReadAll(t, l, hub.Position{})
		found := mustFind(t, l, events[4].ID, events[0].ID, events[2].ID)
		for i, want := range []hub.Entry{all[1], all[3], all[5]} {
			if !reflect.DeepEqual(found[i].Entry, want) {
				t.Errorf("found %d: %+v, want %+v", i, found[i].Entry, want)
			}
			if len(found[i].Repeats) != 0 {
				t.Errorf("found %d has %d repeats", i, len(found[i].Repeats))
			}
		}
	}},
	{"LeavesOutTheUnknown", func(t *testing.T, l hub.Log) {
		e := newEvent(0)
		mustAppend(t, l, e)
		for _, ids := range [][]string{{}, {"", newEvent(1).ID}} {
			if found, err := l.Find(t.Context(), ids); err != nil || len(found) != 0 {
				t.Errorf("Find(%q): %d found, %v", ids, len(found), err)
			}
		}
		if found := mustFind(t, l, e.ID); found[0].Event.ID != e.ID {
			t.Errorf("found %s: want %s", found[0].Event.ID, e.ID)
		}
	}},
	{"EachOnce", func(t *testing.T, l hub.Log) {
		e := newEvent(0)
		mustAppend(t, l, e)
		found, err := l.Find(t.Context(), []string{e.ID, e.ID})
		if err != nil || len(found) != 1 {
			t.Errorf("Find of one id twice: %d found, %v", len(found), err)
		}
	}},
	{"HeedsItsContext", func(t *testing.T, l hub.Log) {
		if _, err := l.Find(cancelled(t), []string{newEvent(0).ID}); !errors.Is(err, context.Canceled) {
			t.Errorf("Find with an ended context: %v", err)
		}
	}},
}

// mustFind looks up ids that the log holds, all different.
func mustFind(t *testing.T, l hub.Log, ids ...string) []hub.Found {
	t.Helper()
	found, err := l.Find(t.Context(), ids)
	if err != nil || len(found) != len(ids) {
		t.Fatalf("Find(%q): %d found, %v", ids, len(found), err)
	}
	return found
}
