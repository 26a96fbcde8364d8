package faulttest

import (
	"fmt"
	"strings"
	"testing"

	"battlehub/hub"
)

// Faults of the connections to Redis.

// subscribersKilled: Redis ends all subscriptions.
func subscribersKilled(t *testing.T) scenario {
	a := startAlone(t)
	return scenario{nodes: 2, log: a.backend(true), fault: func(s *stage) {
		s.inject(func() { a.server.Do("CLIENT", "KILL", "TYPE", "pubsub") })
		s.noticed("all nodes have lost their subscriptions", s.allLostSubscriptions)
	}}
}

// subscribersOverflow: what is published exceeds what Redis buffers for a subscriber.
func subscribersOverflow(t *testing.T) scenario {
	a := startAlone(t)
	return scenario{nodes: 2, log: a.backend(true), fault: func(s *stage) {
		s.inject(func() {
			a.server.Do("CONFIG", "SET", "client-output-buffer-limit", "pubsub 4096 0 0")
			s.burst(30)
		})
		s.noticed("all nodes have lost their subscriptions", s.allLostSubscriptions)
		s.heal(func() { a.server.Do("CONFIG", "SET", "client-output-buffer-limit", "pubsub 32mb 8mb 60") })
	}}
}

// burst sends webhooks at once that are much larger than usual.
func (s *stage) burst(n int) {
	for i := range n {
		b := newBattle(fmt.Sprintf("%s burst %d", s.name, i), room(i), room(i+1))
		b.extra = strings.Repeat("large ", 2700)
		s.load.send(b, hub.KindCreated, s.nodes[i%len(s.nodes)])
	}
}

// allLostSubscriptions reports whether every node has lost a subscription since it started.
// Unlike that it refuses, this stays true once the fault has passed by itself.
func (s *stage) allLostSubscriptions() bool {
	for _, n := range s.nodes {
		if n.metric("battlehub_redis_subscriptions_lost_total") == 0 {
			return false
		}
	}
	return true
}

// subscriberDeaf: the first node's subscription is open and nothing comes through it.
func subscriberDeaf(t *testing.T) scenario {
	a := startAlone(t)
	return scenario{nodes: 2, log: a.backend(true), fault: func(s *stage) {
		s.inject(func() { a.links[0].freeze(subscriber) })
		s.noticed("the node refuses", s.nodes[0].refuses)
		eventually(s.t, "the other node is ready", s.nodes[1].ready)
		s.answered(awayAnswers)
		s.heal(func() { a.links[0].thaw(subscriber) })
	}}
}

// appenderMute: what the first node appends goes nowhere, or only much later.
func appenderMute(t *testing.T) scenario {
	a := startAlone(t)
	return scenario{nodes: 2, log: a.backend(true), fault: func(s *stage) {
		s.inject(func() { a.links[0].freeze(appender) })
		s.noticed("webhooks go to the spool", func() bool { return s.nodes[0].metric("battlehub_spool_taken_total") > 0 })
		s.answered(2 * awayAnswers)
		s.heal(func() { a.links[0].thaw(appender) })
	}}
}

// linkDead: nothing passes between the first node and Redis, and all of its connections
// are open.
func linkDead(t *testing.T) scenario {
	a := startAlone(t)
	return scenario{nodes: 2, log: a.backend(true), fault: func(s *stage) {
		s.inject(func() { a.links[0].each((*gate).shut) })
		s.noticed("the node refuses", s.nodes[0].refuses)
		s.answered(awayAnswers)
		s.heal(func() { a.links[0].each((*gate).open) })
	}}
}

// throughToxics is a scenario in which all nodes reach Redis through toxiproxy.
func throughToxics(t *testing.T, fault func(*stage, *toxics)) scenario {
	a := startAlone(t)
	x := startToxics(t, a.server.Addr)
	return scenario{
		nodes: 2,
		log: func(t *testing.T) backend {
			b := a.backend(true)(t)
			b.flags = func(int) []string { return redisFlags(t, "redis://"+x.addr(), "standalone", true) }
			return b
		},
		fault: func(s *stage) { fault(s, x) },
	}
}

// connectionsReset: every answer of Redis resets the connection, so that no one knows what
// has been done.
func connectionsReset(t *testing.T) scenario {
	return throughToxics(t, func(s *stage, x *toxics) {
		s.inject(func() { x.add("reset_peer", map[string]int{"timeout": 0}) })
		s.noticed("all nodes refuse", s.allRefuse)
		s.answered(awayAnswers)
		s.heal(func() { x.remove("reset_peer") })
	})
}

// connectionsSliced: what Redis answers and publishes comes in small pieces.
func connectionsSliced(t *testing.T) scenario {
	return throughToxics(t, func(s *stage, x *toxics) {
		s.inject(func() {
			x.add("slicer", map[string]int{"average_size": 64, "size_variation": 48, "delay": 50})
		})
		s.answered(2 * awayAnswers)
		eventually(s.t, "all nodes ready, since everything arrives", s.allReady)
		s.heal(func() { x.remove("slicer") })
	})
}

// hubBeforeRedis: a node starts when there is no Redis yet.
func hubBeforeRedis(t *testing.T) scenario {
	a := startAlone(t, "--appendonly", "yes", "--appendfsync", "always")
	return scenario{nodes: 2, log: a.backend(true), fault: func(s *stage) {
		s.nodes[0].kill()
		s.inject(func() {
			a.server.Kill()
			s.nodes[0].start()
		})
		s.noticed("all nodes refuse", s.allRefuse)
		s.answered(awayAnswers)
		s.heal(a.server.Start)
	}}
}
