package webtest

import (
	"encoding/json"
	"io"
	"net/http"
	"os/exec"
	"testing"
	"time"

	"battlehub/hub"
	"battlehub/hub/proctest"
	"battlehub/webhook"
)

// hubProcess is a hub that may be started again.
type hubProcess struct {
	*proctest.Hub
	addr  string
	dir   string     // of its log; "": that is in memory
	node  string     // its name, if it is one of several
	token hub.Secret // that webhooks are signed with; "": they are not
}

// startHub runs a hub on a free port, its log on disk, until the test ends.
func startHub(t *testing.T) *hubProcess {
	t.Helper()
	h := &hubProcess{addr: "127.0.0.1:0", dir: t.TempDir()}
	h.start(t)
	return h
}

// startBusyHub runs one that keeps its log in memory: a busy disk of this machine must not slow
// down what a test sends.
func startBusyHub(t *testing.T) *hubProcess {
	t.Helper()
	h := &hubProcess{addr: "127.0.0.1:0"}
	h.start(t)
	return h
}

// start runs the hub, on the address that it had before, if any.
func (h *hubProcess) start(t *testing.T) {
	t.Helper()
	args := []string{"serve", "--listen", h.addr, "--ops-listen", "127.0.0.1:0", "--log-format", "json", "--drain", "2s"}
	if h.dir != "" {
		args = append(args, "--data-dir", h.dir)
	}
	if h.token != "" {
		args = append(args, "--webhook-token", string(h.token))
	}
	h.Hub = proctest.StartHub(t, exec.Command(proctest.Battlehub(t), args...))
	if h.addr != h.Addr { // traffic may be reading it
		h.addr = h.Addr
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

func (h *hubProcess) url(path string) string { return "http://" + h.addr + path }

// sign returns what Tencent adds to a webhook's query at that time.
func (h *hubProcess) sign(at time.Time) string {
	if h.token == "" {
		return ""
	}
	sign, requestTime := webhook.Sign(h.token, at)
	return "&Sign=" + sign + "&RequestTime=" + requestTime
}

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
