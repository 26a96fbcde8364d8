package faulttest

import (
	"testing"
	"time"
)

// Faults of a Redis server.

// longFault is how long faults last that are longer than all timeouts.
const longFault = 10 * time.Second

// awayAnswers is how many webhooks are answered OK while Redis is away, so that the spool
// has something to give back.
const awayAnswers = 45

// redisKilledWithAOF: the server is killed and comes back with all it had.
func redisKilledWithAOF(t *testing.T) scenario {
	return redisKilled(startAlone(t, "--appendonly", "yes", "--appendfsync", "always"), false)
}

// redisKilledWithoutAOF: the server is killed and comes back empty. What it had, the nodes
// still have.
func redisKilledWithoutAOF(t *testing.T) scenario { return redisKilled(startAlone(t), true) }

func redisKilled(a *alone, loses bool) scenario {
	return scenario{nodes: 2, log: a.backend(true), loses: loses, fault: func(s *stage) {
		s.inject(a.server.Kill)
		s.noticed("all nodes refuse", s.allRefuse)
		s.answered(awayAnswers)
		s.heal(a.server.Start)
	}}
}

// redisKilledWithoutSpool: nodes without a disk refuse what they cannot keep.
func redisKilledWithoutSpool(t *testing.T) scenario {
	a := startAlone(t, "--appendonly", "yes", "--appendfsync", "always")
	return scenario{nodes: 2, log: a.backend(false), fault: func(s *stage) {
		s.inject(a.server.Kill)
		s.noticed("webhooks are refused", s.someRefused)
		eventually(s.t, "all nodes refuse", s.allRefuse)
		s.heal(a.server.Start)
	}}
}

// redisPaused: the server is there and does not answer.
func redisPaused(t *testing.T) scenario {
	a := startAlone(t)
	return scenario{nodes: 2, log: a.backend(true), fault: func(s *stage) {
		s.inject(a.server.Pause)
		s.noticed("all nodes refuse", s.allRefuse)
		s.last(longFault - time.Since(s.injectedAt))
		s.heal(a.server.Resume)
	}}
}

// redisFull: the server's memory is used up, and it takes nothing more.
func redisFull(t *testing.T) scenario {
	a := startAlone(t)
	return scenario{nodes: 2, log: a.backend(true), fault: func(s *stage) {
		s.inject(a.fill)
		s.noticed("webhooks go to the spools", s.allSpool)
		s.answered(awayAnswers)
		s.heal(a.makeRoom)
	}}
}

func redisFullWithoutSpool(t *testing.T) scenario {
	a := startAlone(t)
	return scenario{nodes: 2, log: a.backend(false), fault: func(s *stage) {
		s.inject(a.fill)
		s.noticed("webhooks are refused", s.someRefused)
		s.heal(a.makeRoom)
	}}
}

// fill leaves the server less memory than it uses already.
func (a *alone) fill() {
	a.server.Do("CONFIG", "SET", "maxmemory-policy", "noeviction")
	a.server.Do("CONFIG", "SET", "maxmemory", "1mb")
}

func (a *alone) makeRoom() { a.server.Do("CONFIG", "SET", "maxmemory", "0") }

// redisFlushed: somebody empties the server.
func redisFlushed(t *testing.T) scenario { return redisTold(t, "FLUSHALL") }

// redisLogDeleted: the log alone is gone; what was known of the events is still there.
func redisLogDeleted(t *testing.T) scenario { return redisTold(t, "DEL", logKey) }

// redisTold makes the server lose its log. One client is away meanwhile, and comes back
// with a cursor of what is lost.
func redisTold(t *testing.T, command ...any) scenario {
	a := startAlone(t)
	return scenario{nodes: 2, log: a.backend(true), loses: true, fault: func(s *stage) {
		away := s.clients[0]
		away.leave()
		s.inject(func() { a.server.Do(command...) })
		s.noticed("all other moderators are told of a gap", func() bool { return s.moderatorsTold(away) })
		s.heal(away.comeBack)
	}}
}

// redisScriptsFlushed: the scripts are gone. Nobody but the log should notice.
func redisScriptsFlushed(t *testing.T) scenario {
	a := startAlone(t)
	return scenario{nodes: 2, log: a.backend(true), fault: func(s *stage) {
		s.inject(func() { a.server.Do("SCRIPT", "FLUSH") })
		s.answered(awayAnswers)
	}}
}

// someRefused reports whether any webhook was refused with 503.
func (s *stage) someRefused() bool { return s.load.count(unavailable) > 0 }

// allSpool reports whether every node has put something into its spool.
func (s *stage) allSpool() bool {
	for _, n := range s.nodes {
		if n.metric("battlehub_spool_taken_total") == 0 {
			return false
		}
	}
	return true
}

// gapsTold counts the gaps that all clients were told.
func (s *stage) gapsTold() (n int) {
	for _, c := range s.clients {
		n += c.gaps()
	}
	return n
}

// moderatorsTold reports whether every moderator but one was told of a gap.
func (s *stage) moderatorsTold(but *client) bool {
	for _, c := range s.clients {
		if c.rooms == nil && c != but && c.gaps() == 0 {
			return false
		}
	}
	return true
}
