//go:build linux

package deploy_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"

	"battlehub/hub"
	"battlehub/hub/client"
)

// TestBalancerTakesItsConfiguration: as it is, where the hubs' names are not known.
func TestBalancerTakesItsConfiguration(t *testing.T) {
	t.Parallel()
	out, err := exec.Command(tool(t, "haproxy"), "-c", "-f", "haproxy.cfg").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, "[WARNING]") && !strings.Contains(line, "could not resolve address") {
			t.Error(line)
		}
	}
}

// TestEventsPassTheBalancer: whatever a client speaks and whichever hub it is at, it is
// told of a battle at once; and the dashboard is there too.
func TestEventsPassTheBalancer(t *testing.T) {
	t.Parallel()
	s := startStack(t, nil)
	stream, err := http.Get(s.url + "/v1/events")
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Body.Close()
	lines := bufio.NewReader(stream.Body)
	awaitLine(t, lines, "event: hello")
	awaitLine(t, lines, `"done":true`)
	frames := s.follow(t)
	next[*client.Snapshot](t, frames)
	best := time.Minute
	for i := range 4 { // by turns, so that each hub takes some
		battle, began := fmt.Sprint("b", i), time.Now()
		mustPost(t, s.url, battle)
		// Nothing follows that could push it out of a buffer.
		awaitLine(t, lines, fmt.Sprintf(`"id":%q`, battle))
		best = min(best, time.Since(began))
		if e := next[*client.Event](t, frames); e.Battle.ID != battle {
			t.Errorf("the WebSocket had battle %s", e.Battle.ID)
		}
	}
	if best > 150*time.Millisecond { // about 1 ms; without http-no-delay, never below 200 ms
		t.Errorf("the fastest event took %v to the event stream", best)
	}
	for name, n := range s.hubs {
		if _, body := fetch("http://" + n.OpsAddr + "/metrics"); !strings.Contains(body, `{command="created",result="fresh"} 2`) {
			t.Errorf("%s did not take half of the webhooks", name)
		}
	}
	if code, body := fetch(s.url + "/"); code != http.StatusOK || !strings.Contains(body, "<title>") {
		t.Errorf("the dashboard: %d %.100s", code, body)
	}
	for _, path := range []string{"/metrics", "/readyz", "/debug/pprof/"} {
		if _, body := fetch(s.url + path); strings.Contains(body, "ready") || strings.Contains(body, "go_") || strings.Contains(body, "pprof") {
			t.Errorf("%s is public", path)
		}
	}
	waitFor(t, "lines in the balancer's log", func() bool { return strings.Count(s.output.String(), "POST /webhook 200") == 4 })
	if strings.Contains(s.output.String(), "s3cret") {
		t.Errorf("signatures are in the balancer's log:\n%s", &s.output)
	}
}

func awaitLine(t *testing.T, lines *bufio.Reader, want string) {
	t.Helper()
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatalf("no %s: %v", want, err)
		}
		if strings.Contains(line, want) {
			return
		}
	}
}

// TestIdleSessionStays: once it is upgraded, the time-outs of requests do not count. They
// are made so short that they would show.
func TestIdleSessionStays(t *testing.T) {
	t.Parallel()
	s := startStack(t, func(config string) string {
		return strings.NewReplacer("timeout client 75s", "timeout client 500ms", "timeout server 75s", "timeout server 500ms").Replace(config)
	})
	conn, _, _ := s.dial(t, "127.0.0.1", nil)
	ended := make(chan error, 1)
	pong := make(chan string, 8)
	go func() {
		for {
			_, data, err := conn.Read(context.WithoutCancel(t.Context()))
			if err != nil {
				ended <- err
				return
			}
			pong <- string(data)
		}
	}()
	select {
	case err := <-ended:
		t.Fatalf("an idle session ended: %v", err)
	case <-time.After(2 * time.Second):
	}
	if err := conn.Write(t.Context(), websocket.MessageText, []byte(`{"type":"ping","id":7}`)); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "pong", func() bool {
		select {
		case err := <-ended:
			t.Fatal(err)
		case data := <-pong:
			return strings.Contains(data, `"pong"`)
		default:
		}
		return false
	})
}

// TestHubRestartsUnnoticed: a hub that drains gets nobody new, from the first moment on,
// before any health check has run. Its client comes back to the other hub, misses nothing,
// and no webhook is refused meanwhile, up to the end of the process and beyond.
func TestHubRestartsUnnoticed(t *testing.T) {
	t.Parallel()
	s := startStack(t, nil, "BATTLEHUB_DRAIN=1s")
	frames := s.follow(t)
	first := next[*hub.Hello](t, frames).Node
	next[*client.Snapshot](t, frames)
	leaving := s.hubs[first]
	// They do not read, so they hold up the drain.
	for held := 0; held < 2; {
		if _, hello, _ := s.dial(t, "127.0.0.1", nil); hello.Node == first {
			held++
		}
	}

	leaving.Signal(syscall.SIGTERM)
	waitFor(t, "drain", func() bool { return status("http://"+leaving.OpsAddr+"/readyz") == http.StatusServiceUnavailable })
	posted := 0
	for ended := false; !ended; ended = leaving.Ended() {
		mustPost(t, s.url, fmt.Sprint("b", posted))
		posted++
		if _, hello, code := s.dial(t, "127.0.0.1", nil); hello == nil || hello.Node == first {
			t.Fatalf("a new client got %d, %+v", code, hello)
		}
	}
	if err := leaving.Wait(); err != nil {
		t.Errorf("it ended by %v\n%s", err, &leaving.Output)
	}
	if bye := next[*hub.Bye](t, frames); bye.Reason != hub.CloseDraining {
		t.Errorf("bye for %s", bye.Reason)
	}
	if again := next[*hub.Hello](t, frames); again.Node == first || !again.Resumed {
		t.Errorf("it came back to %+v", again)
	}
	for i := range posted {
		if e := next[*client.Event](t, frames); e.Battle.ID != fmt.Sprint("b", i) {
			t.Fatalf("after b%d came %s", i-1, e.Battle.ID)
		}
	}
}
