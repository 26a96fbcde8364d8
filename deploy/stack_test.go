//go:build linux

package deploy_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"battlehub/hub/redislog/redistest"
)

// stack is what compose.yaml describes, on free ports of this machine: Redis, the hubs
// with compose.yaml's environment, and HAProxy with haproxy.cfg.
type stack struct {
	url     string // the balancer
	metrics string // and its metrics
	hubs    map[string]*node
	redis   *redistest.Server
	output  *lines // of the balancer
}

// node is a hub's process.
type node struct {
	cmd       *exec.Cmd
	addr, ops string
	output    *lines
	ended     chan struct{}
	err       error // how it ended
}

// lines collects what a process prints.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// startStack starts everything, and returns when the balancer knows that both hubs are
// ready. env adds to each hub's environment; change, if any, to the balancer's configuration.
func startStack(t *testing.T, change func(config string) string, env ...string) *stack {
	t.Helper()
	s := &stack{redis: redistest.Start(t), hubs: map[string]*node{}, output: &lines{}}
	for name, service := range readCompose(t).Services {
		if subcommand, ok := service.ours(); ok && subcommand == "serve" {
			s.hubs[name] = startNode(t, s.redis.URL(), name, service, env)
		}
	}
	for _, n := range s.hubs {
		waitFor(t, "a hub that is ready", func() bool { return status(n.ops+"/readyz") == http.StatusOK })
	}
	s.balance(t, change)
	for name := range s.hubs {
		s.waitState(t, "hubs", name, "UP")
	}
	return s
}

// startNode starts a hub as compose.yaml does, but for the places that only exist there.
func startNode(t *testing.T, redis, name string, s service, env []string) *node {
	t.Helper()
	n := &node{output: &lines{}, ended: make(chan struct{})}
	n.cmd = exec.Command(program(t))
	n.cmd.Env = os.Environ()
	for variable, value := range s.Environment {
		n.cmd.Env = append(n.cmd.Env, variable+"="+value)
	}
	n.cmd.Env = append(n.cmd.Env, "BATTLEHUB_LISTEN=127.0.0.1:0", "BATTLEHUB_OPS_LISTEN=127.0.0.1:0", "BATTLEHUB_REDIS_URL="+redis,
		"BATTLEHUB_DATA_DIR="+t.TempDir(), "BATTLEHUB_NODE="+name, "BATTLEHUB_TRUSTED_PROXY=127.0.0.1")
	n.cmd.Env = append(n.cmd.Env, env...) // of several values, the last counts
	logs, err := n.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := n.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewScanner(io.TeeReader(logs, n.output))
	for n.addr == "" && in.Scan() {
		var line struct {
			Msg, Addr string
			OpsAddr   string `json:"ops_addr"`
		}
		if json.Unmarshal(in.Bytes(), &line) == nil && line.Msg == "listening" {
			n.addr, n.ops = line.Addr, "http://"+line.OpsAddr
		}
	}
	go func() {
		_, _ = io.Copy(n.output, logs)
		n.err = n.cmd.Wait()
		close(n.ended)
	}()
	t.Cleanup(func() {
		_ = n.cmd.Process.Kill() // it may have ended
		<-n.ended
	})
	if n.addr == "" {
		t.Fatalf("%s does not listen:\n%s", name, n.output)
	}
	return n
}

// signal sends the hub a signal.
func (n *node) signal(t *testing.T, s syscall.Signal) {
	t.Helper()
	if err := n.cmd.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

// balance starts HAProxy. Of the configuration only addresses change: the hubs', and its
// own, which it inherits as open sockets, so that nobody can take the ports in between.
func (s *stack) balance(t *testing.T, change func(string) string) {
	t.Helper()
	config := read(t, "haproxy.cfg")
	for name, n := range s.hubs {
		var changed strings.Builder
		for line := range strings.Lines(config) {
			if strings.Contains(line, " "+name+":8080") {
				line = strings.ReplaceAll(line, name+":8080", n.addr)
				line = strings.ReplaceAll(line, "port 8081", "port "+n.ops[strings.LastIndex(n.ops, ":")+1:])
			}
			changed.WriteString(line)
		}
		config = changed.String()
	}
	cmd := exec.Command(tool(t, "haproxy"), "-f", "haproxy.cfg")
	for i, bind := range []string{"bind :8080", "bind :8405"} {
		var plain net.ListenConfig
		plain.SetMultipathTCP(false) // such sockets know no tcp-ut
		listener, err := plain.Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		file, err := listener.(*net.TCPListener).File()
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		defer listener.Close()
		cmd.ExtraFiles = append(cmd.ExtraFiles, file)
		config = strings.Replace(config, bind, fmt.Sprintf("bind fd@%d", 3+i), 1)
		if s.url == "" {
			s.url = "http://" + listener.Addr().String()
		}
		s.metrics = "http://" + listener.Addr().String() + "/metrics"
	}
	if change != nil {
		config = change(config)
	}
	cmd.Dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(cmd.Dir, "haproxy.cfg"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = s.output, s.output
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if strings.Contains(s.output.String(), "Starting [") {
			t.Error("something of the configuration is not possible here")
		}
		if t.Failed() {
			t.Logf("the balancer:\n%s", s.output)
		}
	})
}

// waitState waits until the balancer sees a server in a state, which /metrics tells.
func (s *stack) waitState(t *testing.T, backend, server, state string) {
	t.Helper()
	want := fmt.Sprintf("haproxy_server_status{proxy=%q,server=%q,state=%q} 1\n", backend, server, state)
	waitFor(t, strings.TrimSpace(want), func() bool {
		_, body := fetch(s.metrics)
		return strings.Contains(body, want)
	})
}
