package deploy_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"battlehub/hub"
	"battlehub/hub/redislog/redistest"
)

func TestComposePinsImages(t *testing.T) {
	t.Parallel()
	pinned := regexp.MustCompile(`^[a-z/]+:v?\d+\.\d+\.\d+(-[a-z]+)?$`)
	for name, s := range readCompose(t).Services {
		if s.Build == "" && !pinned.MatchString(s.Image) {
			t.Errorf("%s: image %s may be another one tomorrow", name, s.Image)
		}
	}
}

// TestComposeIsClosed: without sign-in, nothing may be reached from beyond this machine.
func TestComposeIsClosed(t *testing.T) {
	t.Parallel()
	for name, s := range readCompose(t).Services {
		for _, port := range s.Ports {
			if !strings.HasPrefix(port, "127.0.0.1:") {
				t.Errorf("%s publishes %s", name, port)
			}
		}
		if slices.ContainsFunc(s.Ports, func(p string) bool { return strings.HasSuffix(p, ":8081") }) {
			t.Errorf("%s publishes the ops port", name)
		}
	}
}

// TestComposeGivesTimeToStop: Docker kills what has not stopped in its grace period.
func TestComposeGivesTimeToStop(t *testing.T) {
	t.Parallel()
	c := readCompose(t)
	for name, s := range c.Services {
		drain, set := s.Environment["BATTLEHUB_DRAIN"]
		if !set {
			continue
		}
		// Beyond the drain, a hub gives its servers and its log up to 10 s each.
		if d := duration(t, drain); s.StopGracePeriod < d+20*time.Second {
			t.Errorf("%s: %v are too few for a drain of %v", name, s.StopGracePeriod, d)
		}
	}
	hardStop := setting(t, `hard-stop-after (\S+)`)
	if grace := c.Services["balancer"].StopGracePeriod; grace <= duration(t, hardStop) {
		t.Errorf("the balancer is killed after %v, and stops after %s", grace, hardStop)
	}
}

// TestBalancerOutlastsHeartbeats: an idle session is one that only hears heartbeats.
func TestBalancerOutlastsHeartbeats(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"client", "server", "tunnel"} {
		text := setting(t, `(?m)^  timeout `+name+` +(\S+)`)
		if d := duration(t, text); d < 2*hub.DefaultHeartbeat {
			t.Errorf("timeout %s %v: a late heartbeat (every %v) would end sessions", name, d, hub.DefaultHeartbeat)
		}
	}
}

// TestHubsTrustTheBalancerOnly: whoever is trusted can claim to be anybody.
func TestHubsTrustTheBalancerOnly(t *testing.T) {
	t.Parallel()
	c := readCompose(t)
	addr := c.Services["balancer"].Networks["default"].Address
	config := c.Networks["default"].IPAM.Config[0]
	if !config.Subnet.Contains(addr) || config.IPRange.Contains(addr) || !config.Subnet.Contains(config.IPRange.Addr()) {
		t.Errorf("the balancer's %v is not in %v, or in %v, which is dealt out to others", addr, config.Subnet, config.IPRange)
	}
	for name, s := range c.Services {
		if trusted, set := s.Environment["BATTLEHUB_TRUSTED_PROXY"]; set && trusted != addr.String() {
			t.Errorf("%s trusts %s, and the balancer is %v", name, trusted, addr)
		}
	}
}

// TestEveryHubIsKnown: a hub that the balancer or Prometheus does not name is idle or
// unwatched, and a name that leads nowhere is an alert for ever.
func TestEveryHubIsKnown(t *testing.T) {
	t.Parallel()
	var hubs []string
	for name, s := range readCompose(t).Services {
		if subcommand, ok := s.ours(); ok && subcommand == "serve" {
			if hubs = append(hubs, name); s.Hostname != name {
				t.Errorf("%s calls itself %q", name, s.Hostname)
			}
		}
	}
	slices.Sort(hubs)
	for file, pattern := range map[string]string{
		"haproxy.cfg":     `(?m)^  server \S+ (\w+):8080`,
		"prometheus.yaml": `"(\w+):8081"`,
	} {
		var named []string
		for _, match := range regexp.MustCompile(pattern).FindAllStringSubmatch(read(t, file), -1) {
			named = append(named, match[1])
		}
		slices.Sort(named)
		if named = slices.Compact(named); !slices.Equal(named, hubs) {
			t.Errorf("%s names %q, and the hubs are %q", file, named, hubs)
		}
	}
}

// TestRedisTakesItsCommand runs Redis as compose.yaml does, asks for its health the same
// way, and looks at the settings that the log depends on.
func TestRedisTakesItsCommand(t *testing.T) {
	t.Parallel()
	s := readCompose(t).Services["redis"]
	if s.Command[0] != "redis-server" || s.Healthcheck.Test[0] != "CMD" {
		t.Fatalf("the command is %q, the check %q", s.Command, s.Healthcheck.Test)
	}
	server := redistest.Start(t, s.Command[1:]...)
	check := s.Healthcheck.Test[1:]
	ask := exec.Command(tool(t, check[0]), append([]string{"-p", strconv.Itoa(server.Port)}, check[1:]...)...)
	if out, err := ask.CombinedOutput(); err != nil || !strings.Contains(string(out), "PONG") {
		t.Errorf("%v: %v %s", check, err, out)
	}
	for name, want := range map[string]string{
		"appendonly": "yes", "appendfsync": "everysec", "maxmemory-policy": "noeviction", "maxmemory": "536870912", "save": "",
	} {
		got, err := server.Client().ConfigGet(t.Context(), name).Result()
		if err != nil || got[name] != want {
			t.Errorf("%s is %q, %v, want %q", name, got[name], err, want)
		}
	}
}

func read(t testing.TB, file string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Clean(file))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// setting finds a value in haproxy.cfg.
func setting(t testing.TB, pattern string) string {
	t.Helper()
	match := regexp.MustCompile(pattern).FindStringSubmatch(read(t, "haproxy.cfg"))
	if match == nil {
		t.Fatalf("haproxy.cfg has nothing like %s", pattern)
	}
	return match[1]
}

func duration(t testing.TB, text string) time.Duration {
	t.Helper()
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
