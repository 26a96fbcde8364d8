package faulttest

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"battlehub/hub"
)

// testApp is the app of all tests.
const testApp hub.App = 1400000000

// patience is how long anything may take that must happen. It is long, since it matters
// only when something is broken.
const patience = 90 * time.Second

// scenariosAtOnce is how many scenarios run beside each other, unless -parallel says
// otherwise. They mostly wait, so more than there are cores do no harm.
const scenariosAtOnce = "4"

func TestMain(m *testing.M) {
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "test.parallel" })
	if !given {
		_ = flag.Set("test.parallel", scenariosAtOnce) // the flag exists and takes numbers
	}
	code := m.Run()
	removeBinary()
	http.DefaultClient.CloseIdleConnections()
	if leaked := leakedGoroutines(10 * time.Second); code == 0 && leaked != "" {
		fmt.Fprintf(os.Stderr, "goroutines left behind:\n%s\n", leaked)
		code = 1
	}
	os.Exit(code)
}

// leakedGoroutines returns the stacks of the goroutines that run our code, once they had
// some time to end: whoever writes go waits for it.
func leakedGoroutines(patience time.Duration) string {
	deadline := time.Now().Add(patience)
	for {
		buf := make([]byte, 1<<20)
		buf = buf[:runtime.Stack(buf, true)]
		var ours []string
		for _, stack := range strings.Split(string(buf), "\n\n")[1:] { // the first is this one
			if strings.Contains(stack, "battlehub/") || strings.Contains(stack, "coder/websocket") {
				ours = append(ours, stack)
			}
		}
		if len(ours) == 0 || time.Now().After(deadline) {
			return strings.Join(ours, "\n\n")
		}
		<-time.After(10 * time.Millisecond)
	}
}

var built struct {
	once sync.Once
	path string
	err  error
}

// binary builds battlehub with the race detector, once for all tests.
func binary(t *testing.T) string {
	t.Helper()
	built.once.Do(func() {
		dir, err := os.MkdirTemp("", "battlehub-faulttest-")
		if err != nil {
			built.err = err
			return
		}
		built.path = filepath.Join(dir, "battlehub")
		build := exec.Command("go", "build", "-race", "-o", built.path, "battlehub/cmd/battlehub")
		if out, err := build.CombinedOutput(); err != nil {
			built.err = fmt.Errorf("building: %w\n%s", err, out)
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return built.path
}

func removeBinary() {
	if built.path != "" {
		_ = os.RemoveAll(filepath.Dir(built.path)) // a temporary directory
	}
}

// eventually waits until a condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	if !within(patience, holds) {
		t.Fatalf("not in time: %s", what)
	}
}

// within waits until a condition holds, and reports whether it did in time.
func within(patience time.Duration, holds func() bool) bool {
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for !holds() {
		select {
		case <-look.C:
		case <-deadline.C:
			return false
		}
	}
	return true
}
