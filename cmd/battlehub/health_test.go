package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestHealthTellsReadyFromNot(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		status int
		body   string
		want   string // in the error; empty for none
	}{
		"ready":    {http.StatusOK, "ok\n", ""},
		"draining": {http.StatusServiceUnavailable, "draining\nsince 10:00", `503 Service Unavailable: "draining"`},
		"missing":  {http.StatusNotFound, "", "404"},
		"hostile":  {http.StatusBadGateway, "\x1b[2J" + strings.Repeat("x", 1<<20), `"\x1b[2J`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.WriteHeader(test.status)
				_, _ = w.Write([]byte(test.body))
			}))
			t.Cleanup(server.Close)
			c := healthCmd{URL: server.URL, Timeout: time.Minute}
			err := c.Run(t.Context())
			if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %.200v, want %s", err, test.want)
			}
			if err != nil && len(err.Error()) > 2000 {
				t.Errorf("the error has %d bytes", len(err.Error()))
			}
		})
	}
}

func TestHealthGivesUpInTime(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(release) })
	c := healthCmd{URL: server.URL, Timeout: 10 * time.Millisecond}
	if err := c.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "deadline") {
		t.Errorf("error %v", err)
	}
}

func TestHealthAsksWhereTheHubListens(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ url, listen, want string }{
		"default":       {"", "localhost:8081", "http://127.0.0.1:8081/readyz"},
		"every-address": {"", ":9090", "http://127.0.0.1:9090/readyz"},
		"every-v4":      {"", "0.0.0.0:9090", "http://127.0.0.1:9090/readyz"},
		"every-v6":      {"", "[::]:9090", "http://127.0.0.1:9090/readyz"},
		"one-address":   {"", "10.1.2.3:9090", "http://10.1.2.3:9090/readyz"},
		"loopback-v6":   {"", "[::1]:9090", "http://[::1]:9090/readyz"},
		"url-wins":      {"http://hub.example/readyz", ":9090", "http://hub.example/readyz"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := healthCmd{URL: test.url, OpsListen: test.listen}
			if got, err := c.target(); got != test.want || err != nil {
				t.Errorf("asks %s, %v, want %s", got, err, test.want)
			}
		})
	}
	if _, err := (&healthCmd{OpsListen: "8081"}).target(); err == nil || !strings.Contains(err.Error(), "--ops-listen") {
		t.Errorf("error %v, want one that names --ops-listen", err)
	}
}
