package redistest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// Start starts the server again, after Kill, with the same port and directory. It returns
// when the server has loaded what it kept and answers.
func (s *Server) Start() {
	s.t.Helper()
	if s.Running() {
		s.t.Fatalf("redis-server %s is running already", s.Addr)
	}
	if err := s.run(); err != nil {
		s.t.Fatalf("start redis-server %s again: %v\n%s", s.Addr, err, s.logTail())
	}
}

// Restart kills the server, if it runs, and starts it again.
func (s *Server) Restart() {
	s.t.Helper()
	s.Kill()
	s.Start()
}

// run starts a process and waits until it answers.
func (s *Server) run() error {
	s.t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		s.t.Fatal("redis-server is not installed: run .ci/setup.sh")
	}
	out, err := os.OpenFile(s.logPath(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer out.Close()
	cmd := exec.Command(path, s.argv...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.dir, out, out
	p, err := spawn(cmd)
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.proc, s.paused = p, false
	s.mu.Unlock()
	return poll(s.answers)
}

// answers tells why the server cannot be used yet. That its port answers is not enough:
// the one who answers could be another, who has the port that this one is about to miss.
func (s *Server) answers() error {
	if s.process().ended() {
		return fmt.Errorf("%w: it ended", errHopeless)
	}
	// A bare connection first: after some failures the client waits before it dials again.
	conn, err := net.Dial("tcp", s.Addr)
	if err != nil {
		return err
	}
	conn.Close()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := s.Client().Ping(ctx).Err(); err != nil {
		return err
	}
	info, err := s.info("server")
	if err != nil {
		return err
	}
	if got := info["process_id"]; got != strconv.Itoa(s.Pid()) {
		return fmt.Errorf("process %s answers instead of %d", got, s.Pid())
	}
	return nil
}

func (s *Server) process() *process {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.proc
}

// Pid returns the process id of the server, or of the last process it had.
func (s *Server) Pid() int { return s.process().pid() }

// Running tells whether the server can answer: it has been neither killed nor paused,
// and has not ended by itself.
func (s *Server) Running() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.proc != nil && !s.proc.ended() && !s.paused
}

// Kill kills the server by SIGKILL and waits for its end. It is nothing to one that has
// ended.
func (s *Server) Kill() {
	s.t.Helper()
	p := s.process()
	if p == nil {
		return
	}
	if err := p.kill(); err != nil {
		s.t.Fatalf("kill redis-server %s: %v", s.Addr, err)
	}
}

// Pause stops the server where it is: its port accepts connections, and nothing is
// answered until Resume. It returns when the server has stopped.
func (s *Server) Pause() {
	s.t.Helper()
	s.signal(syscall.SIGSTOP)
	s.setPaused(true)
	s.await("to stop", func() error {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.Pid()))
		if err != nil {
			return err
		}
		// The state follows the name of the command, which is in parentheses.
		_, rest, _ := strings.Cut(string(stat), ") ")
		if !strings.HasPrefix(rest, "T") {
			return errors.New("it runs")
		}
		return nil
	})
}

// Resume lets a paused server go on.
func (s *Server) Resume() {
	s.t.Helper()
	s.signal(syscall.SIGCONT)
	s.setPaused(false)
}

func (s *Server) signal(sig syscall.Signal) {
	s.t.Helper()
	if err := s.process().signal(sig); err != nil {
		s.t.Fatalf("redis-server %s: %v: %v\n%s", s.Addr, sig, err, s.logTail())
	}
}

func (s *Server) setPaused(paused bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.paused = paused
}
