package memlog

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"battlehub/hub"
	"battlehub/hub/logtest"
)

// gate is a store whose updates wait until they are let through, one by one.
type gate struct {
	store
	pass    chan struct{}
	updates int
}

func (g *gate) update(fn func(writer) error) error {
	<-g.pass
	g.updates++
	return g.store.update(fn)
}

// gated starts a log in memory behind a gate, which is open at the test's end.
func gated(t *testing.T) (*Log, *gate) {
	m, top := newMemory(DefaultMaxBytes)
	g := &gate{store: m, pass: make(chan struct{})}
	l := start(Options{App: logtest.App}, g, top)
	t.Cleanup(func() {
		close(g.pass)
		if err := l.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return l, g
}

// TestGroupCommit sees that appends which wait behind a commit go together into the
// next one.
func TestGroupCommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, g := gated(t)
		const callers = 20
		done := make(chan error, callers)
		call := func(n int) {
			_, err := l.Append(t.Context(), []hub.Event{benchEvent(n)})
			done <- err
		}
		go call(0)
		synctest.Wait() // it commits
		for n := range callers - 1 {
			go call(1 + n)
		}
		synctest.Wait() // they wait for it
		g.pass <- struct{}{}
		g.pass <- struct{}{}
		for range callers {
			if err := <-done; err != nil {
				t.Errorf("Append: %v", err)
			}
		}
		if g.updates != 2 {
			t.Errorf("%d appends took %d commits: want 2", callers, g.updates)
		}
	})
}

// TestGroupIsBounded sees that a group stops at either bound.
func TestGroupIsBounded(t *testing.T) {
	small := func(n int) []hub.Event { return []hub.Event{benchEvent(n)} }
	large := func(n int) []hub.Event {
		e := benchEvent(n)
		e.Raw = make(json.RawMessage, maxGroupBytes/4)
		return []hub.Event{e}
	}
	cases := []struct {
		name          string
		events        func(n int) []hub.Event
		waiting, want int
	}{
		{"ByEvents", small, maxGroupEvents + 10, maxGroupEvents},
		{"ByBytes", large, 10, 4},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				l := &Log{requests: make(chan *request)}
				for n := range c.waiting {
					go func() { l.requests <- &request{events: c.events(n)} }()
				}
				synctest.Wait()
				if got := len(l.gather(<-l.requests)); got != c.want {
					t.Errorf("a group of %d requests: want %d", got, c.want)
				}
				for range c.waiting - c.want {
					<-l.requests
				}
			})
		})
	}
}

// TestCallerLeaves has callers give up while they wait for their turn and for their
// commit: they are let go at once, and the log goes on.
func TestCallerLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, g := gated(t)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 2)
		for n := range 2 {
			go func() {
				_, err := l.Append(ctx, []hub.Event{benchEvent(n)})
				done <- err
			}()
			synctest.Wait() // the first commits, then the second waits for its turn
		}
		cancel()
		for range 2 {
			if err := <-done; !errors.Is(err, context.Canceled) {
				t.Errorf("Append: %v, want %v", err, context.Canceled)
			}
		}
		g.pass <- struct{}{}
		synctest.Wait()
		if got := len(logtest.ReadAll(t, l, hub.Position{})); got != 2 {
			t.Errorf("the log has %d entries: want the epoch and the event on its way", got)
		}
	})
}

// TestCloseWaitsForTheCommit sees that what is on its way gets its true outcome, and
// what is not, ErrClosed.
func TestCloseWaitsForTheCommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, g := gated(t)
		first, second, closed := make(chan error, 1), make(chan error, 1), make(chan error, 1)
		go func() {
			_, err := l.Append(t.Context(), []hub.Event{benchEvent(1)})
			first <- err
		}()
		synctest.Wait()
		go func() {
			_, err := l.Append(t.Context(), []hub.Event{benchEvent(2)})
			second <- err
		}()
		synctest.Wait()
		go func() { closed <- l.Close() }()
		if err := <-second; !errors.Is(err, hub.ErrClosed) {
			t.Errorf("the append that waits: %v, want %v", err, hub.ErrClosed)
		}
		select {
		case err := <-closed:
			t.Errorf("Close returned %v before the commit", err)
		case <-time.After(time.Hour):
		}
		g.pass <- struct{}{}
		if err := errors.Join(<-first, <-closed); err != nil {
			t.Errorf("the append on its way, and Close: %v", err)
		}
	})
}

// TestNothingIsLeft ends a log with tails and appends under way: the bubble fails when
// a goroutine stays.
func TestNothingIsLeft(t *testing.T) {
	dir := t.TempDir()
	for name, o := range map[string]Options{"Memory": {}, "Disk": {Dir: dir}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := openLog(t, o)
				for n := range 4 {
					go func() { _ = l.Tail(context.Background(), hub.Position{}, &counter{live: func() {}}) }()
					go func() { _, _ = l.Append(context.Background(), []hub.Event{benchEvent(n)}) }()
				}
				synctest.Wait()
				if err := l.Close(); err != nil {
					t.Fatal(err)
				}
			})
		})
	}
}

// trimFails is a store that cannot forget.
type trimFails struct{ store }

func (trimFails) trim(hub.Time) (bool, error) { return true, errSync }

// TestTrimFails sees that a trouble in the background is told, and nothing worse.
func TestTrimFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, top := newMemory(DefaultMaxBytes)
		var told strings.Builder
		logger := slog.New(slog.NewTextHandler(&told, nil))
		l := start(Options{App: logtest.App, Log: logger}, trimFails{m}, top)
		past(3*trimEvery + time.Second)
		appendOne(t, l, 1)
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(told.String(), errSync.Error()); n != 4 { // at the start, and each time
			t.Errorf("the trouble was told %d times: want 4\n%s", n, told.String())
		}
	})
}

// TestRefusesUnreadable sees that what could not be read back never gets in.
func TestRefusesUnreadable(t *testing.T) {
	t.Parallel()
	l := openLog(t, Options{Dir: t.TempDir()})
	cases := map[string]func(e *hub.Event){
		"OtherApp":    func(e *hub.Event) { e.App++ },
		"NoID":        func(e *hub.Event) { e.ID = "" },
		"LongID":      func(e *hub.Event) { e.ID = strings.Repeat("x", 257) },
		"NotUTF8":     func(e *hub.Event) { e.ID = "\xff" },
		"Year10000":   func(e *hub.Event) { e.At = hub.UnixMilli(253402300800000) },
		"YearBelow0":  func(e *hub.Event) { e.EndedAt = hub.UnixMilli(-1 << 60) },
		"YearOfHuge":  func(e *hub.Event) { e.StartedAt = hub.UnixMilli(1 << 62) },
		"CreatedLate": func(e *hub.Event) { e.CreatedAt = hub.UnixMilli(1 << 50) },
	}
	for name, spoil := range cases {
		t.Run(name, func(t *testing.T) {
			e := benchEvent(2)
			spoil(&e)
			if _, err := l.Append(t.Context(), []hub.Event{benchEvent(1), e}); err == nil {
				t.Error("it was taken")
			}
		})
	}
	e := benchEvent(3)
	e.Raw = json.RawMessage("not JSON \xff\x00")
	e.Extension = "\xff"
	e.At = hub.UnixMilli(253402300799999)
	if _, err := l.Append(t.Context(), []hub.Event{e}); err != nil {
		t.Errorf("Append of odd but readable things: %v", err)
	}
	all := logtest.ReadAll(t, l, hub.Position{})
	if len(all) != 2 || string(all[1].Event.Raw) != string(e.Raw) || all[1].Event.At != e.At {
		t.Errorf("the log has %d entries, the last %+v", len(all), all[len(all)-1].Event)
	}
}
