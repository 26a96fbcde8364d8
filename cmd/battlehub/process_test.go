package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"

	"battlehub/hub/proctest"
	"battlehub/webhook"
)

func TestMain(m *testing.M) { os.Exit(proctest.Run(m)) }

// process is a battlehub of its own.
type process struct {
	*proctest.Hub
	t         testing.TB
	base, ops string
}

// startProcess starts battlehub serve on free ports and waits until it is ready.
func startProcess(t testing.TB, args ...string) *process {
	t.Helper()
	args = append([]string{"serve", "--listen=127.0.0.1:0", "--ops-listen=127.0.0.1:0"}, args...)
	h := proctest.StartHub(t, exec.Command(proctest.Battlehub(t), args...))
	p := &process{Hub: h, t: t, base: "http://" + h.Addr, ops: "http://" + h.OpsAddr}
	waitFor(t, "ready", func() bool { return status(t, p.ops+"/readyz") == http.StatusOK })
	return p
}

// connect opens a session and reads hello and the snapshot.
func (p *process) connect() *websocket.Conn {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, p.base+"/v1/ws", nil)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { conn.CloseNow() })
	for range 2 {
		if _, _, err := conn.Read(ctx); err != nil {
			p.t.Fatal(err)
		}
	}
	return conn
}

func TestFirstMinute(t *testing.T) {
	t.Parallel()
	p := startProcess(t)
	waitFor(t, "the welcome", func() bool { return strings.Contains(p.Output.String(), "battlehub simulate") })
	out := p.Output.String()
	for _, want := range []string{"Dashboard    http://localhost:", "/webhook", "open, because it listens on this machine only", "in memory"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	// The command is there to be pasted: paste it.
	_, command, _ := strings.Cut(out, "T=$(date")
	command, _, _ = strings.Cut(command, "Or watch")
	paste := exec.Command("sh", "-c", "T=$(date"+command)
	if answer, err := paste.Output(); err != nil || !strings.Contains(string(answer), `"ActionStatus":"OK"`) {
		t.Errorf("pasted: %v\n%s", err, answer)
	}
	waitFor(t, "the pasted battle", func() bool {
		_, body := fetch(t, p.base+"/v1/battles?room=pk-5&state=pending")
		return strings.Contains(body, "T3aub9zKraqPbSEGRX2z6gs3LDFi")
	})
}

// TestDrainOnTerm: SIGTERM tells every session when to come back, and the process exits 0.
func TestDrainOnTerm(t *testing.T) {
	t.Parallel()
	p := startProcess(t, "--drain=1s")
	conn := p.connect()
	p.Signal(syscall.SIGTERM)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	_, data, err := conn.Read(ctx)
	var bye struct {
		Type        string
		ReconnectMS int64 `json:"reconnect_ms"`
	}
	if err != nil || json.Unmarshal(data, &bye) != nil || bye.Type != "bye" || bye.ReconnectMS > 1000 {
		t.Fatalf("%v, %s", err, data)
	}
	if _, _, err := conn.Read(ctx); websocket.CloseStatus(err) != websocket.StatusServiceRestart {
		t.Errorf("closed by %v", err)
	}
	if err := p.Wait(); err != nil {
		t.Errorf("it ended by %v\n%s", err, &p.Output)
	}
}

// TestSecondSignalExitsAtOnce: a session that does not answer keeps the drain waiting, and
// a person does not want to.
func TestSecondSignalExitsAtOnce(t *testing.T) {
	t.Parallel()
	p := startProcess(t, "--drain=10m")
	p.connect() // nobody reads from it any more
	for range 2 {
		p.Signal(os.Interrupt)
		waitFor(t, "the drain", func() bool { return strings.Contains(p.Output.String(), "msg=draining") })
	}
	if err := p.Wait(); err == nil {
		t.Error("it ended with status 0, as if it had finished")
	}
}

// TestKillLosesNothing: what a webhook was answered OK for is on the board after kill -9.
func TestKillLosesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	acknowledged := map[string]bool{}
	for round := range 3 {
		p := startProcess(t, "--data-dir="+dir)
		var mu sync.Mutex
		var senders sync.WaitGroup
		for s := range 4 {
			senders.Go(func() {
				for i := 0; ; i++ {
					id := fmt.Sprintf("r%d-s%d-%d", round, s, i)
					if code, _ := post(t, p.base, "", id); code != 200 {
						return
					}
					mu.Lock()
					acknowledged[id] = true
					mu.Unlock()
				}
			})
		}
		waitFor(t, "some webhooks", func() bool {
			mu.Lock()
			defer mu.Unlock()
			return len(acknowledged) > 60*(round+1)
		})
		p.Kill()
		senders.Wait()
	}
	p := startProcess(t, "--data-dir="+dir)
	for after := ""; ; {
		_, body := fetch(t, p.base+"/v1/battles?limit=1000&after="+after)
		var page struct {
			Battles []struct{ ID string }
			Next    string
		}
		if err := json.Unmarshal([]byte(body), &page); err != nil {
			t.Fatal(err)
		}
		for _, b := range page.Battles {
			delete(acknowledged, b.ID)
		}
		if after = page.Next; after == "" {
			break
		}
	}
	if len(acknowledged) > 0 {
		t.Errorf("%d acknowledged battles are lost: %v", len(acknowledged), acknowledged)
	}
}

// TestLogsHoldNoSecrets runs a hub through good and bad requests, at the most talkative
// level, and looks for what must never be logged.
func TestLogsHoldNoSecrets(t *testing.T) {
	t.Parallel()
	p := startProcess(t, "--webhook-token=t0ps3cret", "--log-level=debug", "--drain=0s")
	sign, at := webhook.Sign("t0ps3cret", time.Now())
	for _, query := range []string{"", "&Sign=" + sign, "&Sign=" + sign + "&RequestTime=" + at, "&Sign=f0rged&RequestTime=" + at, "&SdkAppid=7&Sign=" + sign} {
		post(t, p.base, query, "b1")
	}
	fetch(t, p.base+"/v1/battles?app=7&access_token=t0ken")
	fetch(t, p.base+"/v1/events?app=7&access_token=t0ken")
	p.connect()
	p.Signal(syscall.SIGTERM)
	_ = p.Wait()
	for _, secret := range []string{"t0ps3cret", sign, "f0rged", "t0ken", "brennanli", "RequestTime="} {
		if strings.Contains(p.Output.String(), secret) {
			t.Errorf("%q is in the logs:\n%s", secret, &p.Output)
		}
	}
}
