// Package client has the JavaScript client, and runs its tests from Go.
package client

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"battlehub/hub/proctest"
)

func TestMain(m *testing.M) { os.Exit(proctest.Run(m)) }

// TestInNode runs the client against real hubs in Node.js, with faults.
func TestInNode(t *testing.T) {
	t.Parallel()
	node := program(t, "node")
	tests, err := filepath.Glob("tests/*.test.js")
	if err != nil || len(tests) == 0 {
		t.Fatalf("%v, %v", tests, err)
	}
	// Mostly they wait for each other's machines, not for this one.
	args := append([]string{"--test", "--test-reporter=tap", "--test-concurrency=4"}, tests...)
	cmd := exec.Command(node, args...)
	cmd.Env = append(os.Environ(), "BATTLEHUB_BINARY="+proctest.Battlehub(t))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	readAll(t, "tests/*.js", "battlehub.js", "battlehub.d.ts", "package.json")
}

// readAll tells go test what the result depends on: it does not see what Node.js reads, and
// would call a result cached that is of another client.
func readAll(t *testing.T, patterns ...string) {
	t.Helper()
	for _, pattern := range patterns {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %v, %v", pattern, names, err)
		}
		for _, name := range names {
			if _, err := os.ReadFile(name); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func program(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("no %s on this machine", name)
	}
	return path
}
