package redistest

import (
	"errors"
	"fmt"
	"time"
)

// Owner returns the master that has the key's slot. It waits until all running nodes
// agree on one that runs: after Kill or Pause, until the replica has taken over.
func (c *Cluster) Owner(key string) *Server {
	c.t.Helper()
	var owner *Server
	c.await("an owner of "+key, func() error {
		var err error
		owner, err = c.owner(key)
		return err
	})
	return owner
}

// owner returns the master on which all running nodes agree now.
func (c *Cluster) owner(key string) (*Server, error) {
	var owner *Server
	err := c.everyNode(func(s *Server) error {
		o, err := c.ownerBy(s, key)
		if err != nil {
			return err
		}
		if owner != nil && owner != o {
			return fmt.Errorf("the owner is %s, which for another node is %s", o.Addr, owner.Addr)
		}
		owner = o
		return nil
	})
	switch {
	case err != nil:
		return nil, err
	case owner == nil:
		return nil, errors.New("no node runs")
	case !owner.Running():
		return nil, fmt.Errorf("the owner %s does not run", owner.Addr)
	}
	return owner, nil
}

// ownerBy returns the owner of the key's slot by what one node says.
func (c *Cluster) ownerBy(s *Server, key string) (*Server, error) {
	slot, err := s.do("CLUSTER", "KEYSLOT", key)
	if err != nil {
		return nil, err
	}
	known, err := nodesBy(s)
	if err != nil {
		return nil, err
	}
	for id, n := range known {
		if n.hasSlot(int(slot.(int64))) {
			return c.byID(id)
		}
	}
	return nil, fmt.Errorf("nobody has slot %v", slot)
}

func (c *Cluster) byID(id string) (*Server, error) {
	for s, own := range c.ids {
		if own == id {
			return s, nil
		}
	}
	return nil, fmt.Errorf("the cluster has a stranger: %s", id)
}

// ReplicaOf returns the running replica of a master, which need not run. It waits until
// there is one.
func (c *Cluster) ReplicaOf(s *Server) *Server {
	c.t.Helper()
	var replica *Server
	c.await("a replica of "+s.Addr, func() error {
		for _, r := range running(c.Nodes) {
			known, err := nodesBy(r)
			if err != nil {
				return err
			}
			if known[c.ids[r]].master == c.ids[s] {
				replica = r
				return nil
			}
		}
		return errors.New("no node says it is one")
	})
	return replica
}

// Failover has the replica of the key's owner take its place, and returns the replica,
// which is the owner now.
func (c *Cluster) Failover(key string) *Server {
	c.t.Helper()
	old := c.Owner(key)
	replica := c.ReplicaOf(old)
	var tried time.Time
	c.await("failover to "+replica.Addr, func() error {
		// The replica gives up after five seconds. Asked earlier, it would start anew.
		if time.Since(tried) > 6*time.Second {
			tried = time.Now()
			if _, err := replica.do("CLUSTER", "FAILOVER"); err != nil && !c.isMaster(replica) {
				tried = time.Time{}
				return err
			}
		}
		now, err := c.owner(key)
		if err == nil && now != replica {
			err = fmt.Errorf("the owner is still %s", now.Addr)
		}
		return err
	})
	return replica
}

// isMaster tells whether the node says that it is a master.
func (c *Cluster) isMaster(s *Server) bool {
	known, err := nodesBy(s)
	return err == nil && known[c.ids[s]].is("master")
}
