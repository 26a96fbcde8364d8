package webhook

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"battlehub/hub"
)

const (
	testApp   hub.App    = 1400000000
	testToken hub.Secret = "xxxxyyyy"
	appQuery             = "SdkAppid=1400000000"
)

// appendFunc makes an Appender of a function.
type appendFunc func(ctx context.Context, events []hub.Event) ([]hub.Appended, error)

func (f appendFunc) Append(ctx context.Context, events []hub.Event) ([]hub.Appended, error) {
	return f(ctx, events)
}

// mapLog tells fresh events, duplicates and conflicts apart as the Log contract says.
type mapLog struct {
	mu     sync.Mutex
	events map[string]hub.Event
}

func newMapLog() *mapLog { return &mapLog{events: map[string]hub.Event{}} }

func (l *mapLog) Append(_ context.Context, events []hub.Event) ([]hub.Appended, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var appended []hub.Appended
	for _, e := range events {
		verdict := hub.Fresh
		if known, ok := l.events[e.ID]; !ok {
			l.events[e.ID] = e
		} else if verdict = hub.Duplicate; known.Digest() != e.Digest() {
			verdict = hub.Conflict
		}
		appended = append(appended, hub.Appended{Verdict: verdict})
	}
	return appended, nil
}

// only returns the one event in the log.
func (l *mapLog) only(t *testing.T) hub.Event {
	t.Helper()
	if len(l.events) != 1 {
		t.Fatalf("log holds %d events, want 1", len(l.events))
	}
	for _, e := range l.events {
		return e
	}
	panic("unreachable")
}

// handler makes a handler of one app.
func handler(log Appender, tokens ...hub.Secret) *Handler {
	return New(Options{Apps: map[hub.App]App{testApp: {Log: log, Tokens: tokens}}})
}

// packetFile reads a documented packet.
func packetFile(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// signed adds a Sign of the present second to a query.
func signed(query string, token hub.Secret) string {
	sign, at := Sign(token, time.Now())
	return query + "&Sign=" + sign + "&RequestTime=" + at
}

// serve gives the handler a request.
func serve(h http.Handler, method, query string, body io.Reader) *http.Response {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, "/webhook?"+query, body))
	return w.Result()
}

func post(h http.Handler, query, body string) *http.Response {
	return serve(h, http.MethodPost, query, strings.NewReader(body))
}

// wantAnswer checks the answer's status and form, down to its keys, and returns its
// ErrorInfo.
func wantAnswer(t *testing.T, resp *http.Response, status int) string {
	t.Helper()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != status {
		t.Fatalf("status %d with %s, want %d", resp.StatusCode, body, status)
	}
	if got := resp.Header.Get("Content-Type"); got != "application/json" {
		t.Errorf("Content-Type %q", got)
	}
	if status == http.StatusOK {
		if got, want := string(body), `{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}`; got != want {
			t.Errorf("answer %s, want %s", got, want)
		}
		return ""
	}
	var r reply
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		t.Fatalf("answer %s: %v", body, err)
	}
	if r.ActionStatus != "FAIL" || r.ErrorInfo == "" || r.ErrorCode != status {
		t.Errorf("answer %s, want FAIL with an ErrorInfo and ErrorCode %d", body, status)
	}
	return r.ErrorInfo
}

// wantCount checks that the request was counted once, under these labels alone.
func wantCount(t *testing.T, h *Handler, cmd command, res result) {
	t.Helper()
	for c, possible := range results {
		for _, r := range possible {
			want := 0.0
			if c == cmd && r == res {
				want = 1
			}
			if got := testutil.ToFloat64(h.metrics.requests.WithLabelValues(string(c), string(r))); got != want {
				t.Errorf("requests{%s,%s} = %v, want %v", c, r, got, want)
			}
		}
	}
	if _, possible := results[cmd]; !possible {
		t.Errorf("no series for command %s", cmd)
	}
}
