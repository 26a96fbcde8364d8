package memlog

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"battlehub/hub"
	"battlehub/hub/logtest"
	"battlehub/hub/proctest"
)

// childFull appends until the file may not grow any more, as on a full disk, then again
// once it may.
func childFull(dir string) error {
	l, err := Open(Options{App: logtest.App, Dir: dir})
	if err != nil {
		return err
	}
	if err := proctest.LimitFileSize(512 << 10); err != nil {
		return err
	}
	ctx := context.Background()
	n := 0
	for ; err == nil; n++ {
		_, err = l.Append(ctx, []hub.Event{benchEvent(n)})
	}
	fmt.Println("refused:", err)
	n-- // not in, as far as anyone can see
	if err := checkCount(l, n); err != nil {
		return err
	}
	for range 3 {
		if _, err := l.Append(ctx, []hub.Event{benchEvent(n)}); err == nil {
			return errors.New("the disk is full and an append succeeds")
		}
	}
	if err := proctest.LimitFileSize(1 << 30); err != nil {
		return err
	}
	if a, err := l.Append(ctx, []hub.Event{benchEvent(n)}); err != nil || a[0].Verdict != hub.Fresh {
		return fmt.Errorf("there is room again and an append gives %+v, %w", a, err)
	}
	fmt.Println("events:", n+1)
	return errors.Join(checkCount(l, n+1), l.Close())
}

// checkCount wants the log to have n events.
func checkCount(l *Log, n int) error {
	ctx, cancel := context.WithCancel(context.Background())
	h := &counter{live: cancel}
	if err := l.Tail(ctx, hub.Position{}, h); !errors.Is(err, context.Canceled) {
		return err
	}
	if h.n != 1+n {
		return fmt.Errorf("the log has %d events: want %d", h.n-1, n)
	}
	return nil
}

// TestDiskFull sees that an append which finds no room fails by itself: the log goes
// on, nothing of it is ever shown, and what was acknowledged stays.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := proctest.StartChild(t, "full", dir)
	t.Log(c.Line())
	var n int
	if _, err := fmt.Sscanf(c.Line(), "events: %d", &n); err != nil {
		t.Fatal(err)
	}
	c.Finish()
	l := openLog(t, Options{Dir: dir})
	if got := len(logtest.ReadAll(t, l, hub.Position{})) - 1; got != n {
		t.Errorf("reopened, the log has %d events: want %d", got, n)
	}
}

// lastSyncFails is a store whose transactions happen, but say that they do not: so it
// is with bbolt when the sync of the very last page fails.
type lastSyncFails struct {
	store
	fails bool
}

var errSync = errors.New("input/output error")

func (s *lastSyncFails) update(fn func(writer) error) error {
	if err := s.store.update(fn); err != nil || !s.fails {
		return err
	}
	return errSync
}

// TestUnknownOutcome sees that events whose commit failed are shown to nobody, even if
// they are in the file, until a later commit succeeds; and that each is there once.
func TestUnknownOutcome(t *testing.T) {
	t.Parallel()
	o := Options{App: logtest.App}
	d, top, err := openDisk(t.TempDir(), o.App)
	if err != nil {
		t.Fatal(err)
	}
	s := &lastSyncFails{store: d, fails: true}
	l := start(o, s, top)
	t.Cleanup(func() { _ = l.Close() })

	e := benchEvent(1)
	if _, err := l.Append(t.Context(), []hub.Event{e}); !errors.Is(err, errSync) {
		t.Fatalf("Append: %v, want %v", err, errSync)
	}
	if got := logtest.ReadAll(t, l, hub.Position{}); len(got) != 1 {
		t.Errorf("after a failed commit, %d entries can be read: want 1", len(got))
	}
	if found, err := l.Find(t.Context(), []string{e.ID}); err != nil || len(found) != 0 {
		t.Errorf("after a failed commit, %d events are found (%v): want none", len(found), err)
	}

	s.fails = false
	a, err := l.Append(t.Context(), []hub.Event{e, benchEvent(2)})
	if err != nil || a[0].Verdict != hub.Duplicate || a[1].Verdict != hub.Fresh {
		t.Fatalf("appended again: %+v, %v: want a duplicate and a fresh event", a, err)
	}
	all := logtest.ReadAll(t, l, hub.Position{})
	if len(all) != 3 || all[1].Position != a[0].Position || all[2].Position != a[1].Position {
		t.Errorf("the log is %+v: want the epoch and both events", all)
	}
}
