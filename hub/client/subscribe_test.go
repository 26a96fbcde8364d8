package client_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"battlehub/hub"
	"battlehub/hub/client"
)

func TestSubscribeIsRemembered(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := play(t,
			accept(func(p *peer) {
				p.send(hello(1, false), page(1, true))
				if r := p.receive(); r.Type != hub.FrameSubscribe || !slices.Equal(r.Rooms, []string{"b", "c"}) {
					t.Errorf("asked %+v", r)
				} else {
					p.send(fmt.Sprintf(`{"type":"subscribed","id":%d,"rooms":["a","b","c"]}`, r.ID), page(2, false), page(2, true))
				}
				p.receive() // of d, unanswered
			}),
			accept(func(p *peer) {
				// What has its snapshot is part of the resume, the rest is asked for again.
				if got := p.query["room"]; !slices.Equal(got, []string{"a", "b", "c"}) || p.query.Get("cursor") != at(2).String() {
					t.Errorf("resumed %v at %q", got, p.query.Get("cursor"))
				}
				p.send(hello(2, true))
				if r := p.receive(); r.Type != hub.FrameSubscribe || !slices.Equal(r.Rooms, []string{"d"}) {
					t.Errorf("asked %+v", r)
				}
				p.hold()
			}))
		o.Rooms = []string{"a"}
		f := follow(t, o)
		synctest.Wait()
		subscribe(t, f, "b", "c", "a", "b")
		synctest.Wait()
		if got := told[*hub.Subscribed](f); len(got) != 1 {
			t.Errorf("told %v", got)
		}
		subscribe(t, f, "d")
		pass(10 * time.Second)
	})
}

func subscribe(t *testing.T, f *follower, rooms ...string) {
	t.Helper()
	if err := f.Subscribe(rooms...); err != nil {
		t.Error(err)
	}
}

func unsubscribe(t *testing.T, f *follower, rooms ...string) {
	t.Helper()
	if err := f.Unsubscribe(rooms...); err != nil {
		t.Error(err)
	}
}

// A cursor covers a room from the end of its first snapshot on. Resuming with the room
// before that would skip what the snapshot was to tell.
func TestInterruptedSubscribeIsRepeated(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := play(t,
			accept(func(p *peer) {
				p.send(hello(1, false), page(1, true))
				r := p.receive()
				p.send(fmt.Sprintf(`{"type":"subscribed","id":%d,"rooms":["a","b"]}`, r.ID), page(2, false, "of-b"))
			}),
			accept(func(p *peer) {
				if got := p.query["room"]; !slices.Equal(got, []string{"a"}) || p.query.Get("cursor") != at(1).String() {
					t.Errorf("resumed %v at %q", got, p.query.Get("cursor"))
				}
				p.send(hello(1, true))
				if r := p.receive(); !slices.Equal(r.Rooms, []string{"b"}) {
					t.Errorf("asked %+v", r)
				}
				p.hold()
			}))
		o.Rooms = []string{"a"}
		f := follow(t, o)
		synctest.Wait()
		subscribe(t, f, "b")
		pass(10 * time.Second)
	})
}

func TestRefusedRoomsAreForgotten(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := play(t,
			accept(func(p *peer) {
				p.send(hello(1, false), page(1, true))
				p.send(fmt.Sprintf(`{"type":"error","id":%d,"code":"forbidden","message":"no"}`, p.receive().ID))
				p.receive()
			}),
			accept(func(p *peer) {
				if got := p.query["room"]; !slices.Equal(got, []string{"a"}) {
					t.Errorf("resumed %v", got)
				}
				p.send(hello(1, true))
				if r := p.receive(); !slices.Equal(r.Rooms, []string{"c"}) {
					t.Errorf("asked %+v", r)
				}
				p.hold()
			}))
		o.Rooms = []string{"a"}
		f := follow(t, o)
		synctest.Wait()
		subscribe(t, f, "b")
		synctest.Wait()
		subscribe(t, f, "c")
		pass(10 * time.Second)
	})
}

func TestUnsubscribeIsRemembered(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := play(t,
			accept(func(p *peer) {
				p.send(hello(1, false), page(1, true))
				if r := p.receive(); r.Type != hub.FrameUnsubscribe || !slices.Equal(r.Rooms, []string{"a"}) {
					t.Errorf("asked %+v", r)
				}
			}),
			accept(func(p *peer) {
				if got := p.query["room"]; !slices.Equal(got, []string{"b"}) {
					t.Errorf("resumed %v", got)
				}
				p.hold()
			}))
		o.Rooms = []string{"a", "b"}
		f := follow(t, o)
		synctest.Wait()
		unsubscribe(t, f, "a", "x")
		pass(10 * time.Second)
	})
}

// Changes made while there is no connection, or before its hello, are made up for.
func TestChangesWhileDisconnected(t *testing.T) {
	bubble(t, func(t *testing.T) {
		dialled, greet := make(chan struct{}), make(chan struct{})
		o := play(t, accept(func(p *peer) {
			if got := p.query["room"]; !slices.Equal(got, []string{"a", "b", "c"}) || p.query.Has("cursor") {
				t.Errorf("asked for %v, cursor %q", got, p.query.Get("cursor"))
			}
			close(dialled)
			<-greet
			p.send(hello(1, false))
			got := []request{p.receive(), p.receive()}
			want := []request{{hub.FrameSubscribe, 1, []string{"d"}}, {hub.FrameUnsubscribe, 2, []string{"b"}}}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("asked %+v, want %+v", got, want)
			}
			p.hold()
		}))
		o.Rooms = []string{"a", "b"}
		c, err := client.New(o)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Subscribe("c"); err != nil {
			t.Error(err)
		}
		ended := make(chan error)
		go func() { ended <- c.Run(t.Context(), func(client.Frame) {}) }()
		<-dialled
		if err := errors.Join(c.Subscribe("d"), c.Unsubscribe("b")); err != nil {
			t.Error(err)
		}
		close(greet)
		synctest.Wait()
		t.Cleanup(func() { <-ended })
	})
}

// Without a room the wire would be asked for all of them.
func TestTheLastRoomStays(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := play(t,
			accept(func(p *peer) {
				p.send(hello(1, false), page(1, true))
				refused := p.receive()
				p.receive() // no longer a
				p.send(fmt.Sprintf(`{"type":"error","id":%d,"code":"forbidden","message":"no"}`, refused.ID))
			}),
			accept(func(p *peer) {
				if got := p.query["room"]; !slices.Equal(got, []string{"b"}) || p.query.Has("cursor") {
					t.Errorf("asked for %v, cursor %q", got, p.query.Get("cursor"))
				}
				p.hold()
			}))
		o.Rooms = []string{"a"}
		f := follow(t, o)
		synctest.Wait()
		if err := f.Unsubscribe("a"); err == nil || !strings.Contains(err.Error(), "at least one room") {
			t.Errorf("error %v", err)
		}
		subscribe(t, f, "b")
		unsubscribe(t, f, "a")
		if err := f.Unsubscribe("b"); err == nil {
			t.Error("the last room was given up")
		}
		pass(10 * time.Second)
	})
}

func TestAClientOfAllRoomsHasNoList(t *testing.T) {
	t.Parallel()
	c, err := client.New(client.Options{URL: "http://hub.test"})
	if err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{"subscribe": c.Subscribe("a"), "unsubscribe": c.Unsubscribe("a")} {
		if err == nil || !strings.Contains(err.Error(), "every room") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// Hubs take frames of 4 KiB.
func TestLongListsAreSplit(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var rooms []string
		for i := range 200 {
			rooms = append(rooms, fmt.Sprintf("%03d", i)+strings.Repeat("\x01", i)) // escaped: six bytes each
		}
		got := make(chan []string, 1)
		o := play(t, accept(func(p *peer) {
			p.conn.SetReadLimit(4 << 10)
			p.send(hello(1, false), page(1, true))
			var all []string
			for len(all) < len(rooms) && !t.Failed() {
				all = append(all, p.receive().Rooms...)
			}
			got <- all
			p.hold()
		}))
		o.Rooms = []string{"a"}
		f := follow(t, o)
		synctest.Wait()
		subscribe(t, f, rooms...)
		if !slices.Equal(<-got, rooms) {
			t.Error("the hub heard of other rooms")
		}
	})
}
