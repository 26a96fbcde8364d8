package faulttest

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"
)

// scenario is one fault and the surroundings in which it happens.
type scenario struct {
	log        func(t *testing.T) backend // default: embedded, each node on its own disk
	nodes      int                        // default: 1
	moderators int                        // default: 4
	owners     int                        // default: 4
	rate       int                        // webhooks a second; default: 40
	before     int                        // answered OK before the fault; default: 90
	after      int                        // answered OK after it; default: 45
	loses      bool                       // the log may lose what it had: only then may clients be told of gaps
	fault      func(*stage)
}

// backend is the log of a scenario: what the nodes are to be told to use it, and how the
// tests read the truth from it.
type backend struct {
	flags func(node int) []string
	log   finalLog // nil: followed over the wire from the first node
}

// finalLog reads all that the log holds.
type finalLog func(t *testing.T) []entry

// stage is a running scenario.
type stage struct {
	t       *testing.T
	name    string
	nodes   []*node
	clients []*client
	load    *load
	log     finalLog

	injectedAt, healedAt time.Time
	noticedIn, wholeIn   time.Duration
}

func (sc scenario) withDefaults() scenario {
	sc.nodes, sc.rate = cmp.Or(sc.nodes, 1), cmp.Or(sc.rate, 40)
	sc.moderators, sc.owners = cmp.Or(sc.moderators, 4), cmp.Or(sc.owners, 4)
	sc.before, sc.after = cmp.Or(sc.before, 90), cmp.Or(sc.after, 45)
	if sc.log == nil {
		sc.log = onDisk
	}
	return sc
}

// onDisk is the embedded log.
func onDisk(t *testing.T) backend {
	return backend{flags: func(int) []string { return []string{"--data-dir", t.TempDir()} }}
}

// play runs a scenario and checks everything.
func play(t *testing.T, name string, sc scenario) {
	sc = sc.withDefaults()
	s := &stage{t: t, name: name}
	s.start(sc)
	s.answered(sc.before)
	sc.fault(s)
	s.whole()
	s.answered(sc.after)
	s.load.stop()
	s.settle()
	s.judge()
	if n := s.gapsTold(); n > 0 && !sc.loses {
		t.Errorf("clients were told of %d gaps, though nothing was lost", n)
	}
}

func skipShort(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("faults take their time")
	}
}

// start starts the log, the nodes, the clients and the load, in that order.
func (s *stage) start(sc scenario) {
	b := sc.log(s.t)
	for i := range sc.nodes {
		s.nodes = append(s.nodes, startNode(s.t, fmt.Sprintf("node-%d", i), append(b.flags(i), "--drain", "1s")...))
	}
	eventually(s.t, "all nodes ready", s.allReady)
	if s.log = b.log; s.log == nil {
		s.log = followed(s.t, s.nodes[0])
	}
	for i := range sc.moderators {
		s.clients = append(s.clients, startClient(s.t, fmt.Sprintf("moderator-%d", i), s.nodes, i%sc.nodes, nil))
	}
	for i := range sc.owners {
		rooms := []string{room(4 * i), room(4*i + 2)}
		s.clients = append(s.clients, startClient(s.t, fmt.Sprintf("owner-%d", i), s.nodes, i%sc.nodes, rooms))
	}
	eventually(s.t, "all clients have their first snapshot", func() bool {
		return !slices.ContainsFunc(s.clients, func(c *client) bool { return c.position().IsZero() })
	})
	s.load = startLoad(s.t, s.name, s.nodes, sc.rate)
}

// answered waits until so many more webhooks were answered OK.
func (s *stage) answered(more int) {
	s.t.Helper()
	goal := s.load.count(answeredOK) + more
	eventually(s.t, fmt.Sprintf("%d more webhooks answered OK", more), func() bool { return s.load.count(answeredOK) >= goal })
}

// inject brings the fault about.
func (s *stage) inject(fault func()) {
	s.t.Helper()
	s.injectedAt = time.Now()
	fault()
}

// noticed waits until the fault shows.
func (s *stage) noticed(what string, holds func() bool) {
	s.t.Helper()
	eventually(s.t, "noticed: "+what, holds)
	s.noticedIn = time.Since(s.injectedAt)
}

// heal takes the fault away.
func (s *stage) heal(heal func()) {
	s.t.Helper()
	s.healedAt = time.Now()
	heal()
}

// whole waits until every node is ready and every client has all that the log has by then,
// while the load goes on.
func (s *stage) whole() {
	s.t.Helper()
	eventually(s.t, "all nodes ready again", s.allReady)
	goals := s.goals(s.log(s.t))
	eventually(s.t, "all clients caught up", func() bool { return len(s.behind(goals)) == 0 })
	if began := cmp.Or(s.healedAt, s.injectedAt); !began.IsZero() {
		s.wholeIn = time.Since(began)
	}
}

// last waits for d to pass while a fault goes on: the length of the fault, not a wait for
// something to happen.
func (s *stage) last(d time.Duration) { pause(s.t.Context(), d) }

func (s *stage) allReady() bool {
	return !slices.ContainsFunc(s.nodes, func(n *node) bool { return !n.ready() })
}

// allRefuse reports whether every node says that it is not ready.
func (s *stage) allRefuse() bool {
	return !slices.ContainsFunc(s.nodes, func(n *node) bool { return !n.refuses() })
}

// allDropped returns a condition: every client has lost a connection since.
func (s *stage) allDropped() func() bool { return lost(s.clients) }

// droppedFrom returns a condition: every client that is on the node now has lost a
// connection since.
func (s *stage) droppedFrom(n *node) func() bool {
	return lost(slices.DeleteFunc(slices.Clone(s.clients), func(c *client) bool { return c.at() != n.name }))
}

func lost(clients []*client) func() bool {
	before := map[*client]int{}
	for _, c := range clients {
		before[c] = c.dropped()
	}
	return func() bool {
		return !slices.ContainsFunc(clients, func(c *client) bool { return c.dropped() == before[c] })
	}
}
