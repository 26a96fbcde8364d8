package bench

import (
	"slices"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"golang.org/x/sys/unix"
)

// crowd is the sessions of one process, and what they heard. It belongs to a loop's
// goroutine alone.
type crowd struct {
	plan     *plan
	door     door
	loop     *loop
	sessions []*session

	stretch stretch // the events that are being sent
	tally   tally
	slow    tally // of the sessions that stop reading
	latency *hdrhistogram.Histogram

	live     int            // sessions, of those that are wanted
	missing  int            // deliveries that are expected and not there
	owed     int            // the same of the slow sessions
	last     instant        // when a session joined or an expected delivery came
	queue    []*session     // to be dialled
	underWay int            // dialled, and not live yet
	failures map[string]int // why sessions did not get in
}

// newHistogram holds latencies of up to a minute, to three digits.
func newHistogram() *hdrhistogram.Histogram {
	return hdrhistogram.New(int64(time.Microsecond), int64(time.Minute), 3)
}

// newCrowd makes the sessions from ≤ i < to of a plan.
func newCrowd(p *plan, d door, l *loop, from, to int) *crowd {
	c := &crowd{plan: p, door: d, loop: l, latency: newHistogram(), failures: map[string]int{}}
	for i := from; i < to; i++ {
		s := &session{crowd: c, tally: &c.tally, index: i, room: p.room(i), fd: -1, heard: newBitmap(p.Events)}
		if p.slow(i) {
			s.tally = &c.slow
		}
		c.sessions = append(c.sessions, s)
	}
	return c
}

// expect adds the events of a stretch to what is to be heard, before any is sent.
func (c *crowd) expect(s stretch) {
	c.stretch = s
	followers, slow := map[int]int{}, map[int]int{}
	for _, each := range c.sessions {
		if each.tally == &c.slow {
			slow[each.room]++
		} else {
			followers[each.room]++
		}
	}
	for k := s.From; k < s.To; k++ {
		battle, _ := c.plan.event(k)
		from, to := c.plan.sides(battle)
		c.missing += followers[-1] + followers[from] + followers[to]
		c.owed += slow[-1] + slow[from] + slow[to]
	}
}

// delivered notes that a session heard event k for the first time.
func (c *crowd) delivered(s *session, k int, at instant) {
	if s.tally == &c.slow {
		c.owed--
		return
	}
	c.missing--
	c.last = at
	if c.stretch.Measured && c.stretch.has(k) {
		_ = c.latency.RecordValue(int64(min(at.since(c.stretch.due(k)), time.Minute)))
	}
}

// toldInPlace notes that a snapshot told an event.
func (c *crowd) toldInPlace(s *session) {
	if s.tally == &c.slow {
		c.owed--
		return
	}
	c.missing--
	c.last = now()
}

// joined notes that a session is in.
func (c *crowd) joined(s *session) {
	s.stage = live
	c.live++
	c.underWay--
	c.last = now()
}

// call lets the sessions that are away connect, some at a time: the first of them; 0: all.
func (c *crowd) call(first int) {
	clear(c.failures)
	for i, s := range c.sessions {
		if s.stage == away && (first == 0 || i < first) {
			c.queue = append(c.queue, s)
		}
	}
	c.dialMore()
}

// dialMore dials while fewer than the window are under way.
func (c *crowd) dialMore() {
	for len(c.queue) > 0 && c.underWay < c.door.Window {
		s := c.queue[0]
		c.queue = c.queue[1:]
		c.underWay++
		if err := c.dial(s); err != nil {
			c.end(s, err)
		}
	}
}

// end ends a session that its server or a failure took.
func (c *crowd) end(s *session, cause error) {
	if s.stage == live {
		s.tally.closed(cause.Error(), 1)
	} else {
		c.failures[cause.Error()]++
	}
	c.hangUp(s)
}

// hangUp closes a session's connection without a word, as a network that fails does.
func (c *crowd) hangUp(s *session) {
	switch s.stage {
	case away:
		return
	case live:
		c.live--
	default:
		c.underWay--
	}
	c.loop.remove(s)
	s.stage, s.rest = away, nil
}

// forget hangs up, so that nobody resumes.
func (c *crowd) forget() {
	c.hangUpAll()
	for _, s := range c.sessions {
		s.cursor = nil
	}
}

func (c *crowd) hangUpAll() {
	c.queue = nil
	for _, s := range c.sessions {
		c.hangUp(s)
	}
}

// stopSlow lets the slow sessions read no more, or again.
func (c *crowd) stopSlow(stop bool) {
	for _, s := range c.sessions {
		if s.tally == &c.slow && s.stage == live {
			c.loop.pause(s, stop)
		}
	}
}

// segments adds up the segments with data that the sessions have received on their
// connections (tcp_info). Bench sees from it how many events the server puts in one write.
func (c *crowd) segments() (n int) {
	for _, s := range c.sessions {
		if s.stage != live || s.tally != &c.tally {
			continue
		}
		if info, err := unix.GetsockoptTCPInfo(s.fd, unix.IPPROTO_TCP, unix.TCP_INFO); err == nil {
			n += int(info.Data_segs_in)
		}
	}
	return n
}

// assembled reports whether all who wanted to connect have, or have failed.
func (c *crowd) assembled() bool { return len(c.queue) == 0 && c.underWay == 0 }

// reached reports whether all is as wanted: everybody in, and nothing missing.
func (c *crowd) reached() bool { return c.live == len(c.sessions) && c.missing == 0 }

// caughtUp reports whether every slow session has all by now, or is gone.
func (c *crowd) caughtUp() bool {
	return c.owed == 0 || !slices.ContainsFunc(c.sessions, func(s *session) bool { return s.tally == &c.slow && s.stage == live })
}
