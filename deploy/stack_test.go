//go:build linux

package deploy_test

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"battlehub/hub/proctest"
	"battlehub/hub/redislog/redistest"
)

// stack is what compose.yaml describes, on free ports of this machine: Redis, the hubs
// with compose.yaml's environment, and HAProxy with haproxy.cfg.
type stack struct {
	url     string // the balancer
	metrics string // and its metrics
	hubs    map[string]*proctest.Hub
	redis   *redistest.Server
	output  proctest.Output // of the balancer
}

// startStack starts everything, and returns when the balancer knows that both hubs are
// ready. env adds to each hub's environment; change, if any, to the balancer's configuration.
func startStack(t *testing.T, change func(config string) string, env ...string) *stack {
	t.Helper()
	s := &stack{redis: redistest.Start(t), hubs: map[string]*proctest.Hub{}}
	for name, service := range readCompose(t).Services {
		if subcommand, ok := service.ours(); ok && subcommand == "serve" {
			s.hubs[name] = startNode(t, s.redis.URL(), name, service, env)
		}
	}
	for _, n := range s.hubs {
		waitFor(t, "a hub that is ready", func() bool { return status("http://"+n.OpsAddr+"/readyz") == http.StatusOK })
	}
	s.balance(t, change)
	for name := range s.hubs {
		s.waitState(t, "hubs", name, "UP")
	}
	return s
}

// startNode starts a hub as compose.yaml does, but for the places that only exist there.
func startNode(t *testing.T, redis, name string, s service, env []string) *proctest.Hub {
	t.Helper()
	cmd := exec.Command(proctest.Battlehub(t))
	cmd.Env = os.Environ()
	for variable, value := range s.Environment {
		cmd.Env = append(cmd.Env, variable+"="+value)
	}
	cmd.Env = append(cmd.Env, "BATTLEHUB_LISTEN=127.0.0.1:0", "BATTLEHUB_OPS_LISTEN=127.0.0.1:0", "BATTLEHUB_REDIS_URL="+redis,
		"BATTLEHUB_DATA_DIR="+t.TempDir(), "BATTLEHUB_NODE="+name, "BATTLEHUB_TRUSTED_PROXY=127.0.0.1")
	cmd.Env = append(cmd.Env, env...) // of several values, the last counts
	return proctest.StartHub(t, cmd)
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
				line = strings.ReplaceAll(line, name+":8080", n.Addr)
				line = strings.ReplaceAll(line, "port 8081", "port "+n.OpsAddr[strings.LastIndex(n.OpsAddr, ":")+1:])
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
	cmd.Stdout, cmd.Stderr = &s.output, &s.output
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
			t.Logf("the balancer:\n%s", &s.output)
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
