package memlog

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"battlehub/hub"
	"battlehub/hub/logtest"
	"battlehub/hub/proctest"
)

// childHold has the log open until its standard input ends.
func childHold(dir string) error {
	l, err := Open(Options{App: logtest.App, Dir: dir})
	if err != nil {
		return err
	}
	if _, err := os.Stdout.WriteString("open\n"); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, os.Stdin)
	return errors.Join(err, l.Close())
}

func TestInUseByAnotherProcess(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := proctest.StartChild(t, "hold", dir)
	c.Line()
	if _, err := Open(Options{App: logtest.App, Dir: dir}); !errors.Is(err, ErrInUse) {
		t.Errorf("Open: %v, want %v", err, ErrInUse)
	}
	c.Finish()
	openLog(t, Options{Dir: dir})
}

// TestInUseForAMoment opens a log that another is about to let go of, as in a restart.
func TestInUseForAMoment(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		o := Options{App: logtest.App, Dir: dir}
		first := openLog(t, o)
		time.AfterFunc(lockWait/2, func() { _ = first.Close() })
		openLog(t, o)
	})
}

// TestBeginsOnce has several open a log that does not exist yet: one gets it.
func TestBeginsOnce(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	const openers = 4
	logs, errs := make([]*Log, openers), make([]error, openers)
	var all sync.WaitGroup
	for i := range openers {
		all.Go(func() { logs[i], errs[i] = Open(Options{App: logtest.App, Dir: dir}) })
	}
	all.Wait()
	opened := 0
	for i, l := range logs {
		if errs[i] == nil {
			opened++
			t.Cleanup(func() { _ = l.Close() })
		} else if !errors.Is(errs[i], ErrInUse) {
			t.Errorf("Open: %v, want %v", errs[i], ErrInUse)
		}
	}
	if opened != 1 {
		t.Errorf("%d have opened the log: want 1", opened)
	}
}

// TestDraftIsLeftOver begins a log where a crash left half a one.
func TestDraftIsLeftOver(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, logtest.App.String()+".bbolt")
	writeFile(t, path+".new", []byte("half a log"))
	l := openLog(t, Options{Dir: dir})
	if all := logtest.ReadAll(t, l, hub.Position{}); len(all) != 1 {
		t.Errorf("the log begins with %d entries: want 1", len(all))
	}
	if _, err := os.Stat(path + ".new"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the draft is still there: %v", err)
	}
}

func TestFilesAreTheOwnersOnly(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a", "b")
	openLog(t, Options{Dir: dir})
	for path, want := range map[string]os.FileMode{
		dir: 0o700 | os.ModeDir,
		filepath.Join(dir, logtest.App.String()+".bbolt"): 0o600,
	} {
		if info, err := os.Stat(path); err != nil || info.Mode() != want {
			t.Errorf("%s: mode %v (%v), want %v", path, info.Mode(), err, want)
		}
	}
}

// TestEpochs sees that a log in memory begins a later history each time, and that one
// on disk goes on with its own.
func TestEpochs(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		epochs := func(o Options) (first, second hub.Position) {
			return reopened(t, o), reopened(t, o)
		}
		if first, second := epochs(Options{}); second.Epoch <= first.Epoch || second.Seq != 0 {
			t.Errorf("in memory, %v is followed by %v: want a later epoch", first, second)
		}
		if first, second := epochs(Options{Dir: dir}); second != first {
			t.Errorf("on disk, %v is followed by %v: want the same", first, second)
		}
	})
}

// reopened opens the log for a while and returns its newest position.
func reopened(t *testing.T, o Options) hub.Position {
	t.Helper()
	l := openLog(t, o)
	<-time.After(time.Millisecond) // the bubble's clock moves on: an epoch is a millisecond
	all := logtest.ReadAll(t, l, hub.Position{})
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return all[len(all)-1].Position
}
