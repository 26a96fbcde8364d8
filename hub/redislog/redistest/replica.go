package redistest

import (
	"fmt"
	"strconv"
	"strings"
)

// Replica starts a replica of the server, and returns when it is in sync. Arguments are
// as for the package's Start.
func (s *Server) Replica(args ...string) *Server {
	s.t.Helper()
	r := start(s.t, setup{conf: dataConf(), args: args, tls: s.tls})
	r.Follow(s)
	s.WaitSynced(r)
	return r
}

// Follow makes the server a replica of another one, for good: it remains one when it is
// restarted. It does not wait for the sync.
func (s *Server) Follow(master *Server) {
	s.t.Helper()
	s.Do("REPLICAOF", "127.0.0.1", master.Port)
	s.Do("CONFIG", "REWRITE")
}

// Promote makes a replica a master, for good. It does not tell the old master, nor other
// replicas.
func (s *Server) Promote() {
	s.t.Helper()
	s.Do("REPLICAOF", "NO", "ONE")
	s.Do("CONFIG", "REWRITE")
}

// WaitSynced waits until the replica has everything that the server has now, and the
// server counts it as a replica.
func (s *Server) WaitSynced(r *Server) {
	s.t.Helper()
	var goal int64
	known := false
	what := fmt.Sprintf("replica %s of %s to be in sync", r.Addr, s.Addr)
	await(s.t, what, []*Server{s, r}, func() error {
		master, err := s.info("replication")
		if err != nil {
			return err
		}
		if !known {
			goal, known = number(master["master_repl_offset"]), true
		}
		if !lists(master, r) {
			return fmt.Errorf("its master does not count it as a replica: %v", master)
		}
		return r.synced(master["master_replid"], goal)
	})
}

// synced tells why the replica is not in sync with the given history up to the goal.
func (s *Server) synced(history string, goal int64) error {
	info, err := s.info("replication")
	if err != nil {
		return err
	}
	switch {
	case info["role"] != "slave" || info["master_link_status"] != "up":
		return fmt.Errorf("it has no link to its master: %v", info)
	case info["master_replid"] != history:
		return fmt.Errorf("its history %s is not %s", info["master_replid"], history)
	case number(info["slave_repl_offset"]) < goal:
		return fmt.Errorf("it is at %s, not yet at %d", info["slave_repl_offset"], goal)
	}
	return nil
}

// lists tells whether a master's INFO has the replica, in sync, among its own.
func lists(master map[string]string, r *Server) bool {
	want := fmt.Sprintf("port=%d,state=online,", r.Port)
	for name, value := range master {
		if strings.HasPrefix(name, "slave") && strings.Contains(value, want) {
			return true
		}
	}
	return false
}

// number reads a field of INFO. One that is missing is zero.
func number(s string) int64 {
	n, _ := strconv.ParseInt(s, 10, 64)
	return n
}
