// Package proctest is for tests that need more than their own process: battlehub as a
// program, and the test binary run once more to play a part.
package proctest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
)

var built struct {
	flags []string
	once  sync.Once
	dir   string
	err   error
}

// Run runs the tests of a package that uses Battlehub, and removes what that built. The
// flags are those of go build.
func Run(m *testing.M, flags ...string) int {
	built.flags = flags
	defer func() { _ = os.RemoveAll(built.dir) }() // a temporary directory, or none
	return m.Run()
}

// Battlehub returns the path of the program, which is built once for all tests.
func Battlehub(t testing.TB) string {
	t.Helper()
	built.once.Do(func() { built.err = build() })
	if built.err != nil {
		t.Fatal(built.err)
	}
	return program()
}

func program() string { return filepath.Join(built.dir, "battlehub") }

func build() (err error) {
	if built.dir, err = os.MkdirTemp("", "battlehub-test-"); err != nil {
		return err
	}
	args := slices.Concat([]string{"build", "-o", program()}, built.flags, []string{"battlehub/cmd/battlehub"})
	if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
		return fmt.Errorf("building: %w\n%s", err, out)
	}
	return nil
}
