package webhook

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"battlehub/hub"
)

// TestSpoolIsInvisibleWhileTheLogWorks: nothing is written, and verdicts are the log's.
func TestSpoolIsInvisibleWhileTheLogWorks(t *testing.T) {
	t.Parallel()
	log := openMemory(t)
	s := openSpool(t, t.TempDir(), log, nil)
	e := spoolEvent(1)
	changed := e
	changed.Raw = []byte(`{}`)
	for _, step := range []struct {
		event hub.Event
		want  hub.Verdict
	}{{e, hub.Fresh}, {e, hub.Duplicate}, {changed, hub.Conflict}} {
		if got := mustAppend(t, s, step.event); got != step.want {
			t.Errorf("verdict %s, want %s", got, step.want)
		}
	}
	if a, err := s.Append(t.Context(), nil); len(a) != 0 || err != nil {
		t.Errorf("nothing was appended: %v, %v", a, err)
	}
	wantEvents(t, log, e)
	if batch, _, err := s.file.read(0, 10, 1); len(batch) != 0 || err != nil {
		t.Errorf("%d records on disk (%v)", len(batch), err)
	}
}

// TestCallerThatGivesUp is not told that its event is kept.
func TestCallerThatGivesUp(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := openSpool(t, dir, newMoody(nil, hangs), nil)
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if a, err := s.Append(ctx, spoolEvents(1)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Append: %v, %v", a, err)
		}
		if left := s.backlog.now(); left.events != 0 {
			t.Errorf("spooled: %+v", left)
		}
	})
}

// TestOutageIsToldOnce: one line when it begins, with the reason, and one when it ends.
func TestOutageIsToldOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		away := newMoody(openMemory(t), refuses)
		s := openSpool(t, dir, away, func(o *SpoolOptions) { o.Logger = slog.New(slog.NewTextHandler(&out, nil)) })
		for _, e := range spoolEvents(50) {
			mustAppend(t, s, e)
		}
		pass(time.Hour)
		away.be(works)
		waitDrained(t, s)
		synctest.Wait()
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		if len(lines) != 2 || !strings.Contains(lines[0], errMoody.Error()) ||
			!strings.Contains(lines[1], "events=50") || !strings.Contains(lines[1], "after=1h0m") {
			t.Errorf("told:\n%s", &out)
		}
		// A log that fails now and then must not fill the other log.
		away.beEach(func() mood { return cmp.Or(map[bool]mood{true: refuses}[rand.IntN(2) == 0], works) })
		for n := range 300 {
			mustAppend(t, s, spoolEvent(100+n))
			waitDrained(t, s)
		}
		closeSpool(t, s)
		if n := strings.Count(out.String(), "\n"); n > 100 {
			t.Errorf("told %d lines", n)
		}
	})
}

// TestInvalidEventIsNotSpooled: it is refused, whether the log is there or not.
func TestInvalidEventIsNotSpooled(t *testing.T) {
	t.Parallel()
	for _, m := range []mood{works, refuses} {
		s := openSpool(t, t.TempDir(), newMoody(openMemory(t), m), nil)
		e := spoolEvent(1)
		e.App++
		if _, err := s.Append(t.Context(), []hub.Event{e}); !errors.Is(err, hub.ErrInvalid) {
			t.Errorf("Append to a log that %s: %v", m, err)
		}
		if left := s.backlog.now(); left.events != 0 {
			t.Errorf("spooled: %+v", left)
		}
	}
}
