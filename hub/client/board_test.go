package client_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"battlehub/hub"
	"battlehub/hub/client"
)

// fold applies the frames, given as text, to a new board.
func fold(t *testing.T, frames ...string) *client.Board {
	t.Helper()
	b := new(client.Board)
	apply(t, b, frames...)
	return b
}

func apply(t *testing.T, b *client.Board, frames ...string) {
	t.Helper()
	for _, text := range frames {
		f, err := client.Decode([]byte(text))
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		b.Apply(f)
	}
}

// shown lists the battles as "id state", sorted.
func shown(b *client.Board) []string {
	var list []string
	for _, battle := range b.Battles() {
		list = append(list, battle.ID+" "+string(battle.State))
	}
	slices.Sort(list)
	return list
}

const gap = `{"type":"gap","reason":"lagged"}`

// as is an event at seq that leaves the battle in a state.
func as(seq uint64, id, state string) string {
	return fmt.Sprintf(`{"type":"event","cursor":"%s","id":"%s-%s","kind":"started","at":"2026-11-22T10:00:00.000Z","battle":%s}`,
		at(seq), id, state, battle(id, state))
}

func subscribed(rooms string) string { return `{"type":"subscribed","id":1,"rooms":` + rooms + `}` }

// in is a battle of one room, on a last page.
func in(seq uint64, id, room string) string {
	return fmt.Sprintf(`{"type":"snapshot","cursor":"%s","done":true,"battles":[{"id":%q,"state":"live","from":{"room":%q},"to":[{"room":"other"}]}]}`,
		at(seq), id, room)
}

func TestBoardFolds(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		frames []string
		want   []string
	}{
		"empty":             {nil, nil},
		"snapshot":          {[]string{hello(1, false), page(1, false, "a"), page(1, true, "b")}, []string{"a pending", "b pending"}},
		"unfinished":        {[]string{hello(1, false), page(1, false, "a")}, nil},
		"event":             {[]string{hello(1, false), page(1, true, "a"), as(2, "a", "live")}, []string{"a live"}},
		"resumed_keeps":     {[]string{hello(1, false), page(1, true, "a"), hello(1, true), as(2, "b", "live")}, []string{"a pending", "b live"}},
		"snapshot_replaces": {[]string{hello(1, false), page(1, true, "a"), hello(9, false), page(9, true, "b")}, []string{"b pending"}},
		"gap_replaces":      {[]string{hello(1, false), page(1, true, "a"), gap, page(9, true, "b")}, []string{"b pending"}},
		"replaces_at_end":   {[]string{hello(1, false), page(1, true, "a"), gap, page(9, false, "b")}, []string{"a pending"}},
		"drop_while_replaced": {
			[]string{hello(1, false), page(1, true, "a"), gap, page(9, false, "b"), hello(1, true), as(2, "c", "live")},
			[]string{"a pending", "c live"},
		},
		"second_gap":       {[]string{hello(1, false), page(1, false, "a"), gap, page(9, true, "b")}, []string{"b pending"}},
		"event_meanwhile":  {[]string{hello(3, false), page(3, false, "a"), as(4, "a", "live"), as(5, "c", "live"), page(3, true, "b")}, []string{"a live", "b pending", "c live"}},
		"event_before":     {[]string{hello(3, false), as(4, "a", "live"), page(3, true, "a")}, []string{"a live"}},
		"repeat_is_stale":  {[]string{hello(1, true), as(5, "a", "ended"), as(4, "a", "live")}, []string{"a ended"}},
		"new_epoch_counts": {[]string{hello(9, false), page(9, true, "a"), gap, page(2, true), as(3, "a", "live")}, []string{"a live"}},
		"subscribed_adds":  {[]string{hello(1, true), in(1, "a", "x"), subscribed(`["x","y"]`), in(2, "b", "y")}, []string{"a live", "b live"}},
		"unsubscribed":     {[]string{hello(1, true), in(1, "a", "x"), in(2, "b", "y"), subscribed(`["y"]`)}, []string{"b live"}},
		"unsubscribed_meanwhile": {
			[]string{hello(1, true), in(1, "a", "x"), gap, strings.Replace(in(2, "a", "x"), "true", "false", 1), subscribed(`["y"]`), in(2, "b", "y")},
			[]string{"b live"},
		},
		"still_by_other": {[]string{hello(1, true), in(1, "a", "x"), subscribed(`["other"]`)}, []string{"a live"}},
		"none_left":      {[]string{hello(1, true), in(1, "a", "x"), subscribed(`[]`)}, nil},
		"all":            {[]string{hello(1, true), in(1, "a", "x"), subscribed(`null`)}, []string{"a live"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := shown(fold(t, tc.frames...)); !slices.Equal(got, tc.want) {
				t.Errorf("shows %v, want %v", got, tc.want)
			}
		})
	}
}

// An ended battle leaves at the moment that it carries, by the hub's clock, which need
// not agree with ours.
func TestBoardForgetsWhatLeft(t *testing.T) {
	for name, ahead := range map[string]time.Duration{"same_clock": 0, "ahead": time.Hour, "behind": -time.Hour} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				now := time.Now().Add(ahead)
				b := fold(t, fmt.Sprintf(`{"type":"bookmark","cursor":"%s","server_time":"%s"}`, at(1), hub.At(now)),
					as(2, "open", "live"),
					fmt.Sprintf(`{"type":"event","cursor":"%s","id":"e","kind":"ended","battle":{"id":"over","state":"ended","leaves_at":"%s","from":{"room":"x"}}}`,
						at(3), hub.At(now.Add(15*time.Minute))))
				pass(15*time.Minute - time.Millisecond)
				if got := shown(b); !slices.Equal(got, []string{"open live", "over ended"}) {
					t.Errorf("too early: %v", got)
				}
				pass(time.Millisecond)
				if _, ok := b.Battle("over"); ok {
					t.Error("it is still there")
				}
				if got := shown(b); !slices.Equal(got, []string{"open live"}) {
					t.Errorf("shows %v", got)
				}
			})
		})
	}
}

func TestBoardListsTheNewestFirst(t *testing.T) {
	t.Parallel()
	b := new(client.Board)
	day := hub.UnixMilli(1_700_000_000_000)
	for i, battle := range []hub.Battle{
		{ID: "second", CreatedAt: day.Plus(2000)},
		{ID: "unknown"},
		{ID: "third", StartedAt: day.Plus(3000)}, // its Create was lost
		{ID: "first", CreatedAt: day, StartedAt: day.Plus(9000)},
		{ID: "again", CreatedAt: day.Plus(2000)},
	} {
		b.Apply(&client.Event{Cursor: at(uint64(i) + 1), ID: battle.ID, Battle: battle})
	}
	var got []string
	for _, battle := range b.Battles() {
		got = append(got, battle.ID)
	}
	if want := []string{"third", "again", "second", "first", "unknown"}; !slices.Equal(got, want) {
		t.Errorf("order %v, want %v", got, want)
	}
}
