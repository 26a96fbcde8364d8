package memlog

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"battlehub/hub"
	"battlehub/hub/logtest"
)

// past lets the bubble's time pass, and the commit loop do what is due.
func past(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// appendOne appends the n-th event.
func appendOne(t *testing.T, l *Log, n int) hub.Appended {
	t.Helper()
	a, err := l.Append(t.Context(), []hub.Event{benchEvent(n)})
	if err != nil {
		t.Fatalf("Append: %v", err)
	}
	return a[0]
}

// checkSeqs wants the log to keep exactly the entries from first to last.
func checkSeqs(t *testing.T, l *Log, first, last uint64) {
	t.Helper()
	all := logtest.ReadAll(t, l, hub.Position{})
	if got := [2]uint64{all[0].Position.Seq, all[len(all)-1].Position.Seq}; got != [2]uint64{first, last} {
		t.Errorf("the log keeps %d to %d: want %d to %d", got[0], got[1], first, last)
	}
}

func TestRetentionInMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := openLog(t, Options{Retention: time.Hour})
		appendOne(t, l, 1)
		past(40 * time.Minute)
		second := appendOne(t, l, 2)
		past(19 * time.Minute)
		checkSeqs(t, l, 0, 2)
		past(3 * time.Minute) // the epoch's entry and the first event are an hour old
		checkSeqs(t, l, 2, 2)
		if a := appendOne(t, l, 1); a.Verdict != hub.Fresh {
			t.Errorf("a forgotten event that comes again is %s: want %s", a.Verdict, hub.Fresh)
		}
		if a := appendOne(t, l, 2); a.Verdict != hub.Duplicate || a.Position != second.Position {
			t.Errorf("a kept event that comes again is %+v: want a duplicate of %v", a, second.Position)
		}
		past(24 * time.Hour)
		checkSeqs(t, l, 3, 3) // never the newest
	})
}

// TestRetentionOnDisk sees that a log on disk forgets by age up to the board, and
// nothing without one; at a reopening too.
func TestRetentionOnDisk(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		o := Options{Dir: dir, Retention: time.Hour}
		l := openLog(t, o)
		var at []hub.Position
		for n := range 5 {
			at = append(at, appendOne(t, l, n).Position)
		}
		past(3 * time.Hour)
		checkSeqs(t, l, 0, 5)
		mustSaveBoard(t, l, at[2])
		past(2 * time.Minute)
		checkSeqs(t, l, 3, 5)
		mustSaveBoard(t, l, at[4])
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}

		l = openLog(t, o)
		synctest.Wait()
		checkSeqs(t, l, 5, 5)
		if a := appendOne(t, l, 1); a.Verdict != hub.Fresh {
			t.Errorf("a forgotten event that comes again is %s: want %s", a.Verdict, hub.Fresh)
		}
		past(30 * time.Minute)
		mustSaveBoard(t, l, appendOne(t, l, 9).Position)
		past(10 * time.Minute)
		checkSeqs(t, l, 6, 7) // not yet an hour old
	})
}

func mustSaveBoard(t *testing.T, l *Log, p hub.Position) {
	t.Helper()
	if err := l.SaveBoard(t.Context(), p, []byte("board")); err != nil {
		t.Fatalf("SaveBoard: %v", err)
	}
}

// TestTrimsInSteps has more to forget than goes into one transaction.
func TestTrimsInSteps(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		l := openLog(t, Options{Dir: dir, Retention: time.Hour})
		events := make([]hub.Event, 2*trimStep+trimStep/2)
		for i := range events {
			events[i] = benchEvent(i)
		}
		a, err := l.Append(t.Context(), events)
		if err != nil {
			t.Fatal(err)
		}
		mustSaveBoard(t, l, a[len(a)-1].Position)
		more, err := l.store.trim(hub.At(time.Now().Add(time.Second)))
		if !more || err != nil {
			t.Errorf("the first step: more %t, %v: want more", more, err)
		}
		checkSeqs(t, l, trimStep, uint64(len(events)))
		past(2 * time.Hour)
		checkSeqs(t, l, uint64(len(events)), uint64(len(events)))
	})
}

func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	const size = 10_000
	l := openLog(t, Options{MaxBytes: 10 * (size + entryBytes)})
	for n := range 30 {
		e := benchEvent(n)
		e.Raw = append(json.RawMessage{'"'}, make([]byte, size-1)...)
		if _, err := l.Append(t.Context(), []hub.Event{e}); err != nil {
			t.Fatal(err)
		}
	}
	checkSeqs(t, l, 21, 30)
	m := l.store.(*memory)
	if len(m.known) != len(m.entries) || m.bytes != 10*(size+entryBytes) {
		t.Errorf("%d ids and %d bytes are kept for %d entries", len(m.known), m.bytes, len(m.entries))
	}
	// The bodies of conflicts count too: eight of them make room for one entry less each.
	e := benchEvent(29)
	for i := range hub.MaxRepeats {
		e.Raw = append(json.RawMessage{byte(i)}, make([]byte, size+entryBytes-1)...)
		if _, err := l.Append(t.Context(), []hub.Event{e}); err != nil {
			t.Fatal(err)
		}
	}
	checkSeqs(t, l, 29, 30)
}

// TestClockSetBack sees that entries' times never run backwards.
func TestClockSetBack(t *testing.T) {
	t.Parallel()
	last := opening(hub.UnixMilli(2000))
	next := follow(last, new(benchEvent(1)), hub.UnixMilli(1000))
	if next.At != last.At {
		t.Errorf("after an entry at %v comes one at %v", last.At, next.At)
	}
}

// TestBoardOutsideTheHistory sees that a board which no start could go on from is not
// kept.
func TestBoardOutsideTheHistory(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]Options{"Memory": {}, "Disk": {Dir: t.TempDir()}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := openLog(t, o)
			p := appendOne(t, l, 1).Position
			for _, p := range []hub.Position{{}, {Epoch: p.Epoch, Seq: p.Seq, Tag: p.Tag + 1}, {Epoch: p.Epoch, Seq: p.Seq + 1, Tag: p.Tag}} {
				var reset *hub.ResetError
				if err := l.SaveBoard(t.Context(), p, nil); !errors.As(err, &reset) {
					t.Errorf("SaveBoard(%v): %v, want a reset", p, err)
				}
			}
			if p, _, err := l.LoadBoard(context.Background()); err != nil || !p.IsZero() {
				t.Errorf("LoadBoard: %v, %v: want none", p, err)
			}
		})
	}
}
