package main

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

// TestLobby: connections that ask nothing take only so many places, those beyond are told
// when to come back, and a place is free again once its connection asks or leaves.
func TestLobby(t *testing.T) {
	t.Parallel()
	l := newLobby(0, prometheus.NewRegistry())
	l.most = 2
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	counted := make(chan http.ConnState, 100)
	server.Config.ConnState = func(conn net.Conn, state http.ConnState) {
		l.track(conn, state)
		counted <- state
	}
	server.Start()
	defer server.Close()
	await := func(want http.ConnState) {
		t.Helper()
		for state := range counted {
			if state == want {
				return
			}
		}
	}
	dial := func() net.Conn {
		t.Helper()
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		await(http.StateNew)
		return conn
	}
	first, second := dial(), dial()
	if answer, err := io.ReadAll(dial()); err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 503 ") || !strings.Contains(string(answer), "Retry-After: 5") {
		t.Errorf("the third is told %q, %v", answer, err)
	}
	await(http.StateClosed)
	if n := testutil.ToFloat64(l.refused); n != 1 || l.size() != 2 {
		t.Errorf("%v were refused, %d wait", n, l.size())
	}
	first.Close()
	await(http.StateClosed)
	if _, err := io.WriteString(second, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if answer, err := io.ReadAll(second); err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 404 ") {
		t.Errorf("who waited is answered %q, %v", answer, err)
	}
	await(http.StateClosed)
	if l.size() != 0 {
		t.Errorf("%d wait", l.size())
	}
}
