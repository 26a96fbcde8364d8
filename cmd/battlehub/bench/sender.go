package bench

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"battlehub/hub/rawconn"
)

// sender is one connection to the webhook, used by hand: net/http's client would take more
// of the machine than the hub. Its errors are few in number, to be counted, and do not name
// the webhook, whose path may be a secret.
type sender struct {
	publisher *publisher
	fd        int // -1: not connected
	waiting   bool
	due, sent instant // of the event whose answer it waits for
	out, in   []byte
}

// answerTimeout is more than the 2 s in which a webhook should be answered.
const answerTimeout = 10 * time.Second

var (
	errUnreachable = errors.New("the webhook's server could not be reached")
	errUnsent      = errors.New("a webhook could not be sent")
	errUnanswered  = errors.New("a webhook was not answered")
	errAnswer      = errors.New("a webhook's answer makes no sense to bench")
)

// connect connects unless it has been done. It blocks.
func (s *sender) connect() error {
	if s.fd >= 0 {
		return nil
	}
	to, family := sockaddr(s.publisher.addr)
	fd, err := unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return errUnreachable
	}
	err = unix.Connect(fd, to)
	if errors.Is(err, unix.EINPROGRESS) {
		err = connected(fd)
	}
	if err == nil {
		err = s.publisher.watch(fd, s)
	}
	if err != nil {
		_ = unix.Close(fd) // it is of no use
		return errUnreachable
	}
	s.fd = fd
	return nil
}

// connected waits until a connection is there.
func connected(fd int) error {
	for until := now().plus(answerTimeout); ; {
		left := until.since(now())
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}, int(left.Milliseconds()))
		switch {
		case n > 0:
			code, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
			if err == nil && code != 0 {
				err = unix.Errno(code)
			}
			return err
		case left <= 0 || err != nil && !errors.Is(err, unix.EINTR):
			return errUnreachable
		}
	}
}

// post sends event k. The answer comes later.
func (s *sender) post(k int, due instant) error {
	if err := s.connect(); err != nil {
		return err
	}
	s.due, s.sent, s.waiting = due, now(), true
	s.out = s.publisher.requests.append(s.out[:0], k, time.Now())
	// Nothing else is on its way, so it fits the socket's buffer.
	if n, err := rawconn.Send(uintptr(s.fd), s.out); err != 0 || n < len(s.out) {
		return errUnsent
	}
	return nil
}

// receive reads what has come, and reports whether the answer is whole.
func (s *sender) receive() (answered bool, err error) {
	const room = 4 << 10
	s.in = slices.Grow(s.in, room)
	n, errno := rawconn.Receive(uintptr(s.fd), s.in[len(s.in):cap(s.in)])
	s.in = s.in[:len(s.in)+n]
	switch {
	case errno == unix.EAGAIN:
		return false, nil
	case errno != 0 || n == 0:
		return false, errUnanswered
	}
	answered, err = s.understand()
	if answered {
		s.in = s.in[:0]
	}
	return answered, err
}

// understand reads the answer, which must be OK, if it is whole.
func (s *sender) understand() (whole bool, err error) {
	const most = 64 << 10
	head, body, found := bytes.Cut(s.in, []byte("\r\n\r\n"))
	if !found {
		if len(s.in) > most {
			err = errAnswer
		}
		return false, err
	}
	line, fields, _ := bytes.Cut(head, []byte("\r\n"))
	length := -1
	for field := range bytes.SplitSeq(fields, []byte("\r\n")) {
		name, value, _ := bytes.Cut(field, []byte(":"))
		if bytes.EqualFold(name, []byte("Content-Length")) {
			length, _ = strconv.Atoi(string(bytes.TrimSpace(value))) // a wrong one is 0, and fails below
		}
	}
	status := bytes.TrimPrefix(line, []byte("HTTP/1.1 "))
	switch ok := bytes.HasPrefix(status, []byte("200 ")); {
	case ok && length < 0 || length > most:
		return false, errAnswer
	case len(body) < length:
		return false, nil
	case !ok:
		return true, fmt.Errorf("a webhook was answered %s %.200s", status, body)
	case len(body) > length:
		return false, errAnswer
	}
	return true, nil
}

func (s *sender) hangUp() {
	if s.fd >= 0 {
		delete(s.publisher.byFD, s.fd)
		_ = unix.Close(s.fd) // nothing more is wanted of it
	}
	s.fd, s.in = -1, s.in[:0]
}
