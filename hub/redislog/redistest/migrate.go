package redistest

import (
	"fmt"
)

// MoveSlot moves the key's slot, with all of its keys, to another master, and returns
// that one. Clients may go on meanwhile.
func (c *Cluster) MoveSlot(key string) *Server {
	c.t.Helper()
	from := c.Owner(key)
	to := c.otherMaster(from)
	slot := from.Do("CLUSTER", "KEYSLOT", key).(int64)
	to.Do("CLUSTER", "SETSLOT", slot, "IMPORTING", c.ids[from])
	from.Do("CLUSTER", "SETSLOT", slot, "MIGRATING", c.ids[to])
	for migrate(from, to, slot) {
	}
	c.handOver(slot, from, to)
	c.await(fmt.Sprintf("slot %d at %s", slot, to.Addr), func() error {
		now, err := c.owner(key)
		if err == nil && now != to {
			err = fmt.Errorf("it is at %s", now.Addr)
		}
		return err
	})
	return to
}

func (c *Cluster) otherMaster(than *Server) *Server {
	c.t.Helper()
	for _, s := range running(c.Nodes) {
		if s != than && c.isMaster(s) {
			return s
		}
	}
	c.t.Fatal("no other master runs")
	return nil
}

// migrate moves some of the slot's keys, and tells whether there were any. New ones are
// made at the other master only.
func migrate(from, to *Server, slot int64) bool {
	from.t.Helper()
	keys := from.Do("CLUSTER", "GETKEYSINSLOT", slot, 100).([]any)
	if len(keys) == 0 {
		return false
	}
	args := []any{"MIGRATE", "127.0.0.1", to.Port, "", 0, patience.Milliseconds(), "KEYS"}
	from.Do(append(args, keys...)...)
	return true
}

// handOver makes the move known: first to the new owner, so that the slot is never
// without one, and then to the other masters. The replicas learn it from them.
func (c *Cluster) handOver(slot int64, from, to *Server) {
	c.t.Helper()
	to.Do("CLUSTER", "SETSLOT", slot, "NODE", c.ids[to])
	from.Do("CLUSTER", "SETSLOT", slot, "NODE", c.ids[to])
	for _, s := range running(c.Nodes) {
		if s != to && s != from && c.isMaster(s) {
			s.Do("CLUSTER", "SETSLOT", slot, "NODE", c.ids[to])
		}
	}
}
