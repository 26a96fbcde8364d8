package auth

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

// endpoint is an HTTP server that publishes keys, reached by pipes: unlike a socket's, their
// reads and writes block durably, so that synctest's clock runs.
type endpoint struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once

	mu     sync.Mutex
	down   bool
	answer http.HandlerFunc
	asked  int
}

func (e *endpoint) Accept() (net.Conn, error) {
	select {
	case c := <-e.conns:
		return c, nil
	case <-e.closed:
		return nil, net.ErrClosed
	}
}

func (e *endpoint) Close() error   { e.once.Do(func() { close(e.closed) }); return nil }
func (e *endpoint) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "unix"} }

func (e *endpoint) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	e.mu.Lock()
	e.asked++
	down := e.down
	e.mu.Unlock()
	if down {
		return nil, errors.New("connection refused")
	}
	ours, theirs := net.Pipe()
	select {
	case e.conns <- theirs:
		return ours, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (e *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	answer := e.answer
	e.mu.Unlock()
	answer(w, r)
}

// publish makes the endpoint answer with this text from now on; says any other answer.
func (e *endpoint) publish(text string) {
	e.says(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) })
}

func (e *endpoint) says(answer http.HandlerFunc) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.answer, e.down = answer, false
}

// fail makes it unreachable.
func (e *endpoint) fail() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.down = true
}

// fetches is how often it was asked.
func (e *endpoint) fetches() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.asked
}

// bubble runs a test with a clock of its own, an endpoint, and a judge that takes tokens by
// the endpoint's keys only. What the endpoint does at the start is begin's to say.
func bubble(t *testing.T, begin func(*endpoint), test func(*testing.T, *endpoint, *Judge, *prometheus.Registry)) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{conns: make(chan net.Conn), closed: make(chan struct{})}
		begin(e)
		server := &http.Server{Handler: e}
		var serving sync.WaitGroup
		serving.Go(func() { _ = server.Serve(e) }) // ErrServerClosed
		client := newFetchClient()
		client.Transport.(*http.Transport).DialContext = e.dial
		client.Transport.(*http.Transport).Proxy = nil
		reg := prometheus.NewRegistry()
		j := judgeOf(newKeySource("http://localhost/jwks.json", client, slog.New(slog.NewTextHandler(t.Output(), nil)), reg))
		test(t, e, j, reg)
		if err := j.Close(); err != nil {
			t.Error(err)
		}
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		serving.Wait()
	})
}

// wait lets synctest's clock run on.
func wait(d time.Duration) { <-time.After(d); synctest.Wait() }

// refreshes is how many fetches ended so.
func refreshes(t *testing.T, j *Judge, result fetchResult) float64 {
	t.Helper()
	return testutil.ToFloat64(j.keys.metrics.fetches[result])
}
