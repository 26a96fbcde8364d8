package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// environment is ours without battlehub's settings: a hub to be measured must not find,
// say, the Redis of the one in production.
func environment() []string {
	var env []string
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "BATTLEHUB_") {
			env = append(env, e)
		}
	}
	return env
}

// command is a process of ours, that is stopped when ctx ends: kindly, and after a while
// by force.
func command(ctx context.Context, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = environment()
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

// workerLine is the way to a worker of its own process. Closed, the worker ends.
type workerLine struct {
	io.Reader
	io.WriteCloser
	cmd *exec.Cmd
}

func startWorker(ctx context.Context, program string) (line, error) {
	cmd := command(ctx, program, "bench", "worker")
	cmd.Stderr = os.Stderr
	in, err1 := cmd.StdinPipe()
	out, err2 := cmd.StdoutPipe()
	if err := errors.Join(err1, err2); err != nil {
		return nil, fmt.Errorf("starting a worker: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting a worker: %w", err)
	}
	return &workerLine{out, in, cmd}, nil
}

func (l *workerLine) Close() error {
	err := l.WriteCloser.Close()
	return errors.Join(err, l.cmd.Wait())
}

// server is a hub or a reference server that we started.
type server struct {
	Addr, Ops string
	Pid       int
	cancel    context.CancelFunc
	ended     chan struct{}
}

// Stop stops the server and waits until it is gone.
func (s *server) Stop() {
	s.cancel()
	<-s.ended
}

// startServer starts a server and waits until it listens and is ready.
func startServer(ctx context.Context, program string, args ...string) (*server, error) {
	ctx, cancel := context.WithCancel(ctx)
	cmd := command(ctx, program, args...)
	errs, err := cmd.StderrPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		cancel()
		return nil, fmt.Errorf("starting a server: %w", err)
	}
	s := &server{Pid: cmd.Process.Pid, cancel: cancel, ended: make(chan struct{})}
	lines := bufio.NewScanner(errs)
	said := s.listening(lines)
	go func() {
		defer close(s.ended)
		for lines.Scan() { // it must not block on what it says
		}
		_ = cmd.Wait() // it was told to
	}()
	if s.Addr == "" {
		s.Stop()
		return nil, fmt.Errorf("the server %s did not start: %s", strings.Join(args[:min(len(args), 2)], " "), said)
	}
	if err := s.ready(ctx); err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

// listening reads until the server says where it listens; otherwise it returns what was said.
func (s *server) listening(lines *bufio.Scanner) (said string) {
	for lines.Scan() {
		var line struct {
			Msg, Addr string
			Ops       string `json:"ops_addr"`
		}
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "listening" {
			s.Addr, s.Ops = line.Addr, line.Ops
			return ""
		}
		said += lines.Text() + "\n"
	}
	return said
}

// ready waits until a hub takes webhooks.
func (s *server) ready(ctx context.Context) error {
	if s.Ops == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.Ops+"/readyz", nil)
		if err != nil {
			return err
		}
		if resp, err := http.DefaultClient.Do(r); err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return errors.New("the hub was not ready within 30s")
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// hubArgs start a hub on free ports, with more settings.
func hubArgs(more ...string) []string {
	return append([]string{"serve", "--listen=127.0.0.1:0", "--ops-listen=127.0.0.1:0", "--log-format=json", "--drain=0s", "--max-reads=0"}, more...)
}
