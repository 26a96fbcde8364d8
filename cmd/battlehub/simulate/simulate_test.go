package simulate

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"battlehub/hub"
)

// parseSimulate reads a command line as main does.
func parseSimulate(t *testing.T, args ...string) (*Command, error) {
	t.Helper()
	var c Command
	parser, err := kong.New(&c, kong.Exit(func(int) {}))
	if err != nil {
		t.Fatal(err)
	}
	_, err = parser.Parse(args)
	return &c, err
}

// simulate runs the subcommand against a server and returns what it printed.
func simulate(t *testing.T, url string, args ...string) (out string, err error) {
	t.Helper()
	c, err := parseSimulate(t, append([]string{"--url", url + "/webhook"}, args...)...)
	if err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	err = c.Run(t.Context(), &stdout, &stderr, false)
	return stdout.String(), err
}

func serveWebhook(t *testing.T, tokens ...hub.Secret) (*httptest.Server, *recordingLog) {
	t.Helper()
	handler, log := newReceiver(tokens...)
	mux := http.NewServeMux()
	mux.Handle("/webhook", handler)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server, log
}

func TestSimulateIsAnsweredOKByARealWebhook(t *testing.T) {
	t.Parallel()
	tokenFile := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(tokenFile, []byte("s3cret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		tokens []hub.Secret
		args   []string
	}{
		"unsigned":       {nil, nil},
		"signed":         {[]hub.Secret{"s3cret"}, []string{"--webhook-token", "s3cret"}},
		"signed-by-file": {[]hub.Secret{"s3cret"}, []string{"--webhook-token-file", tokenFile}},
		"first-of-two":   {[]hub.Secret{"s3cret"}, []string{"--webhook-token", "s3cret,older"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, log := serveWebhook(t, test.tokens...)
			quick := []string{"--rate=6000", "--battles=20", "--speed=1000", "--lost=0", "--seed=7"}
			out, err := simulate(t, server.URL, append(quick, test.args...)...)
			if err != nil {
				t.Fatal(err)
			}
			for _, b := range stories(log.events) {
				if len(b.events) < 2 {
					t.Errorf("a battle has only %v", b.order)
				}
			}
			if n := len(stories(log.events)); n != 20 {
				t.Errorf("%d battles arrived, want 20", n)
			}
			for _, want := range []string{"20 begun", "0 still running", " 0 failed", "--seed 7"} {
				if !strings.Contains(out, want) {
					t.Errorf("summary %q does not say %q", out, want)
				}
			}
		})
	}
}

func TestSimulateFailsWithTheWrongToken(t *testing.T) {
	t.Parallel()
	server, log := serveWebhook(t, "right")
	_, err := simulate(t, server.URL, "--webhook-token=wrong")
	if err == nil || !strings.Contains(err.Error(), "--webhook-token") || strings.Contains(err.Error(), "wrong\n") {
		t.Errorf("error %v", err)
	}
	if len(log.events) > 0 {
		t.Errorf("%d events arrived", len(log.events))
	}
}

func TestSimulateEndsCleanlyWhenInterrupted(t *testing.T) {
	t.Parallel()
	arrived := make(chan struct{}, 1000)
	handler, _ := newReceiver()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handler.ServeHTTP(w, r)
		arrived <- struct{}{}
	}))
	t.Cleanup(server.Close)
	c, err := parseSimulate(t, "--url", server.URL, "--rate=600")
	if err != nil {
		t.Fatal(err)
	}
	ctx, interrupt := context.WithCancel(t.Context())
	var stdout bytes.Buffer
	done := make(chan error)
	go func() { done <- c.Run(ctx, &stdout, &bytes.Buffer{}, false) }()
	for range 5 {
		<-arrived
	}
	interrupt()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if !strings.Contains(stdout.String(), " 0 failed") {
		t.Errorf("summary %q", stdout.String())
	}
}

func TestSimulateRefusesSettingsThatMakeNoSense(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ arg, want string }{
		"no-url":            {"--url=localhost:8080", "--url"},
		"other-scheme":      {"--url=ftp://localhost/webhook", "--url"},
		"password-in-url":   {"--url=http://me:pw@localhost/webhook", "--url"},
		"no-rate":           {"--rate=0", "--rate"},
		"negative-rate":     {"--rate=-1", "--rate"},
		"rate-not-a-number": {"--rate=NaN", "--rate"},
		"too-few-rooms":     {"--rooms=3", "--rooms"},
		"too-many-rooms":    {"--rooms=10000000", "--rooms"},
		"negative-time":     {"--duration=-1s", "--duration"},
		"negative-battles":  {"--battles=-1", "--battles"},
		"no-speed":          {"--speed=0", "--speed"},
		"share-over-one":    {"--lost=1.1", "--lost"},
		"share-below-zero":  {"--repeated=-0.1", "--repeated"},
		"share-nan":         {"--reordered=NaN", "--reordered"},
		"no-app":            {"--sdkappid=0", "--sdkappid"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := parseSimulate(t, test.arg); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%s: error %v, want one that names %s", test.arg, err, test.want)
			}
		})
	}
}

func TestSimulateRefusesTokensThatCannotSign(t *testing.T) {
	t.Parallel()
	empty := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(empty, []byte(" \n"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string]string{
		"empty-file":   "--webhook-token-file=" + empty,
		"missing-file": "--webhook-token-file=" + empty + "s",
		"empty-token":  "--webhook-token=,",
	}
	for name, arg := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, log := serveWebhook(t)
			if _, err := simulate(t, server.URL, arg); err == nil || !strings.Contains(err.Error(), "--webhook-token") {
				t.Errorf("error %v", err)
			}
			if len(log.events) > 0 {
				t.Error("battles were sent")
			}
		})
	}
}

func TestAnnouncementTellsWhenRoomsAreFew(t *testing.T) {
	t.Parallel()
	target, err := parseWebhookURL("http://localhost:8080/webhook/secret?key=secret")
	if err != nil {
		t.Fatal(err)
	}
	cfg := aScript(0)
	var enough, few bytes.Buffer
	announce(&enough, cfg, target)
	cfg.rooms = roomsFor(cfg.rate, cfg.speed) - 1
	announce(&few, cfg, target)
	if strings.Contains(enough.String(), "few") || strings.Contains(enough.String(), "secret") {
		t.Errorf("announced %q", enough.String())
	}
	if want := fmt.Sprintf("--rooms %d", cfg.rooms+1); !strings.Contains(few.String(), want) {
		t.Errorf("announced %q, want advice of %s", few.String(), want)
	}
}

func TestProgressInALogComesLineByLine(t *testing.T) {
	t.Parallel()
	tally := newTally(time.Now())
	tally.begins(simCall{running: 1})
	tally.answered(nil, 0, time.Millisecond)
	var out bytes.Buffer
	done := make(chan struct{})
	close(done)
	progressLoop(&out, false, tally, done)
	if out.Len() > 0 {
		t.Errorf("printed %q although nothing was due", out.String())
	}
	if line, want := tally.line(time.Now().Add(3*time.Second)), "battles 1 (1 running)  webhooks 1 (1 OK, 0 failed)"; !strings.Contains(line, want) {
		t.Errorf("line %q, want %q", line, want)
	}
}
