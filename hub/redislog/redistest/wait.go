package redistest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// patience is how long anything may take. It is for machines that do much else.
const patience = time.Minute

// errHopeless is the error of what will not come true by waiting.
var errHopeless = errors.New("hopeless")

// poll tries until there is no error, or no hope, or no patience left. It returns the
// last error.
func poll(try func() error) error {
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		err := try()
		if err == nil || errors.Is(err, errHopeless) {
			return err
		}
		select {
		case <-tick.C:
		case <-deadline.C:
			return err
		}
	}
}

// await waits until try succeeds, or ends the test with what the servers logged.
func await(t testing.TB, what string, servers []*Server, try func() error) {
	t.Helper()
	err := poll(try)
	if err == nil {
		return
	}
	var logs strings.Builder
	for _, s := range servers {
		logs.WriteString(s.logTail())
	}
	t.Fatalf("waited for %s: %v\n%s", what, err, &logs)
}

func (s *Server) await(what string, try func() error) {
	s.t.Helper()
	await(s.t, "redis-server "+s.Addr+" "+what, []*Server{s}, try)
}

// Do runs a command, which must succeed, and returns the answer as go-redis reads it.
func (s *Server) Do(args ...any) any {
	s.t.Helper()
	v, err := s.do(args...)
	if err != nil {
		s.t.Fatalf("redis-server %s: %v: %v\n%s", s.Addr, args, err, s.logTail())
	}
	return v
}

func (s *Server) do(args ...any) (any, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return s.Client().Do(ctx, args...).Result()
}

// info returns the fields of one section of INFO.
func (s *Server) info(section string) (map[string]string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	text, err := s.Client().Info(ctx, section).Result()
	if err != nil {
		return nil, err
	}
	return fields(text), nil
}

// fields parses lines of the form name:value, as of INFO and CLUSTER INFO.
func fields(text string) map[string]string {
	m := make(map[string]string)
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
			m[name] = value
		}
	}
	return m
}

func (s *Server) logPath() string { return s.path("redis.log") }

// logTail returns the last lines of the server's log, under its name.
func (s *Server) logTail() string {
	text, err := os.ReadFile(s.logPath())
	if err != nil {
		return err.Error() + "\n"
	}
	lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	lines = lines[max(0, len(lines)-20):]
	return fmt.Sprintf("--- log of %s\n%s\n", s.Addr, strings.Join(lines, "\n"))
}
