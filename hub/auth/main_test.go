package auth

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestMain fails the run when goroutines of ours outlive the tests.
func TestMain(m *testing.M) {
	code := m.Run()
	if leaked := leakedGoroutines(10 * time.Second); code == 0 && leaked != "" {
		fmt.Fprintf(os.Stderr, "goroutines left behind:\n%s\n", leaked)
		code = 1
	}
	os.Exit(code)
}

// leakedGoroutines returns the stacks of the goroutines that run our code, once they had
// some time to end.
func leakedGoroutines(patience time.Duration) string {
	deadline := time.Now().Add(patience)
	for {
		buf := make([]byte, 1<<20)
		buf = buf[:runtime.Stack(buf, true)]
		var ours []string
		for _, stack := range strings.Split(string(buf), "\n\n")[1:] { // the first is this one
			if strings.Contains(stack, "battlehub/") {
				ours = append(ours, stack)
			}
		}
		if len(ours) == 0 || time.Now().After(deadline) {
			return strings.Join(ours, "\n\n")
		}
		<-time.After(10 * time.Millisecond)
	}
}
