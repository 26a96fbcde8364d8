package webhook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"battlehub/hub"
)

// backlogOf leaves events in the spool of a directory, as an outage and a stop do.
func backlogOf(t *testing.T, dir string, events ...hub.Event) {
	t.Helper()
	s := openSpool(t, dir, newMoody(nil, refuses), nil)
	if _, err := s.Append(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	closeSpool(t, s)
}

// TestPoisonedEvents are those that this log will never take. They are dropped, loudly,
// and hold up nobody.
func TestPoisonedEvents(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	events := spoolEvents(700)
	poisoned := []string{events[0].ID, events[300].ID, events[301].ID, events[699].ID}
	backlogOf(t, dir, events...)
	var out bytes.Buffer
	m, log := NewSpoolMetrics(nil), openMemory(t)
	s := openSpool(t, dir, appendFunc(func(ctx context.Context, batch []hub.Event) ([]hub.Appended, error) {
		for _, e := range batch {
			if slices.Contains(poisoned, e.ID) {
				return nil, fmt.Errorf("event %s: %w", e.ID, hub.ErrInvalid)
			}
		}
		return log.Append(ctx, batch)
	}), func(o *SpoolOptions) { o.Metrics, o.Logger = m, slog.New(slog.NewTextHandler(&out, nil)) })
	waitDrained(t, s)
	closeSpool(t, s)
	wantEvents(t, log, slices.DeleteFunc(events, func(e hub.Event) bool { return slices.Contains(poisoned, e.ID) })...)
	if got := testutil.ToFloat64(m.invalid.WithLabelValues(testApp.String())); got != 4 {
		t.Errorf("%v dropped, want 4", got)
	}
	for _, id := range poisoned {
		if strings.Count(out.String(), id) != 1 {
			t.Errorf("the log does not tell of %s:\n%s", id, &out)
		}
	}
}

// TestSlowLog drains to a log that never manages as many as a batch has.
func TestSlowLog(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		events := spoolEvents(40)
		backlogOf(t, dir, events...)
		log := openMemory(t)
		waitDrained(t, openSpool(t, dir, appendFunc(func(ctx context.Context, batch []hub.Event) ([]hub.Appended, error) {
			if len(batch) > 1 {
				<-ctx.Done()
				return nil, ctx.Err()
			}
			return log.Append(ctx, batch)
		}), nil))
		wantEvents(t, log, events...)
	})
}

// TestPauses asks a log that is away less and less often.
func TestPauses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		backlogOf(t, dir, spoolEvents(1)...)
		away := newMoody(nil, refuses)
		openSpool(t, dir, away, nil)
		pass(minDrainPause * 3)
		early := away.asked()
		pass(time.Minute)
		if late := away.asked() - early; early < 2 || early > 4 || late < 55 || late > 125 {
			t.Errorf("asked %d times at first and %d times in the minute after", early, late)
		}
	})
}

// TestBatches are bounded, by number and by size.
func TestBatches(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	events := spoolEvents(1000)
	for i := range 20 {
		events[i].Raw = slices.Concat([]byte(`{"x":"`), bytes.Repeat([]byte("x"), 200<<10), []byte(`"}`))
	}
	backlogOf(t, dir, events...)
	log := openMemory(t)
	waitDrained(t, openSpool(t, dir, appendFunc(func(ctx context.Context, batch []hub.Event) ([]hub.Appended, error) {
		size := 0
		for _, e := range batch {
			size += len(e.Raw)
		}
		if len(batch) > maxBatchEvents || size > maxBatchBytes+200<<10 {
			t.Errorf("a batch of %d events and %d bytes", len(batch), size)
		}
		return log.Append(ctx, batch)
	}), nil))
	wantEvents(t, log, events...)
}

// TestSpooledConflict is told when it comes to the log, and the first one stands.
func TestSpooledConflict(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := spoolEvent(1)
	second := first
	second.Raw = []byte(`{}`)
	backlogOf(t, dir, first, second, first)
	var out bytes.Buffer
	log := openMemory(t)
	reg := prometheus.NewPedanticRegistry()
	s := openSpool(t, dir, log, func(o *SpoolOptions) {
		o.Logger, o.Metrics = slog.New(slog.NewTextHandler(&out, nil)), NewSpoolMetrics(reg)
	})
	waitDrained(t, s)
	closeSpool(t, s)
	wantEvents(t, log, first)
	if got := spoolSeries(t, reg)["conflicts_total"]; got != 1 {
		t.Errorf("%v conflicts counted, want 1", got)
	}
	if strings.Count(out.String(), "conflicts") != 1 || !strings.Contains(out.String(), first.Battle) {
		t.Errorf("told:\n%s", &out)
	}
}

// TestCloseDoesNotWaitForTheLog: the batch that is on its way is appended again later.
func TestCloseDoesNotWaitForTheLog(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		log := openMemory(t)
		events := spoolEvents(3)
		backlogOf(t, dir, events...)
		s := openSpool(t, dir, newMoody(log, hangsLate), nil)
		synctest.Wait()
		start := time.Now()
		closeSpool(t, s)
		if took := time.Since(start); took != 0 {
			t.Errorf("Close took %v", took)
		}
		again := openSpool(t, dir, log, nil)
		if found := again.backlog.now(); found.events > 3 {
			t.Errorf("found %+v", found)
		}
		waitDrained(t, again)
		wantEvents(t, log, events...)
	})
}

func TestBudgetMustLeaveTimeForTheDisk(t *testing.T) {
	t.Parallel()
	for _, budget := range []time.Duration{-1, appendTimeout} {
		if s, err := OpenSpool(SpoolOptions{Dir: t.TempDir(), Budget: budget}); err == nil || !strings.Contains(err.Error(), "Budget") {
			t.Errorf("budget %v: %v, %v", budget, s, err)
		}
	}
	if _, err := OpenSpool(SpoolOptions{Dir: "/dev/null/x"}); err == nil || errors.Is(err, ErrSpoolDamaged) {
		t.Errorf("a directory that cannot be: %v", err)
	}
}
