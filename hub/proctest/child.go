package proctest

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"testing"
)

// Some failures need a process of their own to happen to: the test binary runs itself
// with partEnv naming the part that it plays, on the data directory in its argument.
const partEnv = "PROCTEST_PART"

// Play plays the part that StartChild started this process for, and ends the process. In
// any other process it does nothing. It is for TestMain to call first.
func Play(parts map[string]func(dir string) error) {
	part, ok := os.LookupEnv(partEnv)
	if !ok {
		return
	}
	if err := parts[part](os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// Child is a process that plays a part.
type Child struct {
	t      testing.TB
	cmd    *exec.Cmd
	stdin  io.Closer
	lines  *bufio.Scanner // of its standard output
	stderr bytes.Buffer
}

// StartChild starts a part on a data directory. The test's end kills it if it still runs.
func StartChild(t testing.TB, part, dir string) *Child {
	t.Helper()
	c := &Child{t: t, cmd: exec.Command(os.Args[0], dir)}
	c.cmd.Env = append(os.Environ(), partEnv+"="+part)
	c.cmd.Stderr = &c.stderr
	stdin, err := c.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.stdin, c.lines = stdin, bufio.NewScanner(stdout)
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // it may have ended
		_ = c.cmd.Process.Kill()
		_ = c.cmd.Wait()
	})
	return c
}

// Line waits for the child's next line.
func (c *Child) Line() string {
	c.t.Helper()
	if !c.lines.Scan() {
		err := c.cmd.Wait()
		c.t.Fatalf("the child ended (%v): %s", err, c.stderr.Bytes())
	}
	return c.lines.Text()
}

// Kill ends the child by SIGKILL, and returns the lines that it had said before it died
// and Line has not returned.
func (c *Child) Kill() []string {
	c.t.Helper()
	if err := c.cmd.Process.Kill(); err != nil {
		c.t.Fatal(err)
	}
	var said []string
	for c.lines.Scan() {
		said = append(said, c.lines.Text())
	}
	_ = c.cmd.Wait() // it was killed
	return said
}

// Finish ends the child's standard input and waits until it has played its part, without
// an error.
func (c *Child) Finish() {
	c.t.Helper()
	_ = c.stdin.Close() // the child may be gone, and its end says how
	if err := c.cmd.Wait(); err != nil {
		c.t.Fatalf("%v: %s", err, c.stderr.Bytes())
	}
}

// LimitFileSize has the files of this process grow no further than that, as on a full
// disk: a write beyond it fails.
func LimitFileSize(n uint64) error {
	signal.Ignore(syscall.SIGXFSZ)
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	limit.Cur = min(n, limit.Max)
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit)
}
