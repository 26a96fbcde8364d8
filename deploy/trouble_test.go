//go:build linux

package deploy_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"battlehub/hub/proctest"
)

// TestAddressesPassTheBalancer: the hubs bound sessions by the client's address, which
// only the balancer sees, and which no client can choose.
func TestAddressesPassTheBalancer(t *testing.T) {
	t.Parallel()
	s := startStack(t, nil, "BATTLEHUB_MAX_PER_IP=2")
	opened := 0
	for {
		_, _, code := s.dial(t, "127.0.0.2", http.Header{"X-Forwarded-For": {fmt.Sprint("192.0.2.", opened)}})
		if code == http.StatusTooManyRequests {
			break
		}
		if opened++; code != http.StatusSwitchingProtocols || opened > 4 {
			t.Fatalf("session %d from one address: %d", opened, code)
		}
	}
	if opened != 4 { // two at each: the one with fewer sessions gets the next
		t.Errorf("one address had %d sessions", opened)
	}
	if _, _, code := s.dial(t, "127.0.0.3", nil); code != http.StatusSwitchingProtocols {
		t.Errorf("another address: %d", code)
	}
}

// TestWebhooksSurviveRedis: while Redis is away no hub is ready, and the balancer still
// gives them webhooks, which they keep, and clients, who see the last board.
func TestWebhooksSurviveRedis(t *testing.T) {
	t.Parallel()
	s := startStack(t, nil)
	mustPost(t, s.url, "before")
	for _, n := range s.hubs {
		waitFor(t, "the battle on each board", func() bool { return shows("http://"+n.Addr, "before") })
	}
	s.redis.Kill()
	mustPost(t, s.url, "at-once") // nobody has noticed yet
	for name := range s.hubs {
		s.waitState(t, "hubs", name, "DOWN")
		s.waitState(t, "webhooks", name+"-alive", "UP")
	}
	for i := range 4 {
		mustPost(t, s.url, fmt.Sprint("away", i))
	}
	if !shows(s.url, "before") {
		t.Error("the balancer shows no board without Redis")
	}
	if _, _, code := s.dial(t, "127.0.0.1", nil); code != http.StatusSwitchingProtocols {
		t.Errorf("a client without Redis: %d", code)
	}

	s.redis.Start()
	for name := range s.hubs {
		s.waitState(t, "hubs", name, "UP")
	}
	for _, battle := range []string{"at-once", "away0", "away1", "away2", "away3"} {
		waitFor(t, battle+" after Redis came back", func() bool { return shows(s.url, battle) })
	}
}

// TestAHubMayFail: what one hub does not answer, because it hangs or because it was killed,
// another does.
func TestAHubMayFail(t *testing.T) {
	t.Parallel()
	s := startStack(t, nil)
	one, two := s.hubs["hub1"], s.hubs["hub2"]
	hang(t, one)
	for range 2 { // the second goes to whoever has none yet
		if _, hello, code := s.dial(t, "127.0.0.1", nil); hello == nil || hello.Node != "hub2" {
			t.Fatalf("a client, one hub hangs: %d, %+v", code, hello)
		}
	}
	one.Signal(syscall.SIGCONT)
	s.waitState(t, "webhooks", "hub1", "UP")

	hang(t, one)
	for i := range 2 { // by turns
		if code := s.postSlowly(t, fmt.Sprint("hung", i)); code != http.StatusOK {
			t.Errorf("a webhook, one hub hangs: %d", code)
		}
	}
	one.Signal(syscall.SIGCONT)
	s.waitState(t, "webhooks", "hub1", "UP")

	two.Signal(syscall.SIGKILL)
	for i := range 4 {
		mustPost(t, s.url, fmt.Sprint("killed", i))
	}
	for _, battle := range []string{"hung0", "hung1", "killed0", "killed3"} {
		waitFor(t, battle, func() bool { return shows("http://"+one.Addr, battle) })
	}
	for _, kind := range []string{"GET /v1/ws", "POST /webhook"} {
		if !regexp.MustCompile(kind + ` .* retries:\+1`).MatchString(s.output.String()) {
			t.Errorf("no %s was sent to a second hub", kind)
		}
	}
}

// hang stops every thread of the hub; its sockets remain, and the kernel goes on to accept.
func hang(t *testing.T, n *proctest.Hub) {
	t.Helper()
	n.Signal(syscall.SIGSTOP)
	waitFor(t, "a hub that hangs", func() bool {
		threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", n.Pid()))
		return err == nil && !slices.ContainsFunc(threads, func(path string) bool {
			stat, err := os.ReadFile(path)
			return err == nil && !strings.Contains(string(stat), ") T ")
		})
	})
}

// postSlowly sends a webhook whose body arrives later than its header. The balancer must
// have it whole to be able to send it twice.
func (s *stack) postSlowly(t *testing.T, battle string) int {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	body := fmt.Sprintf(createPacket, battle, time.Now().UnixMilli())
	fmt.Fprintf(conn, "POST /webhook?SdkAppid=1400000000&CallbackCommand=Live.CallbackAfterCreateBattle HTTP/1.1\r\n"+
		"Host: hub\r\nContent-Length: %d\r\n\r\n%s", len(body), body[:10])
	<-time.After(100 * time.Millisecond)
	fmt.Fprint(conn, body[10:])
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	code, _ := answer(response, err)
	return code
}

// TestBalancerGivesUpInWords: when no hub takes a webhook, the sender is told why in the
// form that it reads, by the hub.
func TestBalancerGivesUpInWords(t *testing.T) {
	t.Parallel()
	s := startStack(t, nil, "BATTLEHUB_DATA_DIR=") // no spool
	s.redis.Kill()
	code, body := post(s.url, "b1")
	if code != http.StatusServiceUnavailable || !strings.Contains(body, `"ActionStatus":"FAIL"`) {
		t.Errorf("%d %s", code, body)
	}
}
