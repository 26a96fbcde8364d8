package bench

import (
	"context"
	"net"
	"net/url"
	"os"
	"testing"
	"time"

	"battlehub/hub/proctest"
)

func TestMain(m *testing.M) { os.Exit(proctest.Run(m)) }

// smallLoad is enough to see every fault, and takes little of a slow machine.
func smallLoad() load {
	return load{Sessions: 12, Rooms: 6, Active: 6, pace: pace{Rate: 600, Burst: 1}, Warm: 50 * time.Millisecond,
		Duration: 100 * time.Millisecond, Window: 4, Patience: time.Minute}
}

// inside is a worker in this process.
func inside() (line, error) {
	ours, theirs := net.Pipe()
	go func() { _ = Work(theirs, theirs) }() // it ends when ours is closed
	return ours, nil
}

// serveReference serves a reference server that delivers as told; nil: as it should.
func serveReference(t *testing.T, deliver func(frame []byte, sockets []int)) target {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := newReference()
	if deliver != nil {
		r.deliver = deliver
	}
	go func() { _ = r.serve(l) }() // until l is closed
	t.Cleanup(func() { _ = l.Close() })
	base := &url.URL{Scheme: "http", Host: l.Addr().String(), Path: "/"}
	return target{URL: base, Webhook: base.JoinPath("webhook"), App: 1400000000}
}

func measureFor(t *testing.T, l load, to target) measurement {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	r := run{load: l, target: to, start: inside}
	m, err := r.measure(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return m
}
