// Package webtest tests the page in a real Chromium against a real hub: the binary,
// started as a process. The JavaScript client has tests of its own, in client/tests.
package webtest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// patience is how long a condition may take to come true. It is far more than is needed:
// a loaded machine must not fail a test.
const patience = 90 * time.Second

// binary is the hub under test.
var binary string

func TestMain(m *testing.M) { os.Exit(buildAndRun(m)) }

func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "battlehub-webtest-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "battlehub")
	build := exec.Command("go", "build", "-o", binary, "battlehub/cmd/battlehub")
	build.Stdout, build.Stderr = os.Stderr, os.Stderr
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "building the hub:", err)
		return 1
	}
	return m.Run()
}
