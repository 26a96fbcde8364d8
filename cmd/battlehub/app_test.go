package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"battlehub/webhook"
)

// testConfig is a hub on free ports that drains at once.
func testConfig(t *testing.T, change func(*config)) config {
	t.Helper()
	c := config{Listen: "127.0.0.1:0", OpsListen: "127.0.0.1:0", SDKAppID: 1400000000, Retention: 24 * time.Hour, Ring: 1024}
	if change != nil {
		change(&c)
	}
	if err := c.validate(); err != nil {
		t.Fatal(err)
	}
	return c
}

func testLogger(t *testing.T) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), nil))
}

// startApp starts a hub and stops it when the test ends.
func startApp(t *testing.T, change func(*config)) *app {
	t.Helper()
	a, err := newApp(t.Context(), testConfig(t, change), testLogger(t))
	if err != nil {
		t.Fatal(err)
	}
	a.Start()
	t.Cleanup(func() {
		if err := a.Stop(); err != nil {
			t.Error(err)
		}
	})
	waitFor(t, "ready", func() bool { return status(t, "http://"+a.OpsAddr().String()+"/readyz") == http.StatusOK })
	return a
}

// waitFor waits until a condition holds. Its patience only matters when something is
// broken.
func waitFor(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !holds(); {
		if time.Now().After(deadline) {
			t.Fatalf("not in time: %s", what)
		}
		<-time.After(5 * time.Millisecond)
	}
}

// status asks for a URL; 0 means that nobody answers.
func status(t testing.TB, url string) int {
	t.Helper()
	code, _ := fetch(t, url)
	return code
}

func fetch(t testing.TB, url string) (int, string) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		return 0, ""
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

const createPacket = `{"CallbackCommand":"Live.CallbackAfterCreateBattle","Operator_Account":"brennanli","BattleId":%q,` +
	`"FromRoomId":"pk-3","ToRoomIdList":["pk-5"],"Timeout":30000,"Duration":60000,"NeedResponse":false,"EventTime":1739954005000}`

// post sends a Create webhook to a hub at base and returns the status and the body.
func post(t *testing.T, base, query, battle string) (int, string) {
	t.Helper()
	resp, err := http.Post(base+"/webhook?SdkAppid=1400000000&CallbackCommand=Live.CallbackAfterCreateBattle&contenttype=json"+query,
		"application/json", strings.NewReader(fmt.Sprintf(createPacket, battle)))
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

func TestWebhookInBattleOut(t *testing.T) {
	t.Parallel()
	a := startApp(t, nil)
	base := "http://" + a.Addr().String()
	if code, body := post(t, base, "", "b1"); code != http.StatusOK || body != `{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}` {
		t.Fatalf("%d %s", code, body)
	}
	waitFor(t, "the battle on the board", func() bool {
		_, body := fetch(t, base+"/v1/battles?room=pk-5")
		return strings.Contains(body, `"id":"b1"`)
	})
	if code, body := fetch(t, base+"/"); code != http.StatusOK || !strings.Contains(body, "<title>") {
		t.Errorf("dashboard: %d %.100s", code, body)
	}
}

func TestSignedWebhooks(t *testing.T) {
	t.Parallel()
	a := startApp(t, func(c *config) { c.WebhookToken = append(c.WebhookToken, "old", "new") })
	base := "http://" + a.Addr().String()
	if code, _ := post(t, base, "", "b1"); code != http.StatusUnauthorized {
		t.Errorf("unsigned: %d", code)
	}
	for _, token := range a.config.WebhookToken {
		sign, at := webhook.Sign(token, time.Now())
		if code, body := post(t, base, "&Sign="+sign+"&RequestTime="+at, "b1"); code != http.StatusOK {
			t.Errorf("signed: %d %s", code, body)
		}
	}
}

func TestOps(t *testing.T) {
	t.Parallel()
	a := startApp(t, nil)
	post(t, "http://"+a.Addr().String(), "", "b1")
	ops := "http://" + a.OpsAddr().String()
	for path, want := range map[string]string{"/livez": "ok", "/readyz": "ready", "/debug/pprof/goroutine?debug=1": "goroutine profile"} {
		if code, body := fetch(t, ops+path); code != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s: %d %.100s", path, code, body)
		}
	}
	_, metrics := fetch(t, ops+"/metrics")
	for _, want := range []string{`battlehub_event_age_seconds_count{hop="received"} 1`, `battlehub_event_age_seconds_count{hop="appended"} 1`,
		`battlehub_log_up{app="1400000000"} 1`, "battlehub_build_info", "go_goroutines", "process_open_fds"} {
		if !strings.Contains(metrics, want) {
			t.Errorf("no %s in the metrics", want)
		}
	}
	// Nothing of ops is on the public side.
	for _, path := range []string{"/metrics", "/debug/pprof/", "/readyz"} {
		if code := status(t, "http://"+a.Addr().String()+path); code != http.StatusNotFound {
			t.Errorf("public %s: %d", path, code)
		}
	}
	t.Run("promtool", func(t *testing.T) {
		promtool, err := exec.LookPath("promtool")
		if err != nil {
			t.Skip("promtool is not installed")
		}
		check := exec.Command(promtool, "check", "metrics")
		check.Stdin = strings.NewReader(metrics)
		if out, err := check.CombinedOutput(); err != nil || len(bytes.TrimSpace(out)) > 0 {
			t.Errorf("promtool: %v\n%s", err, out)
		}
	})
}

func TestLifecycle(t *testing.T) {
	t.Parallel()
	t.Run("stop_before_start", func(t *testing.T) {
		t.Parallel()
		a, err := newApp(t.Context(), testConfig(t, nil), testLogger(t))
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Stop(); err != nil {
			t.Error(err)
		}
	})
	t.Run("stop_twice", func(t *testing.T) {
		t.Parallel()
		a := startApp(t, nil)
		for range 2 {
			if err := a.Stop(); err != nil {
				t.Error(err)
			}
		}
		if status(t, "http://"+a.Addr().String()+"/") != 0 {
			t.Error("still answers")
		}
	})
	t.Run("two_at_once", func(t *testing.T) {
		t.Parallel()
		a, b := startApp(t, nil), startApp(t, nil)
		if a.Addr().String() == b.Addr().String() {
			t.Error("the same address")
		}
	})
	t.Run("address_in_use", func(t *testing.T) {
		t.Parallel()
		a := startApp(t, nil)
		dir := t.TempDir()
		for _, change := range []func(*config){
			func(c *config) { c.Listen = a.Addr().String() },
			func(c *config) { c.OpsListen = a.Addr().String() },
		} {
			c := testConfig(t, func(c *config) { change(c); c.DataDir = dir })
			if _, err := newApp(t.Context(), c, testLogger(t)); err == nil || !strings.Contains(err.Error(), "in use") {
				t.Errorf("error %v", err)
			}
		}
	})
	t.Run("failed_new_leaves_nothing_open", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		a := startApp(t, func(c *config) { c.DataDir = dir })
		c := testConfig(t, func(c *config) { c.DataDir = dir })
		if _, err := newApp(context.Background(), c, testLogger(t)); err == nil || !strings.Contains(err.Error(), dir) {
			t.Errorf("the data directory is in use, got %v", err)
		}
		if err := a.Stop(); err != nil {
			t.Error(err)
		}
		b, err := newApp(t.Context(), c, testLogger(t))
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Stop(); err != nil {
			t.Error(err)
		}
	})
}

func TestRestartKeepsTheBoard(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	onDisk := func(c *config) { c.DataDir = dir }
	first := startApp(t, onDisk)
	post(t, "http://"+first.Addr().String(), "", "b1")
	if err := first.Stop(); err != nil {
		t.Fatal(err)
	}
	second := startApp(t, onDisk)
	if _, body := fetch(t, "http://"+second.Addr().String()+"/v1/battles"); !strings.Contains(body, `"id":"b1"`) {
		t.Errorf("board %s", body)
	}
}

// TestSlowRequestsAreCutOff: neither a handshake that never ends nor a body that comes in
// drips holds a connection for long.
func TestSlowRequestsAreCutOff(t *testing.T) {
	t.Parallel()
	a := startApp(t, nil)
	for name, request := range map[string]string{
		"handshake": "GET /v1/ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: web",
		"body": "POST /webhook?SdkAppid=1400000000&CallbackCommand=Live.CallbackAfterCreateBattle HTTP/1.1\r\nHost: localhost\r\n" +
			"Content-Length: 300\r\n\r\n{\"CallbackCommand\":",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn, err := net.Dial("tcp", a.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if _, err := io.WriteString(conn, request); err != nil {
				t.Fatal(err)
			}
			if err := conn.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
				t.Fatal(err)
			}
			if answer, err := io.ReadAll(conn); err != nil || strings.Contains(string(answer), `"OK"`) {
				t.Errorf("%v, %s", err, answer)
			}
		})
	}
}
