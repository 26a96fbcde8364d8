package redistest

import (
	"errors"
	"os"
	"os/exec"
	"runtime"
	"syscall"
)

// process is one run of a server, from its start to its end.
type process struct {
	cmd    *exec.Cmd
	exited chan struct{} // closed when it has ended, and been waited for
}

// spawn starts the command. The process is killed when the test binary ends without
// killing it, be it by a panic, a timeout or a signal.
func spawn(cmd *exec.Cmd) (*process, error) {
	// Of a group of its own, it can be killed with the children it forks to save.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	p := &process{cmd: cmd, exited: make(chan struct{})}
	started := make(chan error)
	go p.run(started)
	return p, <-started
}

// run starts the process and waits for its end. The kernel sends Pdeathsig when the
// thread that forked the process ends, rather than the whole of its parent, and the Go
// runtime may end a thread at any time: one that a goroutine locked and never unlocked
// ends with it. So the thread that forks belongs to this goroutine for as long as the
// process runs.
func (p *process) run(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := p.cmd.Start()
	started <- err
	if err == nil {
		// How it ended is in its log; an exit by SIGKILL is the rule.
		_ = p.cmd.Wait()
	}
	close(p.exited)
}

func (p *process) pid() int { return p.cmd.Process.Pid }

// ended tells whether the process has ended.
func (p *process) ended() bool {
	select {
	case <-p.exited:
		return true
	default:
		return false
	}
}

// signal signals the process and its children. One that has ended gets none, for its
// number may be another's by now.
func (p *process) signal(sig syscall.Signal) error {
	if p.ended() {
		return os.ErrProcessDone
	}
	err := syscall.Kill(-p.pid(), sig)
	if errors.Is(err, syscall.ESRCH) {
		return os.ErrProcessDone
	}
	return err
}

// kill ends the process, even one that is stopped, and waits for its end.
func (p *process) kill() error {
	err := p.signal(syscall.SIGKILL)
	if err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	<-p.exited
	return nil
}
