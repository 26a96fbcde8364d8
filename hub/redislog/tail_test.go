package redislog

import (
	"slices"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"battlehub/hub"
	"battlehub/hub/logtest"
	"battlehub/hub/redislog/redistest"
)

// TestDeafTail: the subscriber's connection is alive, and nothing comes over it. Neither TCP
// nor go-redis' health check would notice for a quarter of an hour.
func TestDeafTail(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	g := newGate(t, s.Addr)
	metrics := NewMetrics(nil)
	l := openLog(t, Options{URL: hub.Secret(s.URL()), Metrics: metrics})
	rewire(t, &l.subs, g.addr, subscribing)
	w := follow(t, l)
	g.freeze()
	mustAppend(t, l, newEvent(0))
	waitFor(t, "the event, by reading", func() bool { return w.has(newEvent(0)) })
	waitFor(t, "deafness is noticed", func() bool { return !w.live() })
	g.open(s.Addr)
	waitFor(t, "it hears again, by itself", w.live)
	mustAppend(t, l, newEvent(1))
	waitFor(t, "the next event", func() bool { return w.has(newEvent(1)) })
	app := logtest.App.String()
	if n := testutil.ToFloat64(metrics.lost.WithLabelValues(app, "silent")) + testutil.ToFloat64(metrics.lost.WithLabelValues(app, "missed")); n == 0 {
		t.Error("no metric tells of it")
	}
}

// TestKilledSubscriber: Redis ends the subscriber's connection, again and again.
func TestKilledSubscriber(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	l := openLog(t, Options{URL: hub.Secret(s.URL())})
	w := follow(t, l)
	for i := range 10 {
		s.Do("CLIENT", "KILL", "TYPE", "pubsub")
		mustAppend(t, l, newEvent(i))
	}
	waitFor(t, "all events", func() bool { return w.sawAll(newEvents(0, 10)) })
	if n := w.resetCount(); n != 0 {
		t.Errorf("%d resets, though nothing was lost", n)
	}
}

// TestLostMessages: entries are in the stream that were never published.
func TestLostMessages(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	l := openLog(t, Options{URL: hub.Secret(s.URL())})
	w := follow(t, l)
	silently := func(events []hub.Event) {
		b := l.newBatch([]*request{{events: events}})
		b.args[1] = "bh:elsewhere" // the channel
		if err := appendScript.Run(t.Context(), s.Client(), b.keys, b.args...).Err(); err != nil {
			t.Fatal(err)
		}
	}
	silently(newEvents(0, 5))
	waitFor(t, "what nobody published", func() bool { return w.sawAll(newEvents(0, 5)) })
	silently(newEvents(5, 5))
	mustAppend(t, l, newEvent(10)) // its predecessor's tag gives the hole away at once
	waitFor(t, "the hole is filled", func() bool { return w.sawAll(newEvents(0, 11)) })
	checkOnce(t, w.seen(), newEvents(0, 11))
}

// TestForeignMessages: what somebody else publishes on the channel changes nothing.
func TestForeignMessages(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	l := openLog(t, Options{URL: hub.Secret(s.URL())})
	w := follow(t, l)
	told := mustAppend(t, l, newEvents(0, 3)...)
	forged := record{position: told[2].Position, prev: told[2].Position.Tag + 1, event: `{"id":"forged"}`}
	forged.position.Seq += 5
	for _, text := range []string{"", "hello", "beat 9999999999999-0-00000001\n", written(message{records: []record{forged}})} {
		s.Do("PUBLISH", l.keys.channel, text)
	}
	mustAppend(t, l, newEvents(3, 3)...)
	waitFor(t, "all events", func() bool { return w.sawAll(newEvents(0, 6)) })
	checkOnce(t, w.seen(), newEvents(0, 6))
	if !w.live() || w.resetCount() != 0 {
		t.Errorf("live %t, %d resets", w.live(), w.resetCount())
	}
}

// TestStartsBeforeRedis: a node waits for its Redis, and its start is complete then.
func TestStartsBeforeRedis(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	mustAppend(t, openLog(t, Options{URL: hub.Secret(s.URL())}), newEvents(0, 10)...)
	g := newGate(t, "")
	l := openLog(t, Options{URL: hub.Secret("redis://" + g.addr)})
	w := &witness{}
	done := make(chan error, 1)
	go func() { done <- l.Tail(t.Context(), hub.Position{}, w) }()
	if _, err := l.Append(t.Context(), newEvents(10, 1)); err == nil {
		t.Error("an append succeeds without Redis")
	}
	if w.live() {
		t.Error("it hears what is not there")
	}
	g.open(s.Addr)
	waitFor(t, "it hears", func() bool { return w.live() && w.sawAll(newEvents(0, 10)) })
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	<-done
}

// TestSlotMoves: in a Cluster the log's slot becomes another server's while it is used.
func TestSlotMoves(t *testing.T) {
	t.Parallel()
	c := redistest.StartCluster(t)
	l := openLog(t, Options{URL: hub.Secret(c.URL()), Mode: Cluster})
	w := follow(t, l)
	mustAppend(t, l, newEvents(0, 10)...)
	for i := range 3 {
		c.MoveSlot(l.keys.log)
		appendUntilTaken(t, l, newEvents(10+i*10, 10))
	}
	waitFor(t, "all events", func() bool { return w.live() && w.sawAll(newEvents(0, 40)) })
	checkOnce(t, logtest.ReadAll(t, l, hub.Position{}), newEvents(0, 40))
	if n := w.resetCount(); n != 0 {
		t.Errorf("%d resets, though nothing was lost", n)
	}
}

// appendUntilTaken does what a spool does.
func appendUntilTaken(t *testing.T, l *Log, events []hub.Event) {
	t.Helper()
	waitFor(t, "redis takes it", func() bool {
		_, err := l.Append(t.Context(), slices.Clone(events))
		return err == nil
	})
}

// TestFailovers: by Sentinel and in a Cluster, asked for and by a killed master.
func TestFailovers(t *testing.T) {
	t.Parallel()
	t.Run("Sentinel", func(t *testing.T) {
		t.Parallel()
		g := redistest.StartSentinel(t)
		l := openLog(t, Options{URL: hub.Secret(g.URL()), Mode: Sentinel})
		w := follow(t, l)
		mustAppend(t, l, newEvents(0, 10)...)
		master := g.Failover()
		appendUntilTaken(t, l, newEvents(10, 10))
		master.Kill()
		g.WaitMaster(master)
		appendUntilTaken(t, l, newEvents(20, 10))
		waitFor(t, "all events", func() bool { return w.live() && w.sawAll(newEvents(0, 30)) })
		checkOnce(t, logtest.ReadAll(t, l, hub.Position{}), newEvents(0, 30))
	})
	t.Run("Cluster", func(t *testing.T) {
		t.Parallel()
		c := redistest.StartCluster(t)
		l := openLog(t, Options{URL: hub.Secret(c.URL()), Mode: Cluster})
		w := follow(t, l)
		mustAppend(t, l, newEvents(0, 10)...)
		c.Failover(l.keys.log).Kill()
		appendUntilTaken(t, l, newEvents(10, 10))
		waitFor(t, "all events", func() bool { return w.live() && w.sawAll(newEvents(0, 20)) })
		checkOnce(t, logtest.ReadAll(t, l, hub.Position{}), newEvents(0, 20))
	})
}

// TestPausedRedis: a server that is stopped answers nothing, and keeps every connection.
func TestPausedRedis(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	l := openLog(t, Options{URL: hub.Secret(s.URL())})
	w := follow(t, l)
	mustAppend(t, l, newEvent(0))
	s.Pause()
	began := time.Now()
	if _, err := l.Append(t.Context(), newEvents(1, 1)); err == nil {
		t.Error("a stopped Redis took an event")
	}
	t.Logf("given up after %v", time.Since(began))
	waitFor(t, "it is noticed", func() bool { return !w.live() })
	s.Resume()
	appendUntilTaken(t, l, newEvents(1, 1))
	waitFor(t, "all events", func() bool { return w.live() && w.sawAll(newEvents(0, 2)) })
	checkOnce(t, logtest.ReadAll(t, l, hub.Position{}), newEvents(0, 2))
}
