package faulttest

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"battlehub/hub/proctest"
)

// node is a battlehub of its own: a process on ports that stay the same when it is
// started again.
type node struct {
	t         *testing.T
	name      string
	args      []string
	base, ops string
	output    output

	mu       sync.Mutex
	cmd      *exec.Cmd
	exited   chan struct{} // closed when the process has ended and been waited for
	expected bool          // its end: we brought it about
}

// startNode starts a node. It does not wait until it is ready.
func startNode(t *testing.T, name string, flags ...string) *node {
	t.Helper()
	listen, ops := reserveAddr(t), reserveAddr(t)
	n := &node{t: t, name: name, base: "http://" + listen, ops: "http://" + ops,
		args: append([]string{"serve", "--listen", listen, "--ops-listen", ops, "--node", name}, flags...)}
	t.Cleanup(n.finish)
	n.start()
	return n
}

// start runs the node, for the first time or again. A race in it ends it.
func (n *node) start() {
	n.t.Helper()
	cmd := exec.Command(proctest.Battlehub(n.t), n.args...)
	cmd.Env = append(ownEnv(), "GORACE=exitcode=66 halt_on_error=1")
	cmd.Stdout, cmd.Stderr = &n.output, &n.output
	if err := cmd.Start(); err != nil {
		n.t.Fatal(err)
	}
	exited := make(chan struct{})
	n.mu.Lock()
	n.cmd, n.exited, n.expected = cmd, exited, false
	n.mu.Unlock()
	go func() { // ends with the process, which finish waits for
		defer close(exited)
		err := cmd.Wait()
		n.mu.Lock()
		defer n.mu.Unlock()
		if !n.expected {
			n.t.Errorf("%s ended by itself: %v", n.name, err)
		}
	}()
}

// ownEnv is the environment without what would configure the node.
func ownEnv() []string {
	return slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "BATTLEHUB_") })
}

// signal sends a signal to the running process.
func (n *node) signal(sig os.Signal, end bool) {
	n.t.Helper()
	n.mu.Lock()
	defer n.mu.Unlock()
	n.expected = n.expected || end
	if err := n.cmd.Process.Signal(sig); err != nil {
		n.t.Errorf("%s: %v: %v", n.name, sig, err)
	}
}

func (n *node) wait() {
	n.mu.Lock()
	exited := n.exited
	n.mu.Unlock()
	<-exited
}

// kill ends the node as a crash of the machine would.
func (n *node) kill() { n.t.Helper(); n.signal(os.Kill, true); n.wait() }

// stop ends the node as a rolling update would, and waits for its drain.
func (n *node) stop() { n.t.Helper(); n.signal(syscall.SIGTERM, true); n.wait() }

// pause and resume stop the process where it is, and let it go on.
func (n *node) pause()  { n.t.Helper(); n.signal(syscall.SIGSTOP, false) }
func (n *node) resume() { n.t.Helper(); n.signal(syscall.SIGCONT, false) }

// finish ends the node when the test ends, and tells what it had to say if that matters.
func (n *node) finish() {
	n.mu.Lock()
	if n.cmd == nil { // it could not be started
		n.mu.Unlock()
		return
	}
	n.expected = true
	_ = n.cmd.Process.Kill() // it may have ended
	n.mu.Unlock()
	n.wait()
	text := n.output.String()
	if strings.Contains(text, "DATA RACE") || strings.Contains(text, "panic") {
		n.t.Errorf("%s has a race or a panic", n.name)
	}
	if n.t.Failed() {
		n.t.Logf("output of %s:\n%s", n.name, text)
	}
}

// output keeps the beginning and the end of what a process prints.
type output struct {
	mu   sync.Mutex
	head []byte
	tail []byte
	cut  int
}

const outputPart = 64 << 10

// Write implements io.Writer.
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	n := min(len(p), outputPart-len(o.head))
	o.head = append(o.head, p[:n]...)
	o.tail = append(o.tail, p[n:]...)
	if over := len(o.tail) - outputPart; over > outputPart { // seldom: it copies
		o.tail = append([]byte(nil), o.tail[over:]...)
		o.cut += over
	}
	return len(p), nil
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.cut == 0 {
		return string(o.head) + string(o.tail)
	}
	return fmt.Sprintf("%s\n... %d bytes ...\n%s", o.head, o.cut, o.tail)
}
