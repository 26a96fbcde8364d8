package proctest

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience is how long a hub may take to listen, or to end. It is for machines that do
// much else.
const patience = time.Minute

// Hub is a battlehub of its own that serves.
type Hub struct {
	Addr, OpsAddr string // where it listens
	Output        Output

	t     testing.TB
	cmd   *exec.Cmd
	ended chan struct{} // closed when it has ended, and been waited for
	err   error         // how it ended
}

// listening finds the addresses in the log, be it text or JSON.
var listening = regexp.MustCompile(`listening\b.*\baddr\W+([\d.:]+).*\bops_addr\W+([\d.:]+)`)

// StartHub starts the command and waits until it listens, which is before it is ready.
// The test's end kills it if it still runs.
func StartHub(t testing.TB, cmd *exec.Cmd) *Hub {
	t.Helper()
	h := &Hub{t: t, cmd: cmd, ended: make(chan struct{})}
	cmd.Stdout = &h.Output
	logs, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	h.findAddrs(logs)
	go func() { // ends with the process
		_, _ = io.Copy(&h.Output, logs)
		h.err = cmd.Wait()
		close(h.ended)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended
		<-h.ended
	})
	if h.Addr == "" {
		t.Fatalf("it does not listen:\n%s", &h.Output)
	}
	return h
}

// findAddrs reads the log up to where the hub listens, or to its end.
func (h *Hub) findAddrs(logs io.Reader) {
	defer time.AfterFunc(patience, func() { _ = h.cmd.Process.Kill() }).Stop()
	in := bufio.NewScanner(io.TeeReader(logs, &h.Output))
	for h.Addr == "" && in.Scan() {
		if found := listening.FindStringSubmatch(in.Text()); found != nil {
			h.Addr, h.OpsAddr = found[1], found[2]
		}
	}
}

// Pid returns the hub's process id.
func (h *Hub) Pid() int { return h.cmd.Process.Pid }

// Signal sends a signal to the hub, which must be running.
func (h *Hub) Signal(sig os.Signal) {
	h.t.Helper()
	if err := h.cmd.Process.Signal(sig); err != nil {
		h.t.Fatal(err)
	}
}

// Kill ends the hub as a crash would.
func (h *Hub) Kill() {
	h.t.Helper()
	h.Signal(os.Kill)
	<-h.ended
}

// Wait waits for the hub's end, and returns how it ended.
func (h *Hub) Wait() error {
	h.t.Helper()
	select {
	case <-h.ended:
		return h.err
	case <-time.After(patience):
		h.t.Fatalf("it does not end:\n%s", &h.Output)
		return nil
	}
}

// Ended tells whether the hub has ended.
func (h *Hub) Ended() bool {
	select {
	case <-h.ended:
		return true
	default:
		return false
	}
}

// Output collects what a process prints.
type Output struct {
	mu   sync.Mutex
	text strings.Builder
}

// Write implements io.Writer.
func (o *Output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

// String returns all that was printed so far.
func (o *Output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}
