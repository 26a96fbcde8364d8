package redistest_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"battlehub/hub/redislog/redistest"
)

// orphanEnv makes the test binary the one that is killed with servers running.
const orphanEnv = "REDISTEST_ORPHANS"

func TestServersEndWithTestBinary(t *testing.T) {
	if os.Getenv(orphanEnv) != "" {
		startOrphans(t)
	}
	t.Parallel()
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), orphanEnv+"=1", "TMPDIR="+t.TempDir())
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	pids := readPids(out)
	cmd.Process.Kill()
	cmd.Wait()
	if len(pids) != 2 {
		t.Fatalf("the test binary started %v", pids)
	}
	for _, pid := range pids {
		waitGone(t, pid)
	}
}

// startOrphans starts servers, tells of them, and waits for the binary's end.
func startOrphans(t *testing.T) {
	running, paused := redistest.Start(t), redistest.Start(t)
	paused.Pause()
	fmt.Println("pid", running.Pid())
	fmt.Println("pid", paused.Pid())
	fmt.Println("done")
	select {}
}

func readPids(out io.Reader) []int {
	var pids []int
	lines := bufio.NewScanner(out)
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "done") {
		var pid int
		if n, _ := fmt.Sscanf(lines.Text(), "pid %d", &pid); n == 1 {
			pids = append(pids, pid)
		}
	}
	return pids
}

// waitGone waits until the process has ended. One whose parent is gone can stay a zombie
// where nobody waits for orphans, as in some containers.
func waitGone(t *testing.T, pid int) {
	t.Helper()
	deadline := time.After(time.Minute)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		zombie := strings.Contains(string(stat), ") Z ")
		if zombie || errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("redis-server outlived the test binary as process %d", pid)
		}
	}
}
