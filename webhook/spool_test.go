package webhook

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"battlehub/hub"
)

// TestSpoolBridgesAnOutage: each way in which a log can fail, and its return.
func TestSpoolBridgesAnOutage(t *testing.T) {
	t.Parallel()
	for _, m := range []mood{refuses, hangs, denies, hangsLate} {
		t.Run(string(m), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			synctest.Test(t, func(t *testing.T) {
				log := openMemory(t)
				away := newMoody(log, m)
				s := openSpool(t, dir, away, nil)
				events := spoolEvents(20)
				for _, e := range events[:15] {
					if got := mustAppend(t, s, e); got != Spooled {
						t.Errorf("verdict %s, want %s", got, Spooled)
					}
				}
				away.be(works)
				waitDrained(t, s)
				for _, e := range events[15:] {
					if got := mustAppend(t, s, e); got != hub.Fresh {
						t.Errorf("verdict %s, want %s", got, hub.Fresh)
					}
				}
				wantEvents(t, log, events...)
			})
		})
	}
}

// span is when an append began and ended, counted in such moments of all appends.
type span struct{ began, ended int64 }

// TestSpoolKeepsOrder appends by many at once to a log that fails in every way, and is
// well again most of the time, so that the way changes to and fro. What was acknowledged
// is in the log once, and before all that was appended later.
func TestSpoolKeepsOrder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		log := openMemory(t)
		away := newMoody(log, works)
		away.beEach(func() mood {
			return append([]mood{refuses, hangs, denies, hangsLate}, slices.Repeat([]mood{works}, 100)...)[rand.IntN(104)]
		})
		s := openSpool(t, dir, away, nil)
		const senders, each = 16, 50
		spans := make([]span, senders*each)
		var clock, direct atomic.Int64
		var all sync.WaitGroup
		for sender := range senders {
			all.Go(func() {
				for i := range each {
					n := sender*each + i
					began := clock.Add(1)
					if mustAppend(t, s, spoolEvent(n)) != Spooled {
						direct.Add(1)
					}
					spans[n] = span{began, clock.Add(1)}
					pass(rand.N(time.Second))
				}
			})
		}
		all.Wait()
		away.be(works)
		waitDrained(t, s)
		if n := direct.Load(); n < 10 || n > senders*each-10 {
			t.Errorf("%d of %d went directly: want both ways taken", n, senders*each)
		}
		wantInOrder(t, eventsIn(t, log), spans)
	})
}

// wantInOrder checks that no event stands before one that ended before it began. The
// events are those of spoolEvent, by the index of their spans.
func wantInOrder(t *testing.T, events []hub.Event, spans []span) {
	t.Helper()
	if len(events) != len(spans) {
		t.Fatalf("the log has %d events, want %d", len(events), len(spans))
	}
	var latest int64
	for i, e := range events {
		at := spans[e.At.UnixMilli()-spoolEvent(0).At.UnixMilli()]
		if at.ended < latest {
			t.Errorf("event %d of the log was acknowledged before one ahead of it was appended", i)
		}
		latest = max(latest, at.began)
	}
}

// TestSpoolOutlivesARestart closes it with a backlog, twice, once with the log still away.
func TestSpoolOutlivesARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	log := openMemory(t)
	events := spoolEvents(600)
	for _, part := range [][]hub.Event{events[:300], events[300:]} {
		s := openSpool(t, dir, newMoody(log, refuses), nil)
		for chunk := range slices.Chunk(part, 7) {
			if _, err := s.Append(t.Context(), chunk); err != nil {
				t.Fatal(err)
			}
		}
		closeSpool(t, s)
	}
	waitDrained(t, openSpool(t, dir, log, nil))
	wantEvents(t, log, events...)
	closed := openSpool(t, t.TempDir(), log, nil)
	closeSpool(t, closed)
	if _, err := closed.Append(t.Context(), events[:1]); !errors.Is(err, hub.ErrClosed) {
		t.Errorf("Append after Close: %v", err)
	}
}

// TestCloseUnderAppends closes the spool while webhooks come: what was acknowledged, and
// nothing else than what was sent, is there after the next start.
func TestCloseUnderAppends(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	log := openMemory(t)
	away := newMoody(log, works)
	away.beEach(func() mood { return []mood{works, refuses, refuses}[rand.IntN(3)] })
	s := openSpool(t, dir, away, nil)
	var acknowledged sync.Map
	var all sync.WaitGroup
	for sender := range 8 {
		all.Go(func() {
			for n := sender * 10_000; ; n++ {
				_, err := s.Append(context.Background(), []hub.Event{spoolEvent(n)})
				if errors.Is(err, hub.ErrClosed) {
					return
				}
				if err != nil {
					t.Error(err)
					return
				}
				acknowledged.Store(spoolEvent(n).ID, true)
				if n == 30 {
					all.Go(func() { closeSpool(t, s) })
				}
			}
		})
	}
	all.Wait()
	waitDrained(t, openSpool(t, dir, log, nil))
	in := map[string]bool{}
	for _, e := range eventsIn(t, log) {
		in[e.ID] = true
	}
	acknowledged.Range(func(id, _ any) bool {
		if !in[id.(string)] {
			t.Errorf("acknowledged event %s is not in the log", id)
		}
		return true
	})
}
