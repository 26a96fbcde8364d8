package main

import (
	"io"
	"net"
	"net/http"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// lobby bounds the connections that wait: for the headers of their first request, or idle
// for another. They cost nothing to make and are nobody's yet, so that no limit on users or
// sessions counts them; unbounded, they would take the files that sessions need.
type lobby struct {
	most    int
	refused prometheus.Counter

	mu      sync.Mutex
	waiting map[net.Conn]struct{}
}

// smallestLobby is enough for the connections of a proxy, and for one that kept nothing
// open and now brings all its clients at once.
const smallestLobby = 1024

// newLobby lets a quarter as many wait as there may be sessions.
func newLobby(sessions int, reg prometheus.Registerer) *lobby {
	l := &lobby{most: max(smallestLobby, sessions/4), waiting: map[net.Conn]struct{}{}}
	auto := promauto.With(reg)
	l.refused = auto.NewCounter(prometheus.CounterOpts{Name: "battlehub_connections_refused_total",
		Help: "Connections that were closed since too many were waiting for a request."})
	auto.NewGaugeFunc(prometheus.GaugeOpts{Name: "battlehub_connections_waiting",
		Help: "Open connections without a request."}, func() float64 { return float64(l.size()) })
	return l
}

// track is for http.Server.ConnState. The server is told when a connection closes, so
// whoever is refused leaves the lobby as everybody does.
func (l *lobby) track(conn net.Conn, state http.ConnState) {
	if l.move(conn, state == http.StateNew || state == http.StateIdle) {
		return
	}
	l.refused.Inc()
	if state == http.StateNew { // nothing was asked yet, but whoever will ask reads this
		_, _ = io.WriteString(conn, "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
	}
	_ = conn.Close()
}

// move notes whether the connection waits. It reports false if there is no room for it.
func (l *lobby) move(conn net.Conn, waits bool) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !waits {
		delete(l.waiting, conn)
		return true
	}
	if len(l.waiting) >= l.most {
		return false
	}
	l.waiting[conn] = struct{}{}
	return true
}

func (l *lobby) size() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.waiting)
}
