package bench

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"time"
)

// redis starts a Redis of its own on a free port, that keeps nothing on disk; stop may
// always be called.
func (k *kit) redis(ctx context.Context) (url string, pid int, stop func(), err error) {
	program, err := exec.LookPath("redis-server")
	if err != nil {
		return "", 0, func() {}, fmt.Errorf("this row needs redis-server 7 or newer in the PATH: %w", err)
	}
	port, err := freePort()
	if err != nil {
		return "", 0, func() {}, err
	}
	dir, err := os.MkdirTemp("", "battlehub-bench-")
	if err != nil {
		return "", 0, func() {}, fmt.Errorf("a directory for Redis: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	cmd := command(ctx, program, "--port", strconv.Itoa(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", dir)
	stop = func() {
		cancel()
		if cmd.Process != nil {
			_ = cmd.Wait() // it was told to end
		}
		_ = os.RemoveAll(dir) // a temporary one
	}
	if err := cmd.Start(); err != nil {
		return "", 0, stop, fmt.Errorf("starting redis-server: %w", err)
	}
	addr := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	return "redis://" + addr, cmd.Process.Pid, stop, await(ctx, addr)
}

// freePort finds a port that nobody has now. Should somebody take it before Redis does,
// Redis does not start, and says so.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("finding a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// await waits until somebody listens.
func await(ctx context.Context, addr string) error {
	deadline := time.After(10 * time.Second)
	for {
		conn, err := net.Dial("tcp", addr)
		if err == nil {
			return conn.Close()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-deadline:
			return fmt.Errorf("redis-server does not listen: %w", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}
