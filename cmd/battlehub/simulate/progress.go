package simulate

import (
	"fmt"
	"io"
	"time"
)

// How often the progress is told: rewritten in place on a terminal, a line each time
// in a file or a container's log.
const (
	progressOnTerminal = 250 * time.Millisecond
	progressInLog      = 5 * time.Second
)

// progressLoop tells the progress until done is closed, then clears the terminal's line
// for the summary.
func progressLoop(w io.Writer, terminal bool, t *tally, done <-chan struct{}) {
	every, format, end := progressInLog, "%s\n", ""
	if terminal {
		every, format, end = progressOnTerminal, "\r%s\x1b[K", "\r\x1b[K"
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case now := <-tick.C:
			fmt.Fprintf(w, format, t.line(now))
		case <-done:
			fmt.Fprint(w, end)
			return
		}
	}
}
