package webhook

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"testing"
)

// Some failures need a process of their own to happen to: the test binary runs itself
// with childEnv naming the part that it plays, on the data directory in its argument.
const childEnv = "WEBHOOK_TEST_CHILD"

func TestMain(m *testing.M) {
	play, ok := map[string]func(dir string) error{
		"append": childAppend,
		"full":   childFull,
	}[os.Getenv(childEnv)]
	if !ok {
		os.Exit(m.Run())
	}
	if err := play(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// child is a running part.
type child struct {
	*exec.Cmd
	lines  *bufio.Scanner // of its standard output
	stderr bytes.Buffer
}

// startChild starts a part. It is killed at the test's end if it still runs.
func startChild(t *testing.T, part, dir string) *child {
	t.Helper()
	c := &child{Cmd: exec.Command(os.Args[0], dir)}
	c.Env = append(os.Environ(), childEnv+"="+part)
	c.Stderr = &c.stderr
	stdout, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.lines = bufio.NewScanner(stdout)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if c.ProcessState == nil {
			_ = c.Process.Kill()
			_ = c.Wait()
		}
	})
	return c
}

// line waits for the child's next line.
func (c *child) line(t *testing.T) string {
	t.Helper()
	if !c.lines.Scan() {
		err := c.Wait()
		t.Fatalf("the child ended (%v): %s", err, c.stderr.Bytes())
	}
	return c.lines.Text()
}
