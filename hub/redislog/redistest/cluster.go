package redistest

import (
	"errors"
	"fmt"
	"net/url"
	"testing"
)

// slots is the number of hash slots of every cluster.
const slots = 16384

// Cluster is a cluster of three masters and a replica of each. A node that does not
// answer for a second fails for the others, and a replica takes its place.
type Cluster struct {
	Nodes []*Server // the masters at the start, then the replicas in the same order

	t   testing.TB
	ids map[*Server]string // the nodes' own names in the cluster
}

// StartCluster starts a cluster, and returns when every node knows all others, their
// slots and their masters, and every replica is in sync.
func StartCluster(t testing.TB) *Cluster {
	t.Helper()
	c := &Cluster{t: t, ids: make(map[*Server]string)}
	for range 6 {
		s := start(t, setup{conf: append(dataConf(), clusterConf()...)})
		c.Nodes = append(c.Nodes, s)
		c.ids[s] = fmt.Sprint(s.Do("CLUSTER", "MYID"))
	}
	c.assign()
	c.meet()
	c.replicate()
	return c
}

func clusterConf() []string {
	return []string{
		"cluster-enabled yes",
		"cluster-config-file nodes.conf",
		"cluster-node-timeout 1000",
		"cluster-announce-ip 127.0.0.1",
		// Who replicates whom is the test's to say.
		"cluster-allow-replica-migration no",
	}
}

// assign deals the slots to the masters. Epochs of their own spare the nodes the settling
// of conflicts when they meet.
func (c *Cluster) assign() {
	c.t.Helper()
	for i, s := range c.Nodes {
		s.Do("CLUSTER", "SET-CONFIG-EPOCH", i+1)
	}
	for i, s := range c.Nodes[:3] {
		s.Do("CLUSTER", "ADDSLOTSRANGE", i*slots/3, (i+1)*slots/3-1)
	}
}

// meet makes the nodes known to each other. The first node would tell the others in time;
// that each meets each is faster.
func (c *Cluster) meet() {
	c.t.Helper()
	for i, s := range c.Nodes {
		for _, other := range c.Nodes[:i] {
			s.Do("CLUSTER", "MEET", "127.0.0.1", other.Port)
		}
	}
	c.await("nodes to meet", func() error {
		return c.everyNode(func(s *Server) error { return c.knowsAll(s) })
	})
}

// replicate gives each master its replica.
func (c *Cluster) replicate() {
	c.t.Helper()
	masters, replicas := c.Nodes[:3], c.Nodes[3:]
	for i, r := range replicas {
		r.Do("CLUSTER", "REPLICATE", c.ids[masters[i]])
	}
	for i, r := range replicas {
		masters[i].WaitSynced(r)
	}
	c.await("nodes to agree", func() error {
		return c.everyNode(func(s *Server) error {
			return errors.Join(c.knowsAll(s), stateOK(s), hasShards(s))
		})
	})
}

// everyNode asks all nodes that can answer.
func (c *Cluster) everyNode(ask func(*Server) error) error {
	for _, s := range running(c.Nodes) {
		if err := ask(s); err != nil {
			return fmt.Errorf("node %s: %w", s.Addr, err)
		}
	}
	return nil
}

// knowsAll tells which node is no good to another one.
func (c *Cluster) knowsAll(s *Server) error {
	known, err := nodesBy(s)
	if err != nil {
		return err
	}
	for other, id := range c.ids {
		n, ok := known[id]
		if !ok || !n.connected || n.is("fail?") || n.is("fail") || n.is("handshake") {
			return fmt.Errorf("knows %s as %+v", other.Addr, n)
		}
	}
	if len(known) != len(c.ids) {
		return fmt.Errorf("knows %d nodes", len(known))
	}
	return nil
}

// stateOK tells whether the node serves the cluster's keys.
func stateOK(s *Server) error {
	v, err := s.do("CLUSTER", "INFO")
	if err == nil && fields(fmt.Sprint(v))["cluster_state"] != "ok" {
		err = fmt.Errorf("it says: %v", v)
	}
	return err
}

// hasShards tells whether the node has every slot with a master and a replica.
func hasShards(s *Server) error {
	known, err := nodesBy(s)
	if err != nil {
		return err
	}
	covered := 0
	for _, replica := range known {
		covered += known[replica.master].slotCount()
	}
	if covered != slots {
		return fmt.Errorf("it has %d slots with a replica: %+v", covered, known)
	}
	return nil
}

// URL returns the nodes' addresses in the form of redis.ParseClusterURL.
func (c *Cluster) URL() string {
	q := url.Values{}
	for _, s := range c.Nodes[1:] {
		q.Add("addr", s.Addr)
	}
	return "redis://" + c.Nodes[0].Addr + "?" + q.Encode()
}

func (c *Cluster) await(what string, try func() error) {
	c.t.Helper()
	await(c.t, what, c.Nodes, try)
}
