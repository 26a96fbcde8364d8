package client_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"battlehub/hub"
	"battlehub/hub/client"
	"battlehub/hub/memlog"
)

const testApp hub.App = 1400000000

// site is a name under which real hubs are reached, one after the other.
type site struct {
	pipes   *pipes
	handler atomic.Pointer[http.Handler]
	opts    client.Options
}

func newSite(t *testing.T) *site {
	s := &site{pipes: newPipes()}
	s.opts = serveOn(t, s.pipes, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		(*s.handler.Load()).ServeHTTP(w, r)
	}))
	return s
}

// run starts a hub on the log, at this site from now on, and waits until it is ready.
func (s *site) run(t *testing.T, log hub.Log, o hub.Options) *hub.Hub {
	t.Helper()
	h := hub.New(map[hub.App]hub.Log{testApp: log}, o)
	h.Start()
	t.Cleanup(h.Close)
	synctest.Wait()
	if err := h.Ready(); err != nil {
		t.Fatal(err)
	}
	handler := h.Handler()
	s.handler.Store(&handler)
	return h
}

func openLog(t *testing.T) *memlog.Log {
	t.Helper()
	log, err := memlog.Open(memlog.Options{App: testApp})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := log.Close(); err != nil {
			t.Error(err)
		}
	})
	return log
}

// happen appends one event of a battle between two rooms and returns its id.
func happen(t *testing.T, log hub.Log, kind hub.Kind, id, from, to string) string {
	t.Helper()
	now := hub.At(time.Now())
	e := hub.Event{
		ID: hub.EventID(testApp, kind, id), App: testApp, Kind: kind, Battle: id, At: now, ReceivedAt: now, DurationMS: 3600_000,
		From: hub.Side{Room: from}, To: []hub.Side{{Room: to}},
	}
	switch kind {
	case hub.KindCreated:
		e.CreatedAt = now
	case hub.KindStarted:
		e.StartedAt = now
	case hub.KindEnded:
		e.EndedAt, e.Outcome = now, hub.OutcomeTimeUp
	}
	if _, err := log.Append(t.Context(), []hub.Event{e}); err != nil {
		t.Fatal(err)
	}
	return e.ID
}

// However often the connection breaks, every event is told, once and in order, and the
// board is the hub's.
func TestNothingIsLostOrDoubled(t *testing.T) {
	bubble(t, func(t *testing.T) {
		log, at := openLog(t), newSite(t)
		at.run(t, log, hub.Options{})
		o := at.opts
		o.Board = new(client.Board)
		f := follow(t, o)
		synctest.Wait()
		var want []string
		for i := range 300 {
			id := fmt.Sprint("b", i)
			for _, kind := range []hub.Kind{hub.KindCreated, hub.KindStarted, hub.KindEnded}[:1+i%3] {
				want = append(want, happen(t, log, kind, id, fmt.Sprint("r", i%7), "x"))
				pass(rand.N(time.Second))
				if rand.N(15) == 0 {
					at.pipes.cut()
				}
			}
		}
		pass(2 * time.Minute)
		if downs := len(told[*client.Down](f)); downs < 5 {
			t.Errorf("the connection broke only %d times", downs)
		}
		if got := f.eventIDs(); !slices.Equal(got, want) {
			t.Errorf("told %d events, want %d", len(got), len(want))
		}
		fresh := at.opts
		fresh.Board = new(client.Board)
		follow(t, fresh)
		synctest.Wait()
		if got, want := shown(o.Board), shown(fresh.Board); !slices.Equal(got, want) || len(got) != 300 {
			t.Errorf("shows %v, want %v", got, want)
		}
	})
}

// A drained hub says when to come back, and another one goes on where it was.
func TestDrainMovesToAnotherHub(t *testing.T) {
	bubble(t, func(t *testing.T) {
		log, at := openLog(t), newSite(t)
		old := at.run(t, log, hub.Options{Node: "old"})
		f := follow(t, at.opts)
		synctest.Wait()
		want := []string{happen(t, log, hub.KindCreated, "b1", "x", "y")}
		synctest.Wait()
		at.run(t, log, hub.Options{Node: "new"})
		old.Drain(t.Context(), time.Minute)
		want = append(want, happen(t, log, hub.KindStarted, "b1", "x", "y"))
		synctest.Wait()
		byes, downs := told[*hub.Bye](f), told[*client.Down](f)
		if len(byes) != 1 || len(downs) != 1 || downs[0].Retry.Milliseconds() != byes[0].ReconnectMS {
			t.Fatalf("told %+v and %+v", byes, downs)
		}
		pass(downs[0].Retry)
		synctest.Wait()
		if got := f.eventIDs(); !slices.Equal(got, want) {
			t.Errorf("events %v, want %v", got, want)
		}
		if hellos := told[*hub.Hello](f); len(hellos) != 2 || hellos[1].Node != "new" || !hellos[1].Resumed {
			t.Errorf("hellos %+v", hellos)
		}
	})
}

// A hub that lost its memory has another board, and says so.
func TestRestartWithoutMemory(t *testing.T) {
	bubble(t, func(t *testing.T) {
		log, at := openLog(t), newSite(t)
		old := at.run(t, log, hub.Options{})
		happen(t, log, hub.KindCreated, "forgotten", "x", "y")
		o := at.opts
		o.Board = new(client.Board)
		f := follow(t, o)
		synctest.Wait()
		if got := shown(o.Board); !slices.Equal(got, []string{"forgotten pending"}) {
			t.Errorf("shows %v", got)
		}
		old.Close()
		log = openLog(t)
		at.run(t, log, hub.Options{})
		happen(t, log, hub.KindStarted, "new", "x", "y")
		pass(10 * time.Second)
		if got := shown(o.Board); !slices.Equal(got, []string{"new live"}) {
			t.Errorf("shows %v", got)
		}
		if gaps := told[*hub.Gap](f); len(gaps) != 1 {
			t.Errorf("gaps %+v", gaps)
		}
	})
}

func TestRoomsOfARealHub(t *testing.T) {
	bubble(t, func(t *testing.T) {
		log, at := openLog(t), newSite(t)
		at.run(t, log, hub.Options{})
		for _, room := range []string{"a", "b", "c"} {
			happen(t, log, hub.KindStarted, "of-"+room, room, "other-than-"+room)
		}
		o := at.opts
		o.Rooms, o.Board = []string{"a"}, new(client.Board)
		f := follow(t, o)
		check := func(when string, want ...string) {
			t.Helper()
			synctest.Wait()
			if got := shown(o.Board); !slices.Equal(got, want) {
				t.Errorf("%s it shows %v, want %v", when, got, want)
			}
		}
		check("at first", "of-a live")
		subscribe(t, f, "b")
		check("with b", "of-a live", "of-b live")
		happen(t, log, hub.KindEnded, "of-b", "b", "other-than-b")
		check("after an event", "of-a live", "of-b ended")
		at.pipes.cut()
		unsubscribe(t, f, "a")
		happen(t, log, hub.KindStarted, "second-of-a", "a", "x")
		happen(t, log, hub.KindStarted, "second-of-b", "b", "x")
		pass(10 * time.Second)
		check("after a drop", "of-b ended", "second-of-b live")
		subscribe(t, f, "a", "c")
		check("at last", "of-a live", "of-b ended", "of-c live", "second-of-a live", "second-of-b live")
	})
}

func TestGrantsOfARealHub(t *testing.T) {
	bubble(t, func(t *testing.T) {
		log, at := openLog(t), newSite(t)
		owner := func(context.Context, hub.Credential) (hub.Grant, error) {
			return hub.Grant{Rooms: []string{"a", "b"}}, nil
		}
		at.run(t, log, hub.Options{Authorize: owner})
		o := at.opts
		o.Header = http.Header{"Authorization": {"Bearer owner"}}
		o.Rooms = []string{"a"}
		f := follow(t, o)
		synctest.Wait()
		subscribe(t, f, "b")
		subscribe(t, f, "c")
		synctest.Wait()
		if refused := told[*hub.ErrorFrame](f); len(refused) != 1 || refused[0].Code != hub.CodeForbidden {
			t.Errorf("told %+v", refused)
		}
		at.pipes.cut()
		pass(10 * time.Second)
		if hellos := told[*hub.Hello](f); len(hellos) != 2 || !slices.Equal(hellos[1].Rooms, []string{"a", "b"}) || !hellos[1].Resumed {
			t.Errorf("hellos %+v", hellos)
		}
		o.Rooms = []string{"c"}
		var closed *client.CloseError
		if err := follow(t, o).end(t); !errors.As(err, &closed) || closed.Code != 4403 {
			t.Errorf("Run ended with %v", err)
		}
	})
}

func TestAFullHubLetsInLater(t *testing.T) {
	bubble(t, func(t *testing.T) {
		log, at := openLog(t), newSite(t)
		at.run(t, log, hub.Options{MaxSessions: 1})
		first := follow(t, at.opts)
		synctest.Wait()
		second := follow(t, at.opts)
		pass(5 * time.Minute)
		downs := told[*client.Down](second)
		var refused *client.StatusError
		if len(downs) < 5 || !errors.As(downs[0].Err, &refused) || refused.Status != 503 || refused.RetryAfter == 0 || refused.Detail == "" {
			t.Fatalf("told %d times: %+v", len(downs), refused)
		}
		first.stop()
		pass(time.Minute)
		if len(told[*hub.Hello](second)) != 1 {
			t.Error("it never got in")
		}
	})
}

func TestAQuietHubKeepsItsClients(t *testing.T) {
	bubble(t, func(t *testing.T) {
		log, at := openLog(t), newSite(t)
		at.run(t, log, hub.Options{})
		f := follow(t, at.opts)
		pass(time.Hour)
		if downs := told[*client.Down](f); len(downs) > 0 {
			t.Errorf("told %+v", downs)
		}
		if marks := len(told[*hub.Bookmark](f)); marks < 143 || marks > 145 {
			t.Errorf("%d bookmarks in an hour", marks)
		}
	})
}

// A later client goes on where an earlier one was.
func TestCursorOutlivesTheClient(t *testing.T) {
	bubble(t, func(t *testing.T) {
		log, at := openLog(t), newSite(t)
		at.run(t, log, hub.Options{})
		happen(t, log, hub.KindCreated, "b1", "x", "y")
		earlier := follow(t, at.opts)
		synctest.Wait()
		earlier.stop()
		missed := happen(t, log, hub.KindStarted, "b1", "x", "y")
		o := at.opts
		o.Cursor = earlier.Cursor()
		later := follow(t, o)
		synctest.Wait()
		if got := later.eventIDs(); !slices.Equal(got, []string{missed}) || len(told[*client.Snapshot](later)) > 0 {
			t.Errorf("told %v and %d pages", got, len(told[*client.Snapshot](later)))
		}
	})
}

func ExampleClient_Run() {
	c, err := client.New(client.Options{URL: "http://localhost:8080", Rooms: []string{"pk-3"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	err = c.Run(context.Background(), func(f client.Frame) {
		switch f := f.(type) {
		case *client.Event:
			fmt.Println(f.Kind, f.Battle.State)
		case *client.Down:
			fmt.Println(f.Err, "trying again in", f.Retry)
		}
	})
	fmt.Println(err)
}
