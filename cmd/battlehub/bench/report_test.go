package bench

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestBaselineRoundTrip(t *testing.T) {
	t.Parallel()
	before := newReport()
	before.Results = []result{{"hub", figures{{"CPU per delivery", "µs", 6, ""}, {"latency p99", "ms", 0, "the machine was busy"}}}}
	var text bytes.Buffer
	if err := before.writeJSON(&text); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "before.json")
	if err := os.WriteFile(path, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	read, err := readReport(path)
	if err != nil || !reflect.DeepEqual(read, before) {
		t.Fatalf("read %+v, %v", read, err)
	}
	after := newReport()
	after.Results = []result{{"hub", figures{{"CPU per delivery", "µs", 3, ""}, {"latency p99", "ms", 5, ""}}}}
	text.Reset()
	if err := after.writeText(&text, read); err != nil {
		t.Fatal(err)
	}
	printed := strings.Join(strings.Fields(text.String()), " ")
	for _, want := range []string{"CPU per delivery 3.00 µs 6.00 µs 0.50", "not measured", "before, latency p99: not measured: the machine was busy"} {
		if !strings.Contains(printed, want) {
			t.Errorf("no %q in\n%s", want, &text)
		}
	}
}

func TestBadBaseline(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "bad.json")
	if err := os.WriteFile(path, []byte("no json"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{path, path + ".not"} {
		if _, err := readReport(p); err == nil || !strings.Contains(err.Error(), "--baseline") {
			t.Errorf("%v", err)
		}
	}
}

func TestNonsenseIsRefused(t *testing.T) {
	t.Parallel()
	good := func() *Command {
		return &Command{Sessions: 1, Rooms: 2, Rate: 1, Burst: 1, Window: 1}
	}
	if err := good().Validate(); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(c *Command){
		"--owners":   func(c *Command) { c.Owners = 1.5 },
		"--sessions": func(c *Command) { c.Sessions = 0 },
		"--rooms":    func(c *Command) { c.Rooms = 1 },
		"--active":   func(c *Command) { c.Active = 3 },
		"--rate":     func(c *Command) { c.Rate = 0 },
		"--window":   func(c *Command) { c.Window = 0 },
		"--pid":      func(c *Command) { c.Pid = []int{1} },
		"--warm":     func(c *Command) { c.Warm = -1 },
	} {
		c := good()
		change(c)
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, url := range []string{"localhost:8080", "https://hub", "http://u:p@hub"} {
		if _, err := parseURL("--url", url); err == nil {
			t.Errorf("%s was taken", url)
		}
	}
}
