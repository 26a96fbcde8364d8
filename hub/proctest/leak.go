package proctest

import (
	"fmt"
	"net/http"
	"os"
	"runtime"
	"strings"
	"time"
)

// CheckLeaks returns the code that the tests ended with, unless goroutines of ours outlive
// them, which makes it 1: whoever writes go waits for it.
func CheckLeaks(code int) int {
	http.DefaultClient.CloseIdleConnections()
	if leaked := leakedGoroutines(10 * time.Second); code == 0 && leaked != "" {
		fmt.Fprintf(os.Stderr, "goroutines left behind:\n%s\n", leaked)
		return 1
	}
	return code
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
