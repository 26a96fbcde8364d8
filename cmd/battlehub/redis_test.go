package main

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"

	"battlehub/hub"
	"battlehub/hub/client"
	"battlehub/hub/redislog/redistest"
)

func TestRedisSettings(t *testing.T) {
	url := writeFile(t, "url", "redis://:s3cret@redis.example:6379\n")
	c, err := parse(t, "--redis-url-file="+url, "--redis-mode=cluster", "--durability=replicated", "--spool-max=1GiB", "--retention-size=512MiB")
	if err != nil || string(c.RedisURL) != "redis://:s3cret@redis.example:6379" || c.RedisMode != "cluster" ||
		c.Durability != "replicated" || c.SpoolMax != 1<<30 || c.RetentionSize != 512<<20 {
		t.Errorf("%+v, %v", c.redisConfig, err)
	}
	t.Setenv("BATTLEHUB_REDIS_URL", "redis://from-environment")
	if c, err := parse(t); err != nil || string(c.RedisURL) != "redis://from-environment" || c.SpoolMax != 256<<20 {
		t.Errorf("%+v, %v", c.redisConfig, err)
	}
}

func TestRedisSettingsRefused(t *testing.T) {
	empty := writeFile(t, "url", "\n")
	for name, c := range map[string]struct {
		args []string
		says string
	}{
		"ModeAlone":       {[]string{"--redis-mode=cluster"}, "need --redis-url"},
		"DurabilityAlone": {[]string{"--durability=disk"}, "--durability needs --redis-url"},
		"Mode":            {[]string{"--redis-url=redis://x", "--redis-mode=ring"}, "redis-mode"},
		"Both":            {[]string{"--redis-url=redis://x", "--redis-url-file=" + empty}, "keep one of them"},
		"EmptyFile":       {[]string{"--redis-url-file=" + empty}, "is empty"},
		"CertAlone":       {[]string{"--redis-url=rediss://x", "--redis-cert-file=" + empty}, "go together"},
		"Size":            {[]string{"--spool-max=1GB"}, "512MiB"},
		"Overflow":        {[]string{"--spool-max=9000000TiB"}, "not a size"},
	} {
		if _, err := parse(t, c.args...); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
}

// TestTwoNodes: what one node takes, the other shows.
func TestTwoNodes(t *testing.T) {
	t.Parallel()
	url := redistest.Start(t).URL()
	one, other := startProcess(t, "--redis-url="+url), startProcess(t, "--redis-url="+url)
	if code, body := post(t, one.base, "", "b1"); code != http.StatusOK {
		t.Fatalf("%d %s", code, body)
	}
	waitFor(t, "the battle on the other node", func() bool {
		_, body := fetch(t, other.base+"/v1/battles")
		return strings.Contains(body, `"id":"b1"`)
	})
	if !strings.Contains(one.Output.String(), "in Redis, shared") {
		t.Errorf("the welcome does not tell where the log is:\n%s", &one.Output)
	}
}

// TestWithoutSpool: a webhook that cannot be kept is refused, with a hint when to come back,
// and so that its sender need not wait.
func TestWithoutSpool(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	p := startProcess(t, "--redis-url="+s.URL())
	s.Kill()
	waitFor(t, "it notices", func() bool { return status(t, p.ops+"/readyz") == http.StatusServiceUnavailable })
	resp, err := http.Post(p.base+"/webhook?SdkAppid=1400000000&CallbackCommand=Live.CallbackAfterCreateBattle", "application/json",
		strings.NewReader(strings.Replace(createPacket, "%q", `"b1"`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" {
		t.Errorf("%d, Retry-After %q", resp.StatusCode, resp.Header.Get("Retry-After"))
	}
	s.Start()
	waitFor(t, "it is ready again", func() bool { return status(t, p.ops+"/readyz") == http.StatusOK })
	if code, body := post(t, p.base, "", "b1"); code != http.StatusOK {
		t.Errorf("%d %s", code, body)
	}
}

// TestSpoolSurvivesRestart: webhooks that came while Redis was away are in the log after a
// kill -9 of the node that took them.
func TestSpoolSurvivesRestart(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	dir := t.TempDir()
	p := startProcess(t, "--redis-url="+s.URL(), "--data-dir="+dir)
	s.Kill()
	for _, id := range []string{"b1", "b2", "b3"} {
		if code, body := post(t, p.base, "", id); code != http.StatusOK {
			t.Fatalf("%s: %d %s", id, code, body)
		}
	}
	p.Kill()
	s.Start()
	other := startProcess(t, "--redis-url="+s.URL())
	startProcess(t, "--redis-url="+s.URL(), "--data-dir="+dir)
	waitFor(t, "the spooled battles", func() bool {
		_, body := fetch(t, other.base+"/v1/battles")
		return strings.Contains(body, `"id":"b1"`) && strings.Contains(body, `"id":"b2"`) && strings.Contains(body, `"id":"b3"`)
	})
}

// TestReadyzTellsOfRedis says in words what Redis' settings have against the mode.
func TestReadyzTellsOfRedis(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, "--appendonly", "yes", "--appendfsync", "always")
	p := startProcess(t, "--redis-url="+s.URL(), "--durability=disk")
	s.Do("CONFIG", "SET", "appendfsync", "everysec")
	waitFor(t, "it is told", func() bool {
		code, body := fetch(t, p.ops+"/readyz")
		return code == http.StatusServiceUnavailable && strings.Contains(body, "set appendonly yes and appendfsync always")
	})
	s.Do("CONFIG", "SET", "appendfsync", "always")
	waitFor(t, "all is well", func() bool { return status(t, p.ops+"/readyz") == http.StatusOK })
}

// TestRedisTLS gives the certificates by file.
func TestRedisTLS(t *testing.T) {
	t.Parallel()
	s, _, files := redistest.StartTLS(t)
	p := startProcess(t, "--redis-url="+s.URL(), "--redis-ca-file="+files.CA, "--redis-cert-file="+files.Cert, "--redis-key-file="+files.Key)
	if code, body := post(t, p.base, "", "b1"); code != http.StatusOK {
		t.Errorf("%d %s", code, body)
	}
}

// TestRedisPasswordIsNotLogged looks for it where trouble is told of.
func TestRedisPasswordIsNotLogged(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	s.Do("CONFIG", "SET", "requirepass", "t0ps3cret")
	s.Do("AUTH", "t0ps3cret")
	p := startProcess(t, "--redis-url="+strings.Replace(s.URL(), "redis://", "redis://:t0ps3cret@", 1), "--log-level=debug")
	s.Do("CONFIG", "SET", "requirepass", "another")
	s.Do("CLIENT", "KILL", "TYPE", "pubsub")
	s.Do("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
	waitFor(t, "trouble", func() bool { return strings.Contains(p.Output.String(), "WRONGPASS") })
	if strings.Contains(p.Output.String(), "t0ps3cret") {
		t.Errorf("the password is in the log:\n%s", &p.Output)
	}
}

// TestGoClientOverARewrittenLog: Redis loses everything, the hub gives it back, and whoever
// follows by the Go client keeps the connection, is told of each event once, and has the
// board in the end.
func TestGoClientOverARewrittenLog(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	p := startProcess(t, "--redis-url="+s.URL())
	var mu sync.Mutex
	hellos, gaps, events := 0, []hub.GapReason{}, map[string]int{}
	board := &client.Board{}
	c, err := client.New(client.Options{URL: p.base, Board: board})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- c.Run(ctx, func(f client.Frame) {
			mu.Lock()
			defer mu.Unlock()
			switch f := f.(type) {
			case *hub.Hello:
				hellos++
			case *hub.Gap:
				gaps = append(gaps, f.Reason)
			case *client.Event:
				events[f.ID]++
			}
		})
	}()
	told := func(nEvents, nGaps int) bool {
		mu.Lock()
		defer mu.Unlock()
		return len(events) >= nEvents && len(gaps) >= nGaps
	}
	waitFor(t, "hello", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return hellos > 0
	})
	post(t, p.base, "", "b1")
	post(t, p.base, "", "b2")
	waitFor(t, "two battles", func() bool { return told(2, 0) })
	s.Do("FLUSHALL")
	waitFor(t, "the gap, and the board again", func() bool { return told(2, 1) && len(board.Battles()) == 2 })
	post(t, p.base, "", "b3")
	waitFor(t, "the next battle", func() bool { return told(3, 1) && len(board.Battles()) == 3 })
	cancel()
	<-done
	if hellos != 1 || len(gaps) != 1 || gaps[0] != hub.GapRewritten {
		t.Errorf("%d hellos, gaps %v: want one connection and one gap, rewritten", hellos, gaps)
	}
	for id, n := range events {
		if n != 1 {
			t.Errorf("event %s was told %d times", id, n)
		}
	}
}
