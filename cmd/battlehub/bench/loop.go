package bench

import (
	"errors"
	"fmt"
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// loop reads all sessions of a process on one thread, by epoll: a goroutine and a buffer
// for each would take more of the machine that the server is measured on than the reading.
type loop struct {
	poll, wake int
	tasks      chan func()
	byFD       map[int]*session
	buffer     []byte
	idle       time.Duration // spent waiting for something to do
	stopped    bool
}

func newLoop() (*loop, error) {
	poll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("epoll_create1: %w", err)
	}
	wake, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("eventfd: %w", err), unix.Close(poll))
	}
	l := &loop{poll: poll, wake: wake, tasks: make(chan func(), 1), byFD: map[int]*session{}, buffer: make([]byte, 256<<10)}
	if err := l.control(unix.EPOLL_CTL_ADD, wake, unix.EPOLLIN); err != nil {
		return nil, errors.Join(err, unix.Close(poll), unix.Close(wake))
	}
	return l, nil
}

// do runs a task on the loop and waits for it.
func (l *loop) do(task func()) {
	done := make(chan struct{})
	l.tasks <- func() { task(); close(done) }
	_, _ = unix.Write(l.wake, []byte{1, 0, 0, 0, 0, 0, 0, 0}) // an eventfd takes it always
	<-done
}

// run serves until a task sets stopped. after is called when the sessions that had
// something were served.
func (l *loop) run(after func()) {
	runtime.LockOSThread() // the core's caches are worth keeping
	defer runtime.UnlockOSThread()
	events := make([]unix.EpollEvent, 512)
	for !l.stopped {
		begin := now()
		n, _ := unix.EpollWait(l.poll, events, -1) // interrupted, it finds nothing
		l.idle += now().since(begin)
		for _, e := range events[:max(n, 0)] {
			l.serve(int(e.Fd))
		}
		after()
	}
	_, _ = unix.Close(l.wake), unix.Close(l.poll) // nobody is interested any more
}

func (l *loop) serve(fd int) {
	if fd == l.wake {
		_, _ = unix.Read(l.wake, l.buffer[:8])
		(<-l.tasks)()
		return
	}
	s := l.byFD[fd]
	if s == nil { // closed by what came before it
		return
	}
	if err := l.advance(s); err != nil {
		s.crowd.end(s, err)
	}
}

var errClosed = errors.New("closed by the server without a word")

// advance does what a session's socket is ready for.
func (l *loop) advance(s *session) error {
	if s.stage == dialing {
		return s.crowd.dialled(s)
	}
	held := len(s.rest)
	if 2*held > len(l.buffer) { // a large frame, such as a snapshot
		l.buffer = make([]byte, 2*len(l.buffer))
	}
	copy(l.buffer, s.rest)
	n, err := unix.Read(s.fd, l.buffer[held:])
	switch {
	case errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EINTR):
		return nil
	case err != nil:
		return fmt.Errorf("read: %w", err)
	case n == 0:
		return errClosed
	}
	s.tally.Reads++
	s.tally.Bytes += n
	return s.take(l.buffer[:held+n], now())
}

func (l *loop) control(op, fd int, interest uint32) error {
	if err := unix.EpollCtl(l.poll, op, fd, &unix.EpollEvent{Events: interest, Fd: int32(fd)}); err != nil {
		return fmt.Errorf("epoll_ctl: %w", err)
	}
	return nil
}

// add begins to watch a session's socket.
func (l *loop) add(s *session, interest uint32) error {
	l.byFD[s.fd] = s
	return l.control(unix.EPOLL_CTL_ADD, s.fd, interest)
}

// pause stops the watching of a session's socket, so that nobody reads it, or goes on.
func (l *loop) pause(s *session, stop bool) {
	interest := uint32(unix.EPOLLIN)
	if stop {
		interest = 0 // errors and hang-ups still come
	}
	_ = l.control(unix.EPOLL_CTL_MOD, s.fd, interest) // it is watched, so it can be
}

// remove closes a session's socket.
func (l *loop) remove(s *session) {
	delete(l.byFD, s.fd)
	_ = unix.Close(s.fd) // what matters of it is over
	s.fd = -1
}
