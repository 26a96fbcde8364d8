package webhook

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// ErrSpoolFull is returned for an event that would not fit into the spool.
var ErrSpoolFull = errors.New("the spool is full")

var errBacklog = errors.New("earlier events wait on disk for the log")

// load is a number of events and what they take on disk.
type load struct {
	events, bytes int64
	oldest        time.Time // when the first of them was spooled; zero if unknown
}

// backlog is what stands between a new event and the log: events that are being written
// to disk, are there, or are on their way from there to the log. Only when there are
// none may an event go to the log directly.
type backlog struct {
	max int64 // bytes

	mu     sync.Mutex
	load   load
	lost   error // why the file cannot be used any more
	outage outage
	rare   rate.Sometimes // outages told: a log that fails now and then has many
}

// outage is the time from the first event in the backlog to the last.
type outage struct {
	began  time.Time // zero if there is none
	events int64
	lasted time.Duration // once it is over
	told   bool
}

// newBacklog begins with what is on disk.
func newBacklog(max int64, found load) *backlog {
	b := &backlog{max: max, load: found, rare: rate.Sometimes{First: 10, Interval: time.Second}}
	if found.events > 0 {
		b.outage = outage{began: found.oldest, events: found.events, told: true}
		if found.oldest.IsZero() {
			b.outage.began = time.Now()
		}
	}
	return b
}

// detour returns why an event must not go to the log directly. A backlog that is lost is
// in nobody's way.
func (b *backlog) detour() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.load.events > 0 {
		return errBacklog
	}
	return nil
}

// reserve adds events that are about to be written.
func (b *backlog) reserve(l load) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.lost != nil {
		return b.lost
	}
	if b.load.bytes+l.bytes > b.max {
		return fmt.Errorf("%w: %d of %d bytes: bring the log back, or raise --spool-max", ErrSpoolFull, b.load.bytes, b.max)
	}
	b.load.events += l.events
	b.load.bytes += l.bytes
	return nil
}

// written notes that reserved events are on disk, and returns whether to tell of it.
func (b *backlog) written(l load) (tell bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.outage.began.IsZero() {
		b.outage.began, b.load.oldest = l.oldest, l.oldest
	}
	b.outage.events += l.events
	if !b.outage.told {
		b.rare.Do(func() { b.outage.told = true })
		return b.outage.told
	}
	return false
}

// release takes events out that are in the log, or could not be written. It returns the
// outage that is over with them, if one is and it was told of.
func (b *backlog) release(l load) (over outage, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.lost != nil {
		return over, false
	}
	b.load.events -= l.events
	b.load.bytes -= l.bytes
	if b.load.events > 0 || b.outage.began.IsZero() {
		return over, false
	}
	b.load.bytes = 0 // the size of what went missing is not known
	over, b.outage, b.load.oldest = b.outage, outage{}, time.Time{}
	over.lasted = time.Since(over.began).Round(time.Millisecond)
	return over, over.told
}

// reached notes the oldest event that is left, if its time is known.
func (b *backlog) reached(oldest time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !oldest.IsZero() {
		b.load.oldest = oldest
	}
}

// lose gives the file up, and returns what was lost in it.
func (b *backlog) lose(why error) load {
	b.mu.Lock()
	defer b.mu.Unlock()
	lost := b.load
	b.load, b.outage, b.lost = load{}, outage{}, why
	return lost
}

// now returns what is in the backlog.
func (b *backlog) now() load {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.load
}
