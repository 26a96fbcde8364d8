package faulttest

import (
	"fmt"
	"strings"
	"testing"

	"battlehub/hub/redislog/redistest"
)

// Another server takes over: one that has all, or one that is behind.

// succession is a master and a replica, to which the nodes are led by links, and which
// replicates over a link, too.
type succession struct {
	*alone
	master, replica *redistest.Server
	replication     *link
}

func startSuccession(t *testing.T) *succession {
	t.Helper()
	c := &succession{alone: startAlone(t)}
	c.master, c.replica = c.server, c.server.Replica()
	c.replication = startLink(t, c.master.Addr)
	host, port, _ := strings.Cut(c.replication.addr(), ":")
	c.replica.Do("REPLICAOF", host, port)
	c.master.WaitSynced(c.replica)
	return c
}

// hold keeps the replica from what the master gets from now on. Stopping its process would
// not: the kernel would take it in for it.
func (c *succession) hold() { c.replication.freeze(unknown) }

// succeed ends the master and promotes the replica. No node reaches it yet.
func (c *succession) succeed() {
	for _, l := range c.links {
		l.lead("")
	}
	c.master.Kill()
	c.replication.end()
	c.replica.Promote()
	c.server = c.replica
}

// replicaBehindShorter: the replica that is promoted lacks what was acknowledged last, and
// the nodes find a log that ends before where they stand. One client is away meanwhile, and
// comes back with a cursor of what is lost.
func replicaBehindShorter(t *testing.T) scenario {
	c := startSuccession(t)
	return scenario{nodes: 2, log: c.backend(true), loses: true, fault: func(s *stage) {
		c.hold()
		c.grow(s, c.master, c.length(c.master)+awayAnswers)
		away := c.sendAway(s)
		s.inject(c.succeed)
		s.noticed("all nodes refuse", s.allRefuse)
		s.heal(func() { c.letIn(c.links...) })
		eventually(s.t, "lost events were given back", s.someRepaired)
		away.comeBack()
	}}
}

// replicaBehindRegrown: by the time that the first node reaches the promoted replica, the
// other one has filled the lost places with other events, and more.
func replicaBehindRegrown(t *testing.T) scenario {
	c := startSuccession(t)
	return scenario{nodes: 2, log: c.backend(true), loses: true, fault: func(s *stage) {
		c.links[1].lead("") // it must not see what will be lost
		eventually(s.t, "the second node refuses", s.nodes[1].refuses)
		c.hold()
		length := c.length(c.master) + awayAnswers
		c.grow(s, c.master, length)
		away := c.sendAway(s)
		s.inject(c.succeed)
		s.noticed("all nodes refuse", s.allRefuse)
		c.letIn(c.links[1])
		c.grow(s, c.replica, length+awayAnswers)
		away.comeBack() // to either node
		s.heal(func() { c.letIn(c.links[0]) })
		eventually(s.t, "lost events were given back", s.someRepaired)
	}}
}

// sendAway makes a client leave that has all that the master has now.
func (c *succession) sendAway(s *stage) *client {
	s.t.Helper()
	away := s.clients[0]
	log := s.log(s.t)
	eventually(s.t, away.name+" has all", func() bool { return away.reached(log[len(log)-1].Position) })
	away.leave()
	return away
}

func (c *succession) letIn(links ...*link) {
	for _, l := range links {
		l.lead(c.replica.Addr)
	}
}

// grow waits until a server's log has so many entries.
func (c *succession) grow(s *stage, server *redistest.Server, entries int64) {
	s.t.Helper()
	eventually(s.t, fmt.Sprintf("%d entries in the log", entries), func() bool { return c.length(server) >= entries })
}

func (c *succession) length(of *redistest.Server) int64 { return of.Do("XLEN", logKey).(int64) }

// someRepaired reports whether any node has given Redis back what it lost.
func (s *stage) someRepaired() bool {
	for _, n := range s.nodes {
		if n.metric("battlehub_redis_repaired_events_total") > 0 {
			return true
		}
	}
	return false
}

// replicaOf: somebody makes the replica the master and the master its replica, and the
// address still leads to the old one, which goes on talking.
func replicaOf(t *testing.T) scenario {
	c := startSuccession(t)
	return scenario{nodes: 2, log: c.backend(true), loses: true, fault: func(s *stage) {
		s.inject(func() {
			c.replica.Promote()
			c.master.Follow(c.replica)
			c.server = c.replica
		})
		s.noticed("webhooks go to the spools", s.allSpool)
		s.heal(func() { c.letIn(c.links...) })
	}}
}

// sentinelFailover: the master dies, and the sentinels replace it.
func sentinelFailover(t *testing.T) scenario {
	g := redistest.StartSentinel(t)
	led := func(t *testing.T) backend {
		return backend{
			flags: func(int) []string { return redisFlags(t, g.URL(), "sentinel", true) },
			log:   streamOf(g.Current),
		}
	}
	return scenario{nodes: 2, log: led, loses: true, fault: func(s *stage) {
		old := g.Current()
		s.inject(old.Kill)
		s.noticed("all nodes have lost their subscriptions", s.allLostSubscriptions)
		s.heal(func() { g.WaitMaster(old) })
	}}
}

// clustered is a scenario over a cluster.
func clustered(t *testing.T, loses bool, fault func(*stage, *redistest.Cluster)) scenario {
	c := redistest.StartCluster(t)
	return scenario{
		nodes: 2,
		loses: loses,
		log: func(t *testing.T) backend {
			return backend{
				flags: func(int) []string { return redisFlags(t, c.URL(), "cluster", true) },
				log:   streamOf(func() *redistest.Server { return c.Owner(logKey) }),
			}
		},
		fault: func(s *stage) { fault(s, c) },
	}
}

// clusterOwnerKilled: the master that has the log dies, and its replica takes over.
func clusterOwnerKilled(t *testing.T) scenario {
	return clustered(t, true, func(s *stage, c *redistest.Cluster) {
		s.inject(c.Owner(logKey).Kill)
		s.noticed("all nodes have lost their subscriptions", s.allLostSubscriptions)
		s.heal(func() { c.Owner(logKey) })
	})
}

// clusterFailover: the replica takes over in order, and nothing is lost.
func clusterFailover(t *testing.T) scenario {
	return clustered(t, false, func(s *stage, c *redistest.Cluster) {
		s.inject(func() { c.Failover(logKey) })
		s.answered(awayAnswers)
	})
}

// clusterSlotMoved: the log moves to another master while it is written.
func clusterSlotMoved(t *testing.T) scenario {
	return clustered(t, false, func(s *stage, c *redistest.Cluster) {
		s.inject(func() { c.MoveSlot(logKey) })
		s.answered(awayAnswers)
	})
}
