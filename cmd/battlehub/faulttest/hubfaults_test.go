package faulttest

import "time"

// Faults of the nodes and of the clients: they are the same over any log.

// hubKilled kills the first node and starts it again.
func hubKilled(s *stage) {
	dropped := s.droppedFrom(s.nodes[0])
	s.inject(s.nodes[0].kill)
	s.noticed("its clients lost their connections", dropped)
	s.heal(s.nodes[0].start)
}

// hubStopped stops the first node in order, and starts it again.
func hubStopped(s *stage) {
	dropped := s.droppedFrom(s.nodes[0])
	s.inject(s.nodes[0].stop)
	s.noticed("its clients were sent away", dropped)
	s.heal(s.nodes[0].start)
}

// hubPaused stops the first node where it is for some time. Its clients wait for it.
func hubPaused(d time.Duration) func(*stage) {
	return func(s *stage) {
		n := s.nodes[0]
		s.inject(n.pause)
		s.noticed("it does not answer", func() bool { return !n.ready() })
		s.last(d)
		s.heal(n.resume)
	}
}

// everyoneReturns drops all clients at once.
func everyoneReturns(s *stage) {
	dropped := s.allDropped()
	s.inject(func() {
		for _, c := range s.clients {
			c.drop()
		}
	})
	s.noticed("all connections ended", dropped)
}

// slowClients lets one client not read at all until the node gives it up, and another one
// read slower than events come.
func slowClients(s *stage) {
	stalled, slow := s.clients[0], s.clients[1]
	s.inject(func() {
		stalled.gate.shut()
		slow.gate.narrow(time.Second / 30)
	})
	s.noticed("a client was given up", func() bool {
		closed := 0.0
		for _, n := range s.nodes {
			closed += n.metric("battlehub_sessions_closed_total", `reason="slow"`)
		}
		return closed > 0
	})
	s.heal(func() {
		stalled.gate.open()
		slow.gate.open()
	})
}

// rollingRestart stops and starts one node after the other.
func rollingRestart(s *stage) {
	dropped := s.allDropped()
	s.inject(func() {
		for _, n := range s.nodes {
			n.stop()
			n.start()
			eventually(s.t, n.name+" ready again", n.ready)
		}
	})
	s.noticed("all clients were sent away", dropped)
}
