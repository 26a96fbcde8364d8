package client

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"battlehub/hub/proctest"
)

// TestWithTools installs the client as npm packs it, beside the packages that
// tests/tools/package.json pins, and lets the TypeScript compiler judge its types, React run
// the hook of the README, and the package ws be its WebSocket.
func TestWithTools(t *testing.T) {
	t.Parallel()
	node, tools := program(t, "node"), install(t, program(t, "npm"))
	tests, err := filepath.Glob("tests/tools/*.test.js")
	if err != nil || len(tests) == 0 {
		t.Fatalf("%v, %v", tests, err)
	}
	cmd := exec.Command(node, append([]string{"--test", "--test-reporter=tap"}, tests...)...)
	cmd.Env = append(os.Environ(), "BATTLEHUB_TOOLS="+tools, "BATTLEHUB_BINARY="+proctest.Battlehub(t))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	readAll(t, "tests/*.js", "tests/tools/*", "battlehub.js", "battlehub.d.ts", "package.json", "README.md", "../../README.md")
}

// install returns a folder with the packages. Without a network they cannot be had, which
// is no fault of the client's.
func install(t *testing.T, npm string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"package.json", "package-lock.json"} {
		data, err := os.ReadFile(filepath.Join("tests/tools", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	quiet := []string{"--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"}
	fetch := exec.Command(npm, append([]string{"ci"}, quiet...)...)
	fetch.Dir = dir
	if out, err := fetch.CombinedOutput(); err != nil {
		t.Skipf("types, React and ws are not tested: npm cannot fetch them: %v\n%s", err, out)
	}
	if out, err := exec.Command(npm, "pack", "--ignore-scripts", "--pack-destination", dir).CombinedOutput(); err != nil {
		t.Fatalf("npm pack: %v\n%s", err, out)
	}
	packed, err := filepath.Glob(filepath.Join(dir, "battlehub-*.tgz"))
	if err != nil || len(packed) != 1 {
		t.Fatalf("npm packed %v, %v", packed, err)
	}
	add := exec.Command(npm, append([]string{"install", "--no-save", packed[0]}, quiet...)...)
	add.Dir = dir
	if out, err := add.CombinedOutput(); err != nil {
		t.Fatalf("npm install: %v\n%s", err, out)
	}
	return dir
}
