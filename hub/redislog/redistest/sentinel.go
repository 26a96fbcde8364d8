package redistest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
)

// masterName is what the sentinels call the master they watch.
const masterName = "battles"

// Sentinel is a master with two replicas, and three sentinels that watch them. Two of
// the sentinels suffice to replace the master, once it has not answered for a second.
type Sentinel struct {
	Master    *Server   // the master at the start
	Replicas  []*Server // its replicas at the start
	Sentinels []*Server

	t testing.TB
}

// StartSentinel starts the servers and sentinels, and returns when all of them know each
// other.
func StartSentinel(t testing.TB) *Sentinel {
	t.Helper()
	g := &Sentinel{t: t, Master: Start(t)}
	// A sentinel asks a server for its replicas at once, and then each ten seconds: they
	// are better there before.
	g.Replicas = []*Server{g.Master.Replica(), g.Master.Replica()}
	for range 3 {
		g.Sentinels = append(g.Sentinels, startSentinel(t, g.Master.Port))
	}
	g.await("sentinels to know each other", g.complete)
	return g
}

func startSentinel(t testing.TB, master int) *Server {
	t.Helper()
	return start(t, setup{
		conf: []string{
			fmt.Sprintf("sentinel monitor %s 127.0.0.1 %d 2", masterName, master),
			"sentinel down-after-milliseconds " + masterName + " 1000",
			"sentinel failover-timeout " + masterName + " 3000",
			"sentinel parallel-syncs " + masterName + " 1",
		},
		args: []string{"--sentinel"},
	})
}

// URL returns the sentinels' addresses in the form of redis.ParseFailoverURL.
func (g *Sentinel) URL() string {
	q := url.Values{"master_name": {masterName}}
	for _, s := range g.Sentinels[1:] {
		q.Add("addr", s.Addr)
	}
	return "redis://" + g.Sentinels[0].Addr + "/0?" + q.Encode()
}

// Current returns the server that is the master by what the first running sentinel says.
func (g *Sentinel) Current() *Server {
	g.t.Helper()
	running := g.running()
	if len(running) == 0 {
		g.t.Fatal("no sentinel runs")
	}
	s, err := g.masterBy(running[0])
	if err != nil {
		g.t.Fatalf("the current master: %v\n%s", err, running[0].logTail())
	}
	return s
}

// Failover has the sentinels replace the master, and returns as WaitMaster does.
func (g *Sentinel) Failover() *Server {
	g.t.Helper()
	old := g.Current()
	leader := g.running()[0]
	g.await("failover to start", func() error { return g.begin(leader, old) })
	return g.waitMaster(old, func() error { return g.begin(leader, old) })
}

// WaitMaster waits until all running sentinels, and the server itself, say that another
// one than old is the master. It returns that one.
func (g *Sentinel) WaitMaster(old *Server) *Server {
	g.t.Helper()
	return g.waitMaster(old, func() error { return nil })
}

// waitMaster calls again before each try.
func (g *Sentinel) waitMaster(old *Server, again func() error) *Server {
	g.t.Helper()
	var next *Server
	g.await("another master", func() error {
		if err := again(); err != nil {
			return err
		}
		var err error
		next, err = g.agreed(old)
		return err
	})
	return next
}

// begin starts a failover, unless the sentinel has replaced old already or is at it. One
// that is refused, because the last one is not over, or given up, because the machine is
// busy, has to be started again.
func (g *Sentinel) begin(leader, old *Server) error {
	now, err := g.masterBy(leader)
	if err != nil || now != old {
		return err
	}
	state, err := stateOf(leader)
	if err != nil || strings.Contains(state["flags"], "failover_in_progress") {
		return err
	}
	_, err = leader.do("SENTINEL", "FAILOVER", masterName)
	return err
}

// agreed returns the master that is not old, if there is no other opinion.
func (g *Sentinel) agreed(old *Server) (*Server, error) {
	var next *Server
	for _, s := range g.running() {
		m, err := g.masterBy(s)
		switch {
		case err != nil:
			return nil, err
		case m == old:
			return nil, fmt.Errorf("by sentinel %s it is still %s", s.Addr, old.Addr)
		case next != nil && m != next:
			return nil, fmt.Errorf("sentinels name both %s and %s", m.Addr, next.Addr)
		}
		next = m
	}
	if next == nil {
		return nil, errors.New("no sentinel runs")
	}
	info, err := next.info("replication")
	if err == nil && info["role"] != "master" {
		err = fmt.Errorf("%s says it is a %s", next.Addr, info["role"])
	}
	return next, err
}

// masterBy returns the master by what one sentinel says.
func (g *Sentinel) masterBy(sentinel *Server) (*Server, error) {
	v, err := sentinel.do("SENTINEL", "GET-MASTER-ADDR-BY-NAME", masterName)
	if err != nil {
		return nil, err
	}
	for _, s := range append([]*Server{g.Master}, g.Replicas...) {
		if fmt.Sprint(v) == fmt.Sprintf("[127.0.0.1 %d]", s.Port) {
			return s, nil
		}
	}
	return nil, fmt.Errorf("sentinel %s names a stranger: %v", sentinel.Addr, v)
}

// complete tells what a sentinel does not know yet.
func (g *Sentinel) complete() error {
	for _, s := range g.Sentinels {
		state, err := stateOf(s)
		if err != nil {
			return err
		}
		if state["num-slaves"] != "2" || state["num-other-sentinels"] != "2" || state["flags"] != "master" {
			return fmt.Errorf("sentinel %s knows: %v", s.Addr, state)
		}
		if _, err := s.do("SENTINEL", "CKQUORUM", masterName); err != nil {
			return err
		}
	}
	return nil
}

// stateOf returns what a sentinel knows of its master.
func stateOf(sentinel *Server) (map[string]string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := redis.NewMapStringStringCmd(ctx, "SENTINEL", "MASTER", masterName)
	_ = sentinel.Client().Process(ctx, cmd) // the command has the error
	return cmd.Result()
}

func (g *Sentinel) running() []*Server { return running(g.Sentinels) }

func (g *Sentinel) await(what string, try func() error) {
	g.t.Helper()
	await(g.t, what, append(append([]*Server{g.Master}, g.Replicas...), g.Sentinels...), try)
}

// running returns those of the servers that can answer.
func running(servers []*Server) []*Server {
	var r []*Server
	for _, s := range servers {
		if s.Running() {
			r = append(r, s)
		}
	}
	return r
}
