package redislog

import (
	"testing"
	"time"

	"battlehub/hub"
	"battlehub/hub/logtest"
	"battlehub/hub/redislog/redistest"
)

func saveBoard(t *testing.T, l *Log, p hub.Position) {
	t.Helper()
	if err := l.SaveBoard(t.Context(), p, []byte("board")); err != nil {
		t.Fatal(err)
	}
}

// TestTrimKeepsWhatTheBoardDoesNotCover: a start needs all from the board on.
func TestTrimKeepsWhatTheBoardDoesNotCover(t *testing.T) {
	t.Parallel()
	l := openLog(t, Options{URL: hub.Secret(redistest.Start(t).URL())})
	told := mustAppend(t, l, newEvents(0, 100)...)
	future := time.Now().Add(time.Hour)
	l.trim(t.Context(), future)
	if n := len(logtest.ReadAll(t, l, hub.Position{})); n != 101 {
		t.Errorf("without a board, %d of 101 entries are left", n)
	}
	saveBoard(t, l, told[59].Position)
	l.trim(t.Context(), future)
	checkOnce(t, logtest.ReadAll(t, l, hub.Position{}), newEvents(59, 41))
	if n := len(logtest.ReadAll(t, l, told[59].Position)); n != 40 {
		t.Errorf("%d entries after the board: want 40", n)
	}
}

// TestTrimByAge forgets what is old, exactly, over several epochs and more than one step.
func TestTrimByAge(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	o := Options{URL: hub.Secret(s.URL())}
	l := openLog(t, o)
	mustAppend(t, l, newEvents(0, trimStep+500)...)
	s.Do("HSET", l.keys.meta, "replid", "another") // as after a failover
	mustAppend(t, l, newEvents(trimStep+500, 100)...)
	last := mustAppend(t, l, newEvent(9999))[0]
	cutoff := last.Published.Add(time.Millisecond)
	waitFor(t, "the clock goes on", func() bool { return time.Now().After(cutoff) })
	young := mustAppend(t, l, newEvents(10000, 50)...)
	saveBoard(t, l, young[49].Position)
	l.trim(t.Context(), cutoff)
	checkOnce(t, logtest.ReadAll(t, l, hub.Position{}), newEvents(10000, 50))
	if got := mustAppend(t, l, newEvent(0))[0].Verdict; got != hub.Duplicate {
		t.Errorf("a repeat of a forgotten event is %s: its id is known for longer", got)
	}
}

// TestTrimBySize keeps the stream's memory near its bound.
func TestTrimBySize(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	const bound = 1 << 20
	l := openLog(t, Options{URL: hub.Secret(s.URL()), MaxBytes: bound})
	told := mustAppend(t, l, newEvents(0, 10000)...)
	saveBoard(t, l, told[9999].Position)
	before := s.Do("MEMORY", "USAGE", l.keys.log).(int64)
	l.trim(t.Context(), time.Now().Add(-time.Hour))
	after := s.Do("MEMORY", "USAGE", l.keys.log).(int64)
	if before < 2*bound || after > bound*3/2 || after < bound/2 {
		t.Errorf("the stream took %d bytes, and takes %d with a bound of %d", before, after, bound)
	}
	entries := logtest.ReadAll(t, l, hub.Position{})
	if newest := entries[len(entries)-1].Position; newest != told[9999].Position {
		t.Errorf("the newest entry is %v: want %v", newest, told[9999].Position)
	}
}

// TestBoardOfALostHistoryIsReplaced: else a start would be refused by it for ever.
func TestBoardOfALostHistoryIsReplaced(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	l := openLog(t, Options{URL: hub.Secret(s.URL())})
	told := mustAppend(t, l, newEvents(0, 100)...)
	saveBoard(t, l, told[99].Position)
	s.Do("DEL", l.keys.log)
	first := mustAppend(t, l, newEvent(1000))[0]
	if err := l.SaveBoard(t.Context(), told[99].Position, nil); err == nil {
		t.Error("a board of a lost history is kept")
	}
	saveBoard(t, l, first.Position)
	if p, _, err := l.LoadBoard(t.Context()); err != nil || p != first.Position {
		t.Errorf("LoadBoard: %v, %v: want %v", p, err, first.Position)
	}
}
