package memlog

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"testing"

	"golang.org/x/sync/errgroup"

	"battlehub/hub"
	"battlehub/hub/logtest"
	"battlehub/hub/proctest"
)

// childAppend appends for ever, by several callers, and says the id of every event
// that was acknowledged; the first line says that it is about to begin.
func childAppend(dir string) error {
	fmt.Println("begin")
	l, err := Open(Options{App: logtest.App, Dir: dir})
	if err != nil {
		return err
	}
	first := rand.IntN(1 << 40) // other events in each run
	var mu sync.Mutex
	var callers errgroup.Group
	for c := range 4 {
		callers.Go(func() error {
			for i := 0; ; i++ {
				a, err := l.Append(context.Background(), []hub.Event{benchEvent(first + c<<20 + i)})
				if err != nil {
					return err
				}
				mu.Lock()
				fmt.Println(benchEvent(first + c<<20 + i).ID)
				mu.Unlock()
				if i%20 == 0 {
					if err := l.SaveBoard(context.Background(), a[0].Position, make([]byte, 10_000)); err != nil {
						return err
					}
				}
			}
		})
	}
	return callers.Wait()
}

// TestKill ends a process that appends by SIGKILL, again and again, at any moment:
// whatever it acknowledged is in the log, once.
func TestKill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	acknowledged := map[string]bool{}
	for range 6 {
		c := proctest.StartChild(t, "append", dir)
		c.Line()
		for range 1 + rand.IntN(300) {
			acknowledged[c.Line()] = true
		}
		for _, id := range c.Kill() {
			acknowledged[id] = true
		}
		checkAcknowledged(t, dir, acknowledged)
	}
}

// checkAcknowledged opens the log. That nothing is in it twice, and the chain unbroken,
// is what logtest.ReadAll proves.
func checkAcknowledged(t *testing.T, dir string, want map[string]bool) {
	t.Helper()
	l := openLog(t, Options{Dir: dir})
	times := map[string]int{}
	for _, e := range logtest.ReadAll(t, l, hub.Position{}) {
		if e.Event != nil {
			times[e.Event.ID]++
		}
	}
	for id := range want {
		if times[id] != 1 {
			t.Errorf("acknowledged event %s is in the log %d times", id, times[id])
		}
	}
	for id, n := range times {
		if n != 1 {
			t.Errorf("event %s is in the log %d times", id, n)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestKillAtTheBeginning kills a process while it begins a log: the next one finds none
// or a whole one.
func TestKillAtTheBeginning(t *testing.T) {
	t.Parallel()
	for range 8 {
		dir := t.TempDir()
		c := proctest.StartChild(t, "append", dir)
		c.Line()
		c.Kill()
		checkAcknowledged(t, dir, nil)
		files, err := os.ReadDir(dir)
		if err != nil || len(files) != 1 {
			t.Errorf("the data directory has %d files (%v): want 1", len(files), err)
		}
	}
}
