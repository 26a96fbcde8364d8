package faulttest

import (
	"slices"
	"time"

	"battlehub/hub"
)

// settleTime is how long everyone may take to catch up once the load has ended.
const settleTime = 60 * time.Second

// settle waits until nothing more is to come: the log stands still and has all that was
// acknowledged, and every node and every client has all of the log. If that does not come
// about, the checker will say what is missing.
func (s *stage) settle() {
	s.t.Helper()
	length := -1
	if !within(settleTime, func() bool {
		log := s.log(s.t)
		still := len(log) == length
		length = len(log)
		return still && s.unlogged(log) == 0 && s.nodesAt(log) && len(s.behind(s.goals(log))) == 0
	}) {
		log := s.log(s.t)
		s.t.Errorf("not settled within %v: %d acknowledged webhooks are not in the log, all nodes at its end: %v, left behind: %v",
			settleTime, s.unlogged(log), s.nodesAt(log), s.behind(s.goals(log)))
	}
}

// goals are where each client stands that has all of the log.
func (s *stage) goals(log []entry) map[*client]hub.Position {
	goals := map[*client]hub.Position{}
	places := index(log)
	for _, c := range s.clients {
		goals[c] = places.seenBy(c.rooms).last()
	}
	return goals
}

// behind names the clients that have not reached their goals.
func (s *stage) behind(goals map[*client]hub.Position) (names []string) {
	for _, c := range s.clients {
		if !c.reached(goals[c]) {
			names = append(names, c.name)
		}
	}
	return names
}

// unlogged counts the webhooks that were answered OK and are not in the log.
func (s *stage) unlogged(log []entry) (n int) {
	logged := map[string]bool{}
	for _, e := range log {
		if e.Event != nil {
			logged[e.Event.ID] = true
		}
	}
	for _, h := range s.load.answered() {
		if h.answer == answeredOK && !logged[h.id] {
			n++
		}
	}
	return n
}

// nodesAt reports whether every node has applied all of the log.
func (s *stage) nodesAt(log []entry) bool {
	if len(log) == 0 {
		return true
	}
	end := log[len(log)-1].Position
	return !slices.ContainsFunc(s.nodes, func(n *node) bool {
		_, at, err := n.board()
		return err != nil || at.Compare(end) < 0
	})
}

// judge ends the clients and checks everything that was seen.
func (s *stage) judge() {
	s.t.Helper()
	r := &run{log: s.log(s.t), hooks: s.load.answered()}
	for _, n := range s.nodes {
		b, _, err := n.board()
		if err != nil {
			s.t.Error(err)
			continue
		}
		r.boards = append(r.boards, b)
	}
	s.tell() // while the nodes can still be asked
	for _, c := range s.clients {
		c.stop()
		r.clients = append(r.clients, c.told())
	}
	const most = 30
	all := check(r)
	for _, v := range all[:min(len(all), most)] {
		s.t.Error(v)
	}
	if len(all) > most {
		s.t.Errorf("and %d more", len(all)-most)
	}
}
