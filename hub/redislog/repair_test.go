package redislog

import (
	"net"
	"slices"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"battlehub/hub"
	"battlehub/hub/logtest"
	"battlehub/hub/redislog/redistest"
)

// nodes opens the log as several nodes would, each followed by a witness.
func nodes(t *testing.T, n int, o Options) (logs []*Log, witnesses []*witness) {
	for range n {
		logs = append(logs, openLog(t, o))
		witnesses = append(witnesses, follow(t, logs[len(logs)-1]))
	}
	return logs, witnesses
}

// whole waits until every witness has started over, hears the log and has seen all events,
// and proves that the log has them once.
func whole(t *testing.T, l *Log, witnesses []*witness, want []hub.Event) {
	t.Helper()
	for _, w := range witnesses {
		waitFor(t, "a witness is whole again", func() bool { return w.resetCount() > 0 && w.live() && w.sawAll(want) })
	}
	entries := logtest.ReadAll(t, l, hub.Position{})
	checkOnce(t, entries, want)
	for i := range entries {
		if e := &entries[i]; e.Event != nil {
			if found, err := l.Find(t.Context(), []string{e.Event.ID}); err != nil || len(found) != 1 || len(found[0].Repeats) != 0 {
				t.Fatalf("%s: found %+v, %v: want it without repeats, since no webhook came twice", e.Event.Battle, found, err)
			}
		}
	}
}

// TestLostLogIsGivenBack: whatever way Redis loses it, the nodes append again what they have
// seen of it, once, and are told to start over.
func TestLostLogIsGivenBack(t *testing.T) {
	t.Parallel()
	cases := map[string]func(*redistest.Server){
		"FlushAll":    func(s *redistest.Server) { s.Do("FLUSHALL") },
		"DelLog":      func(s *redistest.Server) { s.Do("DEL", keysOf(prefix, logtest.App).log) },
		"KillNothing": func(s *redistest.Server) { s.Kill(); s.Restart() }, // without persistence
	}
	for name, lose := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := redistest.Start(t)
			logs, witnesses := nodes(t, 3, Options{URL: hub.Secret(s.URL())})
			mustAppend(t, logs[0], newEvents(0, 1000)...)
			for _, w := range witnesses {
				waitFor(t, "all events", func() bool { return w.sawAll(newEvents(0, 1000)) })
			}
			lose(s)
			whole(t, logs[1], witnesses, newEvents(0, 1000))
		})
	}
}

// TestLaggingReplicaIsPromoted: the promoted replica lacks what was acknowledged, has the
// same epoch, and gives the same numbers to other events. A reader by number alone would
// stall, or, once the log has regrown, miss the difference.
func TestLaggingReplicaIsPromoted(t *testing.T) {
	t.Parallel()
	for name, regrown := range map[string]int{"Shorter": 0, "SameLength": 50, "Longer": 200} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			master := redistest.Start(t)
			replica, link := gatedReplica(t, master)
			gate := newGate(t, master.Addr)
			logs, witnesses := nodes(t, 2, Options{URL: hub.Secret("redis://" + gate.addr)})
			mustAppend(t, logs[0], newEvents(0, 100)...)
			master.WaitSynced(replica)
			link.freeze()
			mustAppend(t, logs[0], newEvents(100, 50)...)
			for _, w := range witnesses {
				waitFor(t, "all events", func() bool { return w.sawAll(newEvents(0, 150)) })
			}
			gate.shut()
			master.Kill()
			link.shut()
			replica.Promote()
			others := newEvents(1000, regrown)
			if regrown > 0 { // a node that knows nothing of the lost events goes on meanwhile
				mustAppend(t, openLog(t, Options{URL: hub.Secret(replica.URL())}), others...)
			}
			gate.open(replica.Addr)
			whole(t, logs[1], witnesses, slices.Concat(newEvents(0, 150), others))
		})
	}
}

// gatedReplica is a replica whose replication can be held up. Stopping its process would not
// do: what the kernel has received for it is applied once it goes on.
func gatedReplica(t *testing.T, master *redistest.Server) (*redistest.Server, *gate) {
	link := newGate(t, master.Addr)
	host, port, err := net.SplitHostPort(link.addr)
	if err != nil {
		t.Fatal(err)
	}
	replica := redistest.Start(t, "--replicaof", host+" "+port)
	master.WaitSynced(replica)
	return replica, link
}

// TestNewNodeGivesBackWhatWasBeforeIt: the only node has just started, at the stored board,
// when Redis loses everything.
func TestNewNodeGivesBackWhatWasBeforeIt(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	o := Options{URL: hub.Secret(s.URL())}
	const before = 2*refillPage + 100
	told := mustAppend(t, openLog(t, o), newEvents(0, before)...)
	l := openLog(t, o)
	w := &witness{entries: []hub.Entry{{Position: told[before-10].Position}}}
	followAs(t, l, w)
	mustAppend(t, l, newEvents(before, 10)...)
	waitFor(t, "it has read what was before", func() bool { return l.metrics.recent.Load() > before })
	s.Do("FLUSHALL")
	whole(t, l, []*witness{w}, newEvents(0, before+10))
}

// TestRestartWithoutLossGoesOn: a new epoch that continues the old one resets nobody.
func TestRestartWithoutLossGoesOn(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, "--appendonly", "yes", "--appendfsync", "always")
	logs, witnesses := nodes(t, 2, Options{URL: hub.Secret(s.URL())})
	mustAppend(t, logs[0], newEvents(0, 100)...)
	s.Kill()
	s.Restart()
	waitFor(t, "redis is back", func() bool {
		_, err := logs[0].Append(t.Context(), newEvents(100, 1))
		return err == nil
	})
	for _, w := range witnesses {
		waitFor(t, "all events", func() bool { return w.sawAll(newEvents(0, 101)) })
		if n := w.resetCount(); n != 0 {
			t.Errorf("%d resets, though nothing was lost", n)
		}
	}
	entries := logtest.ReadAll(t, logs[0], hub.Position{})
	checkOnce(t, entries, newEvents(0, 101))
	epochs := 0
	for _, e := range entries {
		if e.Event == nil {
			epochs++
		}
	}
	if epochs != 2 {
		t.Errorf("%d epochs: want a second one since the restart", epochs)
	}
}

// TestUnheardAppendIsGivenBack: an event was acknowledged to this node, and the master died
// before it published it to anybody. The promoted replica's history continues the one that
// the tails know, so only the node that appended it can miss it.
func TestUnheardAppendIsGivenBack(t *testing.T) {
	t.Parallel()
	master := redistest.Start(t)
	replica, link := gatedReplica(t, master)
	gate := newGate(t, master.Addr)
	deaf := newGate(t, master.Addr)
	o := Options{URL: hub.Secret("redis://" + gate.addr)}
	l := openLog(t, o)
	// The tail's connections go another way, on which they can be held up.
	rewire(t, &l.subs, deaf.addr, subscribing)
	rewire(t, &l.reads, deaf.addr, reading)
	w := follow(t, l)
	mustAppend(t, l, newEvents(0, 10)...)
	waitFor(t, "the first events", func() bool { return w.sawAll(newEvents(0, 10)) })
	master.WaitSynced(replica)
	link.freeze()
	deaf.freeze()
	mustAppend(t, l, newEvents(10, 5)...)
	gate.shut()
	deaf.shut()
	master.Kill()
	link.shut()
	replica.Promote()
	gate.open(replica.Addr)
	deaf.open(replica.Addr)
	waitFor(t, "all events", func() bool { return w.sawAll(newEvents(0, 15)) })
	if n := w.resetCount(); n != 0 {
		t.Errorf("%d resets: want none, the history goes on", n)
	}
	checkOnce(t, logtest.ReadAll(t, l, hub.Position{}), newEvents(0, 15))
}

// rewire replaces one of a log's clients by one that goes another way.
func rewire(t *testing.T, s **server, addr string, p profile) {
	t.Helper()
	if err := (*s).close(); err != nil {
		t.Fatal(err)
	}
	var err error
	if *s, err = connect(&Options{URL: hub.Secret("redis://" + addr)}, p); err != nil {
		t.Fatal(err)
	}
}

// TestOnlyWhatIsLostIsGivenBack: what was trimmed by age is not missed.
func TestOnlyWhatIsLostIsGivenBack(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	logs, witnesses := nodes(t, 1, Options{URL: hub.Secret(s.URL())})
	told := mustAppend(t, logs[0], newEvents(0, 100)...)
	waitFor(t, "all events", func() bool { return witnesses[0].sawAll(newEvents(0, 100)) })
	if err := logs[0].SaveBoard(t.Context(), told[97].Position, nil); err != nil {
		t.Fatal(err)
	}
	logs[0].trim(t.Context(), time.Now().Add(time.Hour))
	// The newest entry alone is lost.
	if n := s.Do("XDEL", keysOf(prefix, logtest.App).log, streamID(told[99].Position)).(int64); n != 1 {
		t.Fatalf("deleted %d", n)
	}
	s.Do("DEL", keysOf(prefix, logtest.App).seen+newEvent(99).ID)
	mustAppend(t, logs[0], newEvent(100))
	waitFor(t, "whole again", func() bool {
		return witnesses[0].resetCount() > 0 && witnesses[0].sawAll([]hub.Event{newEvent(99), newEvent(100)})
	})
	page, err := s.Client().XRange(t.Context(), keysOf(prefix, logtest.App).log, "-", "+").Result()
	if err != nil {
		t.Fatal(err)
	}
	if events := countEvents(page); events != 4 {
		t.Errorf("the log has %d events: want the two that were kept, the lost one and the new one", events)
	}
}

func countEvents(page []redis.XMessage) (n int) {
	for _, m := range page {
		if m.Values["event"] != "" {
			n++
		}
	}
	return n
}
