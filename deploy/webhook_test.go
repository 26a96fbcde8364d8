//go:build linux

package deploy_test

import (
	"fmt"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

// postFrom sends a battle's first webhook to a path of the balancer's, from an address of
// this machine.
func (s *stack) postFrom(t *testing.T, from, path, battle string) int {
	t.Helper()
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	transport := &http.Transport{DialContext: dialer.DialContext}
	defer transport.CloseIdleConnections()
	response, err := (&http.Client{Transport: transport}).Post(s.url+path+"?SdkAppid=1400000000", "application/json",
		strings.NewReader(fmt.Sprintf(createPacket, battle, time.Now().UnixMilli())))
	code, _ := answer(response, err)
	return code
}

// TestSecretWebhookPath: a path that only Tencent knows is balanced as the usual one is, and
// stays out of the log. At the usual one there is nothing.
func TestSecretWebhookPath(t *testing.T) {
	t.Parallel()
	s := startStack(t, nil, "BATTLEHUB_WEBHOOK_PATH=/webhook/gu3ssless")
	for path, want := range map[string]int{"/webhook/gu3ssless": 200, "/webhook": 404, "/webhook/guess": 404} {
		if code := s.postFrom(t, "127.0.0.1", path, "b"+path); code != want {
			t.Errorf("%s: %d, want %d", path, code, want)
		}
	}
	logged := regexp.MustCompile(`POST /webhook/\.\.\. 200 webhooks/hub\d `)
	waitFor(t, "the webhook in the balancer's log", func() bool { return logged.MatchString(s.output.String()) })
	if strings.Contains(s.output.String(), "gu3ssless") {
		t.Errorf("the path is in the balancer's log:\n%s", &s.output)
	}
}

// TestWebhookAllowBehindTheBalancer: the address is the sender's, not the balancer's.
func TestWebhookAllowBehindTheBalancer(t *testing.T) {
	t.Parallel()
	s := startStack(t, nil, "BATTLEHUB_WEBHOOK_ALLOW=127.0.0.9")
	for from, want := range map[string]int{"127.0.0.9": 200, "127.0.0.1": 401, "127.0.0.10": 401} {
		if code := s.postFrom(t, from, "/webhook", "b"+from); code != want {
			t.Errorf("from %s: %d, want %d", from, code, want)
		}
	}
}
