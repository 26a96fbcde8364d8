package bench

import (
	"fmt"
	"net/netip"
	"net/url"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"golang.org/x/sys/unix"

	"battlehub/hub"
)

// publisher sends webhooks as Tencent does, over as many connections as answers are
// waited for, up to a limit. It does all of it on its caller's thread: what comes back is
// read between two events, when the next is not due yet. A goroutine for each connection
// took twice as much of the machine that the hub is measured on.
type publisher struct {
	requests *requests
	addr     netip.AddrPort
	poll     int // an epoll
	byFD     map[int]*sender
	senders  []*sender
	free     []*sender // the last that became free is the next to send: few are used, and those are warm
	waiting  int       // for their answers
	looked   instant   // when answers were last found overdue, or not
	answers  *hdrhistogram.Histogram
	failures map[string]int
}

// maxSenders bounds how many webhooks wait for their answer at the same time. Beyond it
// they are sent late, which their latency tells.
const maxSenders = 256

func newPublisher(p *plan, target *url.URL, app hub.App, token hub.Secret) (*publisher, error) {
	addr, err := resolve(target)
	if err != nil {
		return nil, fmt.Errorf("--webhook: %w", err)
	}
	poll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("epoll_create1: %w", err)
	}
	return &publisher{requests: newRequests(p, target, app, token), addr: addr, poll: poll,
		byFD: map[int]*sender{}, answers: newHistogram(), failures: map[string]int{}}, nil
}

// send sends event k once a sender is free, without waiting for the answer, and returns
// when that was.
func (p *publisher) send(k int, due instant) instant {
	p.harvest()
	for p.waiting == maxSenders {
		p.wait(longestNap)
	}
	at := now()
	s := p.take()
	p.waiting++
	if err := s.post(k, due); err != nil {
		p.done(s, due, err)
	}
	return at
}

// take returns a sender that is free or new.
func (p *publisher) take() *sender {
	if n := len(p.free) - 1; n >= 0 {
		s := p.free[n]
		p.free = p.free[:n]
		return s
	}
	s := &sender{publisher: p, fd: -1}
	p.senders = append(p.senders, s)
	return s
}

// wait reads answers as they come, for at most so long; it may return early. Go's own timers
// would wake up to 1 ms late: the runtime waits for them in epoll_wait, which counts in
// milliseconds.
func (p *publisher) wait(d time.Duration) {
	t := unix.NsecToTimespec(d.Nanoseconds())
	_, _ = unix.Ppoll([]unix.PollFd{{Fd: int32(p.poll), Events: unix.POLLIN}}, &t, nil) // interrupted, it is early
	p.harvest()
	p.expire()
}

// harvest reads the answers that are there.
func (p *publisher) harvest() {
	var events [64]unix.EpollEvent
	n, _ := unix.EpollWait(p.poll, events[:], 0) // interrupted, it finds nothing
	for _, e := range events[:max(n, 0)] {
		s := p.byFD[int(e.Fd)]
		switch answered, err := s.receive(); {
		case !s.waiting: // the server has closed what was idle
			s.hangUp()
		case answered || err != nil:
			p.done(s, s.due, err)
		}
	}
}

// expire gives up those that have waited too long. It looks once a second.
func (p *publisher) expire() {
	at := now()
	if at.since(p.looked) < time.Second {
		return
	}
	p.looked = at
	for _, s := range p.senders {
		if s.waiting && at.since(s.sent) > answerTimeout {
			p.done(s, s.due, errUnanswered)
		}
	}
}

// done notes how a webhook was answered and gives the sender back.
func (p *publisher) done(s *sender, due instant, err error) {
	if err != nil {
		p.failures[err.Error()]++
		s.hangUp()
	} else {
		_ = p.answers.RecordValue(int64(min(now().since(due), time.Minute)))
	}
	s.waiting = false
	p.waiting--
	p.free = append(p.free, s)
}

// drain waits for all answers, and returns what was noted since the last time.
func (p *publisher) drain() (answers *hdrhistogram.Histogram, failures map[string]int) {
	for p.waiting > 0 {
		p.wait(longestNap)
	}
	answers, failures = p.answers, p.failures
	p.answers, p.failures = newHistogram(), map[string]int{}
	return answers, failures
}

// watch makes harvest look at a socket.
func (p *publisher) watch(fd int, s *sender) error {
	err := unix.EpollCtl(p.poll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)})
	if err == nil {
		p.byFD[fd] = s
	}
	return err
}

// Close hangs up, without waiting for answers.
func (p *publisher) Close() error {
	for _, s := range p.senders {
		s.hangUp()
	}
	return unix.Close(p.poll)
}
