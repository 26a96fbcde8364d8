// Package deploy_test proves as much of the packaging as can be proven without Docker:
// compose.yaml is held to the binary and to the files beside it, and the real HAProxy,
// Redis and promtool run on what it gives them.
package deploy_test

import (
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"battlehub/hub/proctest"
)

func TestMain(m *testing.M) { os.Exit(proctest.Run(m)) }

// tool returns the path of a program that the machine must have.
func tool(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("there is no %s: run .ci/setup.sh", name)
	}
	return path
}

// composition is compose.yaml, with all the keys that it uses: a misspelt one is an error.
type composition struct {
	Name     string
	Hub      any `yaml:"x-hub"`
	Services map[string]service
	Volumes  map[string]any
	Networks map[string]struct {
		IPAM struct {
			Config []struct {
				Subnet  netip.Prefix
				IPRange netip.Prefix `yaml:"ip_range"`
			}
		}
	}
}

type service struct {
	Image       string
	Build       string
	Command     []string
	Hostname    string
	Environment map[string]string
	Volumes     []string
	Ports       []string
	DependsOn   any `yaml:"depends_on"`
	Networks    map[string]struct {
		Address netip.Addr `yaml:"ipv4_address"`
	}
	Healthcheck struct {
		Test              []string
		Interval, Timeout string
		Retries           int
		Disable           bool
	}
	StopGracePeriod time.Duration `yaml:"stop_grace_period"`
	Restart         string
	Ulimits         map[string]int
	ReadOnly        bool     `yaml:"read_only"`
	CapDrop         []string `yaml:"cap_drop"`
	SecurityOpt     []string `yaml:"security_opt"`
}

func readCompose(t testing.TB) composition {
	t.Helper()
	file, err := os.Open("compose.yaml")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var c composition
	decoder := yaml.NewDecoder(file)
	decoder.KnownFields(true)
	if err := decoder.Decode(&c); err != nil {
		t.Fatal(err)
	}
	return c
}

// ours reports whether the service runs battlehub, and which subcommand.
func (s service) ours() (subcommand string, ok bool) {
	if s.Build == "" {
		return "", false
	}
	if len(s.Command) == 0 {
		return "serve", true
	}
	return s.Command[0], true
}

// TestComposeSetsWhatExists: a variable that is no flag would be ignored in silence.
func TestComposeSetsWhatExists(t *testing.T) {
	t.Parallel()
	flags := regexp.MustCompile(`--[a-z][a-z-]*|BATTLEHUB_[A-Z_]+`)
	for name, s := range readCompose(t).Services {
		subcommand, ok := s.ours()
		if !ok {
			continue
		}
		help, err := exec.Command(proctest.Battlehub(t), subcommand, "--help").CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, help)
		}
		known := flags.FindAllString(string(help), -1)
		for variable := range s.Environment {
			if !slices.Contains(known, variable) {
				t.Errorf("%s: battlehub %s has no flag for %s", name, subcommand, variable)
			}
		}
		for _, arg := range s.Command[min(1, len(s.Command)):] {
			if flag, _, _ := strings.Cut(arg, "="); !slices.Contains(known, flag) {
				t.Errorf("%s: battlehub %s has no %s", name, subcommand, flag)
			}
		}
	}
}

func TestComposeMountsWhatExists(t *testing.T) {
	t.Parallel()
	c := readCompose(t)
	usedBy := map[string]string{}
	for name, s := range c.Services {
		if _, err := os.Stat(filepath.Join(s.Build, "Dockerfile")); s.Build != "" && err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, mount := range s.Volumes {
			source, target, _ := strings.Cut(mount, ":")
			if strings.HasPrefix(source, ".") {
				if info, err := os.Stat(source); err != nil || info.IsDir() || !strings.HasSuffix(target, ":ro") {
					t.Errorf("%s: mounts %s: %v", name, mount, err)
				}
				continue
			}
			if _, declared := c.Volumes[source]; !declared || usedBy[source] != "" {
				t.Errorf("%s: volume %s is not declared, or %q has it too", name, source, usedBy[source])
			}
			usedBy[source] = name
		}
		if dir := s.Environment["BATTLEHUB_DATA_DIR"]; dir != "" && !slices.Contains(s.Volumes, name+":"+dir) {
			t.Errorf("%s: no volume of its own at %s", name, dir)
		}
	}
}
