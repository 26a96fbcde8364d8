package webhook

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"battlehub/hub"
)

// createPacket is one of any number of different webhooks.
func createPacket(t testing.TB, n int) string {
	t.Helper()
	return strings.Replace(packetFile(t, "create.json"), "4siHsNsWN", fmt.Sprintf("battle%d/", n), 1)
}

// TestSpooledWebhookIsAnsweredOK, and counted as what it is: nobody's age is measured
// when it has not reached the log.
func TestSpooledWebhookIsAnsweredOK(t *testing.T) {
	t.Parallel()
	reg := prometheus.NewPedanticRegistry()
	s := openSpool(t, t.TempDir(), newMoody(nil, refuses), nil)
	h := New(Options{Apps: map[hub.App]App{testApp: {Log: s}}, Ages: hub.NewAges(reg)})
	wantAnswer(t, post(h, appQuery, createPacket(t, 1)), http.StatusOK)
	wantCount(t, h, "created", resultSpooled)
	for hop, want := range map[string]uint64{"received": 1, "appended": 0} {
		if got := ageCount(t, reg, hop); got != want {
			t.Errorf("%s measured %d times, want %d", hop, got, want)
		}
	}
	if testutil.ToFloat64(h.metrics.accepted.WithLabelValues(testApp.String())) == 0 {
		t.Error("the webhook does not count as accepted")
	}
}

// TestBlackHole sends webhooks to a log that never answers. The first is answered within
// Tencent's 2 s, and from then on nobody waits: they do not ask the log.
func TestBlackHole(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		log := openMemory(t)
		away := newMoody(log, hangs)
		s := openSpool(t, dir, away, nil)
		h := handler(s)
		start := time.Now()
		wantAnswer(t, post(h, appQuery, createPacket(t, 0)), http.StatusOK)
		if took := time.Since(start); took != DefaultSpoolBudget {
			t.Errorf("the first was answered after %v", took)
		}
		synctest.Wait() // the drain asks
		start, asked := time.Now(), away.asked()
		for n := range 50 {
			wantAnswer(t, post(h, appQuery, createPacket(t, 1+n)), http.StatusOK)
		}
		if took, more := time.Since(start), away.asked()-asked; took != 0 || more != 0 {
			t.Errorf("the others took %v and asked the log %d times", took, more)
		}
		away.be(works)
		waitDrained(t, s)
		if got := len(eventsIn(t, log)); got != 51 {
			t.Errorf("the log has %d events, want 51", got)
		}
		wantAnswer(t, post(h, appQuery, createPacket(t, 0)), http.StatusOK)
		if got := testutil.ToFloat64(h.metrics.requests.WithLabelValues("created", "duplicate")); got != 1 {
			t.Errorf("a repeat after the outage counts %v times as duplicate", got)
		}
	})
}

// TestBlackHoleUnderLoad: those who wait for a silent log leave room in the handler for
// those who need not.
func TestBlackHoleUnderLoad(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := openSpool(t, dir, newMoody(nil, hangs), nil)
		h := handler(s)
		var all sync.WaitGroup
		for n := range crowded {
			all.Go(func() { wantAnswer(t, post(h, appQuery, createPacket(t, n)), http.StatusOK) })
		}
		pass(2 * silence)
		start := time.Now()
		for n := range 3 * maxRequests {
			wantAnswer(t, post(h, appQuery, createPacket(t, crowded+n)), http.StatusOK)
		}
		if took := time.Since(start); took != 0 {
			t.Errorf("answered after %v", took)
		}
		all.Wait()
	})
}

// TestBusyLogIsNotSilent: as long as the log takes something, nobody is sent to the disk.
func TestBusyLogIsNotSilent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var c crowd
		for range 2 * crowded {
			if err := c.enter(); err != nil {
				t.Fatal(err)
			}
			pass(silence / 2)
			c.leave(true)
			if err := c.enter(); err != nil {
				t.Fatal(err)
			}
		}
		pass(2 * silence)
		if err := c.enter(); err != errCrowd {
			t.Errorf("%d wait for a silent log and one more may: %v", c.waiting, err)
		}
	})
}

// TestFullSpool is answered 503 with Retry-After, until there is room again.
func TestFullSpool(t *testing.T) {
	t.Parallel()
	m := NewSpoolMetrics(nil)
	away := newMoody(openMemory(t), refuses)
	const most = 10_000
	s := openSpool(t, t.TempDir(), away, func(o *SpoolOptions) { o.MaxBytes, o.Metrics = most, m })
	h := handler(s)
	kept := 0
	for post(h, appQuery, createPacket(t, kept)).StatusCode == http.StatusOK {
		kept++
	}
	if left := s.backlog.now(); kept == 0 || left.events != int64(kept) || left.bytes > most || left.bytes < most*9/10 {
		t.Errorf("%d webhooks kept: %+v", kept, left)
	}
	resp := post(h, appQuery, createPacket(t, kept))
	wantAnswer(t, resp, http.StatusServiceUnavailable)
	wantHeader(t, resp, "Retry-After", true, "1")
	if got := testutil.ToFloat64(m.refused.WithLabelValues(testApp.String())); got != 2 {
		t.Errorf("%v refused, want 2", got)
	}
	_, err := s.Append(context.Background(), []hub.Event{spoolEvent(1)})
	if err == nil || !strings.Contains(err.Error(), "--spool-max") {
		t.Errorf("the error does not tell what to do: %v", err)
	}
	away.be(works)
	waitDrained(t, s)
	wantAnswer(t, post(h, appQuery, createPacket(t, kept)), http.StatusOK)
}
