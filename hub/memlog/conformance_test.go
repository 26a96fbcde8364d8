package memlog

import (
	"testing"
	"time"

	"battlehub/hub"
	"battlehub/hub/logtest"
)

func TestMemory(t *testing.T) {
	t.Parallel()
	open := func(t *testing.T) hub.Log { return openLog(t, Options{}) }
	logtest.Run(t, open, logtest.Features{Expire: expire, Boards: true, Tickets: true, Backwards: true})
}

func TestDisk(t *testing.T) {
	t.Parallel()
	open := func(t *testing.T) hub.Log { return openLog(t, Options{Dir: t.TempDir()}) }
	storage := func(t *testing.T) func() hub.Log {
		dir := t.TempDir()
		return func() hub.Log { return openLog(t, Options{Dir: dir}) }
	}
	logtest.Run(t, open, logtest.Features{Storage: storage, Expire: expire, Boards: true, Tickets: true, Backwards: true})
}

// openLog opens a log for the test's duration.
func openLog(t testing.TB, o Options) *Log {
	t.Helper()
	o.App = logtest.App
	l, err := Open(o)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return l
}

// expire trims as if everything were older than the retention. On disk that needs a
// board at the top.
func expire(t *testing.T, l hub.Log) {
	m := l.(*Log)
	top, _ := m.published()
	if err := m.SaveBoard(t.Context(), top, nil); err != nil {
		t.Fatalf("SaveBoard: %v", err)
	}
	for more := true; more; {
		var err error
		if more, err = m.store.trim(hub.At(time.Now().Add(time.Hour))); err != nil {
			t.Fatalf("trim: %v", err)
		}
	}
}
