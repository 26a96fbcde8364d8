package redislog

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/rs/zerolog"

	"battlehub/hub"
	"battlehub/hub/logtest"
	"battlehub/hub/redislog/redistest"
)

// proxyTo puts a proxy in front of an address, which toxics can be added to.
func proxyTo(t testing.TB, addr string) *toxiproxy.Proxy {
	t.Helper()
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(prometheus.NewRegistry()), zerolog.Nop())
	p := toxiproxy.NewProxy(server, t.Name(), "127.0.0.1:0", addr)
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	return p
}

func addToxic(t testing.TB, p *toxiproxy.Proxy, toxic string) {
	t.Helper()
	if _, err := p.Toxics.AddToxicJson(strings.NewReader(toxic)); err != nil {
		t.Fatal(err)
	}
}

// TestAmbiguousAppendIsNotDoubled holds back the answer to an append for longer than the
// client waits. Redis has it, the client cannot know; with its defaults, go-redis would
// append it again (reproduced in research on 9.22: two entries, no error).
func TestAmbiguousAppendIsNotDoubled(t *testing.T) {
	t.Parallel()
	p := proxyTo(t, redistest.Start(t).Addr)
	metrics := NewMetrics(nil)
	l := openLog(t, Options{URL: hub.Secret("redis://" + p.Listen), Metrics: metrics})
	mustAppend(t, l, newEvent(0))

	addToxic(t, p, `{"name":"late","type":"latency","stream":"downstream","attributes":{"latency":700}}`)
	ambiguous := metrics.failures.WithLabelValues(logtest.App.String(), string(faultAmbiguous))
	done := make(chan []hub.Appended, 1)
	go func() {
		told, err := l.Append(t.Context(), newEvents(1, 3))
		if err != nil {
			t.Errorf("Append: %v", err)
		}
		done <- told
	}()
	waitFor(t, "a time-out", func() bool { return testutil.ToFloat64(ambiguous) > 0 })
	if err := p.Toxics.RemoveToxic(t.Context(), "late"); err != nil {
		t.Fatal(err)
	}
	for _, a := range <-done {
		if a.Verdict != hub.Fresh {
			t.Errorf("told %+v: want fresh, since it was this very append that got through", a)
		}
	}
	checkOnce(t, logtest.ReadAll(t, l, hub.Position{}), newEvents(0, 4))
}

// TestScriptFlush: Redis forgets scripts at any time.
func TestScriptFlush(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	l := openLog(t, Options{URL: hub.Secret(s.URL())})
	w := follow(t, l)
	for i := range 20 {
		s.Do("SCRIPT", "FLUSH")
		mustAppend(t, l, newEvent(i))
	}
	waitFor(t, "all events", func() bool { return w.sawAll(newEvents(0, 20)) })
	checkOnce(t, logtest.ReadAll(t, l, hub.Position{}), newEvents(0, 20))
}

// TestMemoryFull: Redis refuses what it has no room for, whole, and the log says so.
func TestMemoryFull(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	l := openLog(t, Options{URL: hub.Secret(s.URL())})
	mustAppend(t, l, newEvent(0))
	s.Do("CONFIG", "SET", "maxmemory", "1mb")
	if _, err := l.Append(t.Context(), newEvents(1, 3)); err == nil || !strings.Contains(err.Error(), "OOM") {
		t.Errorf("Append with the memory full: %v, want Redis' own words", err)
	}
	s.Do("CONFIG", "SET", "maxmemory", "0")
	mustAppend(t, l, newEvents(1, 3)...)
	checkOnce(t, logtest.ReadAll(t, l, hub.Position{}), newEvents(0, 4))
}

// TestLargeCallsGoInParts: no script runs for long, and no message fills Redis' buffer for
// a subscriber.
func TestLargeCallsGoInParts(t *testing.T) {
	t.Parallel()
	events := newEvents(0, 3*maxGroupEvents+1)
	events[5].Raw = slices.Repeat([]byte("x"), maxGroupBytes+1)
	var sizes []int
	for part := range parts(events) {
		sizes = append(sizes, len(part))
	}
	if want := []int{5, 1, maxGroupEvents, maxGroupEvents, 3*maxGroupEvents + 1 - 6 - 2*maxGroupEvents}; !slices.Equal(sizes, want) {
		t.Errorf("parts of %v events, want %v", sizes, want)
	}
}

// TestInvalidEvents are refused before anything happens.
func TestInvalidEvents(t *testing.T) {
	t.Parallel()
	l := openLog(t, Options{URL: "redis://127.0.0.1:1"}) // nobody there
	bad := newEvent(1)
	bad.App++
	if _, err := l.Append(t.Context(), []hub.Event{newEvent(0), bad}); !errors.Is(err, hub.ErrInvalid) {
		t.Errorf("an event of another app: %v", err)
	}
}
