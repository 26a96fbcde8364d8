package webhook

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"battlehub/hub"
	"battlehub/hub/memlog"
	"battlehub/hub/proctest"
)

// openBoth opens a log on disk, and a spool in front of it that the log fails as moods
// tell.
func openBoth(dir string, moods func() mood) (*memlog.Log, *Spool, error) {
	log, err := memlog.Open(memlog.Options{App: testApp, Dir: filepath.Join(dir, "log")})
	if err != nil {
		return nil, nil, err
	}
	away := &moody{log: log, mood: moods}
	s, err := OpenSpool(SpoolOptions{App: testApp, Dir: dir, Log: away, Budget: 5 * time.Millisecond})
	return log, s, err
}

// childAppend appends for ever, by several callers, to a log that comes and goes, and
// says the number of every event that was acknowledged, and how; the first line says that
// it is about to begin.
func childAppend(dir string) error {
	fmt.Println("begin")
	_, s, err := openBoth(dir, func() mood {
		return append([]mood{refuses, hangs, denies}, slices.Repeat([]mood{works}, 30)...)[rand.IntN(33)]
	})
	if err != nil {
		return err
	}
	first := rand.IntN(1 << 20) // other events in each run
	var mu sync.Mutex
	var callers errgroup.Group
	for c := range 4 {
		callers.Go(func() error {
			for n := first<<20 + c<<16; ; n++ {
				a, err := s.Append(context.Background(), []hub.Event{spoolEvent(n)})
				if err != nil {
					return err
				}
				mu.Lock()
				fmt.Println(spoolEvent(n).ID, a[0].Verdict)
				mu.Unlock()
			}
		})
	}
	return callers.Wait()
}

// TestKilledWhileSpooling ends a process by SIGKILL, again and again, at any moment. What
// it acknowledged is in the log after the next start, once.
func TestKilledWhileSpooling(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	acknowledged := map[string]hub.Verdict{}
	acknowledge := func(line string) {
		var id string
		var verdict hub.Verdict
		if _, err := fmt.Sscan(line, &id, &verdict); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		acknowledged[id] = verdict
	}
	for range 6 {
		c := proctest.StartChild(t, "append", dir)
		c.Line()
		for range rand.IntN(300) {
			acknowledge(c.Line())
		}
		for _, line := range c.Kill() {
			acknowledge(line)
		}
		wantAcknowledged(t, dir, acknowledged)
	}
}

// wantAcknowledged starts anew, with a log that works, and looks for the events.
func wantAcknowledged(t *testing.T, dir string, want map[string]hub.Verdict) {
	t.Helper()
	log, s, err := openBoth(dir, func() mood { return works })
	if err != nil {
		t.Fatal(err)
	}
	found := s.backlog.now().events
	waitDrained(t, s)
	in, ways := map[string]bool{}, map[hub.Verdict]int{}
	for _, e := range eventsIn(t, log) {
		in[e.ID] = true
	}
	for id, verdict := range want {
		ways[verdict]++
		if !in[id] {
			t.Errorf("event %s was acknowledged as %s and is not in the log", id, verdict)
		}
	}
	t.Logf("%d of %d in the log were acknowledged, %v; %d were in the spool", len(want), len(in), ways, found)
	if err := errors.Join(s.Close(), log.Close()); err != nil {
		t.Fatal(err)
	}
}

// childFull spools until the file may not grow any more, as on a full disk, then has the
// log come back while the disk is still full.
func childFull(dir string) error {
	log, err := memlog.Open(memlog.Options{App: testApp})
	if err != nil {
		return err
	}
	away := newMoody(log, refuses)
	s, err := OpenSpool(SpoolOptions{App: testApp, Dir: dir, Log: away})
	if err != nil {
		return err
	}
	if err := proctest.LimitFileSize(256 << 10); err != nil {
		return err
	}
	ctx := context.Background()
	n := 0
	for ; err == nil; n++ {
		_, err = s.Append(ctx, []hub.Event{spoolEvent(n)})
	}
	fmt.Println(err)
	n-- // not kept
	if left := s.backlog.now(); left.events != int64(n) {
		return fmt.Errorf("%d were spooled and %d count", n, left.events)
	}
	away.be(works)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for s.backlog.now().events > 0 {
		<-tick.C
	}
	if a, err := s.Append(ctx, []hub.Event{spoolEvent(n)}); err != nil || a[0].Verdict != hub.Fresh {
		return fmt.Errorf("the log is back and an append gives %+v, %w", a, err)
	}
	if err := proctest.LimitFileSize(1 << 30); err != nil {
		return err
	}
	away.be(refuses)
	if a, err := s.Append(ctx, []hub.Event{spoolEvent(n + 1)}); err != nil || a[0].Verdict != Spooled {
		return fmt.Errorf("there is room again and an append gives %+v, %w", a, err)
	}
	fmt.Println(n + 1)
	return errors.Join(s.Close(), log.Close())
}

// TestSpoolOnAFullDisk: what finds no room is refused, what was kept comes to the log, and
// a log that is back is used even if the disk is still full.
func TestSpoolOnAFullDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := proctest.StartChild(t, "full", dir)
	t.Log(c.Line())
	var last int
	if _, err := fmt.Sscan(c.Line(), &last); err != nil {
		t.Fatal(err)
	}
	c.Finish()
	log := openMemory(t)
	waitDrained(t, openSpool(t, dir, log, nil))
	if in := eventsIn(t, log); len(in) == 0 || in[len(in)-1].ID != spoolEvent(last).ID {
		t.Errorf("the next start finds %d events", len(in))
	}
}
