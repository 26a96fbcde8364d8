package webtest

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

// hubProcess is a running hub.
type hubProcess struct {
	addr string
	dir  string
	cmd  *exec.Cmd
	done chan struct{} // closed when it has exited
}

// startHub runs a hub on a free port, its log on disk, until the test ends.
func startHub(t *testing.T) *hubProcess {
	t.Helper()
	h := &hubProcess{addr: "127.0.0.1:0", dir: t.TempDir()}
	h.start(t)
	t.Cleanup(h.kill)
	return h
}

// start runs the hub, on the address that it had before, if any.
func (h *hubProcess) start(t *testing.T) {
	t.Helper()
	h.cmd = exec.Command(binary, "serve", "--listen", h.addr, "--ops-listen", "127.0.0.1:0",
		"--data-dir", h.dir, "--log-format", "json", "--drain", "2s")
	stderr, err := h.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := h.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	listening := make(chan string, 1)
	h.done = make(chan struct{})
	go func() {
		readLog(stderr, listening)
		_ = h.cmd.Wait() // killed, as a rule
		close(h.done)
	}()
	select {
	case h.addr = <-listening:
	case <-h.done:
		t.Fatal("the hub exited before it listened")
	case <-time.After(patience):
		t.Fatal("the hub does not listen")
	}
	h.waitUntilReady(t)
}

// waitUntilReady waits until the hub has read its log: before that it takes no sessions.
func (h *hubProcess) waitUntilReady(t *testing.T) {
	t.Helper()
	for range time.Tick(10 * time.Millisecond) {
		response, err := http.Get(h.url("/v1/battles"))
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode == http.StatusOK {
			return
		}
	}
}

// readLog sends the address once the hub has logged it, and reads on to the end, so that
// the hub never blocks on its log.
func readLog(r io.Reader, listening chan<- string) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		var line struct{ Msg, Addr string }
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "listening" {
			listening <- line.Addr
		}
	}
}

// kill ends the hub as a crash would.
func (h *hubProcess) kill() {
	_ = h.cmd.Process.Kill() // it may have exited
	<-h.done
}

// terminate ends the hub as a rolling update would, and waits for its drain.
func (h *hubProcess) terminate(t *testing.T) {
	t.Helper()
	if err := h.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-h.done
}

func (h *hubProcess) url(path string) string { return "http://" + h.addr + path }

// get decodes the JSON answer of the hub.
func (h *hubProcess) get(t *testing.T, path string, v any) {
	t.Helper()
	response, err := http.Get(h.url(path))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s", path, response.Status)
	}
	if err := json.NewDecoder(response.Body).Decode(v); err != nil {
		t.Fatalf("GET %s: %v", path, err)
	}
}

// board asks the hub for its battles: state by id.
func (h *hubProcess) board(t *testing.T) map[string]string {
	t.Helper()
	var page struct {
		Battles []struct{ ID, State string }
	}
	h.get(t, "/v1/battles?limit=1000", &page)
	states := map[string]string{}
	for _, b := range page.Battles {
		states[b.ID] = b.State
	}
	return states
}

// mustAnswer fails the test unless the webhook was taken.
func mustAnswer(t *testing.T, response *http.Response, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("webhook: %s %s %v", response.Status, body, err)
	}
}
