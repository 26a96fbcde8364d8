package simulate

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestFirstFailureSaysWhatToDo(t *testing.T) {
	t.Parallel()
	const fail = `{"ActionStatus":"FAIL","ErrorInfo":"because","ErrorCode":1}`
	tests := map[string]struct {
		answer transportFunc
		want   []string
	}{
		"unreachable": {
			func(*http.Request) (*http.Response, error) { return nil, errors.New("connection refused") },
			[]string{"nothing answers at http://hub.test/webhook", "connection refused", "Start a hub", "--url"},
		},
		"unsigned": {
			func(*http.Request) (*http.Response, error) { return answerWith(401, fail), nil },
			[]string{"401", `"because"`, "--webhook-token", "--webhook-allow"},
		},
		"another-app": {
			func(*http.Request) (*http.Response, error) { return answerWith(403, fail), nil },
			[]string{"403", `"because"`, "--sdkappid"},
		},
		"full": {
			func(*http.Request) (*http.Response, error) { return answerWith(503, fail), nil },
			[]string{"503", "log"},
		},
		"not-a-webhook": {
			func(*http.Request) (*http.Response, error) { return answerWith(404, "<html>"), nil },
			[]string{"404", "/webhook", "--webhook-path"},
		},
		"ok-in-name-only": {
			func(*http.Request) (*http.Response, error) { return answerWith(200, fail), nil },
			[]string{"200", `"because"`},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := testSender(test.answer)
			s.token = "xxxxyyyy"
			err := s.play(t.Context(), scriptFromNow(func(*scriptConfig) {}))
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q does not say %q", err, want)
				}
			}
			if s.tally.sent != 1 {
				t.Errorf("%d webhooks were sent, want one", s.tally.sent)
			}
		})
	}
}

func TestErrorsKeepTheSignatureToThemselves(t *testing.T) {
	t.Parallel()
	closed := httptest.NewServer(nil)
	closed.Close()
	target, err := parseWebhookURL(closed.URL + "/webhook/secret?key=secret")
	if err != nil {
		t.Fatal(err)
	}
	s := newSender(target, 1400000000, "xxxxyyyy", newTally(time.Now()))
	err = s.play(t.Context(), scriptFromNow(func(*scriptConfig) {}))
	if err == nil || strings.Contains(err.Error(), "Sign") || strings.Contains(err.Error(), "secret") {
		t.Errorf("error %v", err)
	}
}

func TestFailuresOfOneCauseAreCountedTogether(t *testing.T) {
	t.Parallel()
	reset := func(port int) error {
		return &url.Error{Op: "Post", URL: "http://hub.test/webhook?Sign=1", Err: &net.OpError{
			Op:     "read",
			Net:    "tcp",
			Source: &net.TCPAddr{Port: port},
			Err:    os.NewSyscallError("read", syscall.ECONNRESET),
		}}
	}
	tally := newTally(time.Now())
	for port := range 100 {
		tally.answered(causeOf(reset(port)), 0, 0)
	}
	if n := tally.reasons["read: connection reset by peer"]; n != 100 {
		t.Errorf("reasons %v", tally.reasons)
	}
}
