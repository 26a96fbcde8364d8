package memlog

import (
	"time"

	"battlehub/hub"
)

// A group is one commit, so on disk one fsync, and while it lasts everybody waits. The
// loop stops gathering at either bound; a single call is never split.
const (
	maxGroupEvents = 1024
	maxGroupBytes  = 4 << 20
)

// trimEvery is how often the commit loop looks for entries past the retention.
const trimEvery = time.Minute

// commitLoop makes every change to the log, until Close.
func (l *Log) commitLoop() {
	defer close(l.done)
	tick := time.NewTicker(trimEvery)
	defer tick.Stop()
	atOnce := make(chan struct{})
	close(atOnce)
	trim := atOnce // a restart may find much that is too old
	for {
		// Trimming goes in bounded steps, in turn with the appends that wait.
		select {
		case r := <-l.requests:
			l.commit(l.gather(r))
		case <-trim:
			if !l.trim() {
				trim = nil
			}
		case <-tick.C:
			trim = atOnce
		case <-l.closing:
			return
		}
	}
}

// gather returns first and the requests that wait behind it, up to a group's bounds.
func (l *Log) gather(first *request) []*request {
	group := []*request{first}
	events, bytes := first.size()
	for events < maxGroupEvents && bytes < maxGroupBytes {
		select {
		case r := <-l.requests:
			group = append(group, r)
			n, b := r.size()
			events, bytes = events+n, bytes+b
		default:
			return group
		}
	}
	return group
}

func (r *request) size() (events, bytes int) {
	for i := range r.events {
		bytes += len(r.events[i].Raw)
	}
	return len(r.events), bytes
}

// commit puts a group into the store, shows it to the tails, and answers the callers.
func (l *Log) commit(group []*request) {
	now := hub.At(time.Now())
	var top hub.Position
	err := l.store.update(func(w writer) error {
		for _, r := range group {
			if err := r.place(w, now); err != nil {
				return err
			}
		}
		top = w.newest().Position
		return nil
	})
	if err == nil {
		l.publish(top)
	}
	for _, r := range group {
		r.done <- err
	}
}

// place gives each event of the request its place in the log.
func (r *request) place(w writer, now hub.Time) error {
	r.appended = make([]hub.Appended, len(r.events))
	for i, e := range r.events {
		var err error
		if r.appended[i], err = place(w, &e, now); err != nil {
			return err
		}
	}
	return nil
}

// place adds the event, or remembers that it came again.
func place(w writer, e *hub.Event, now hub.Time) (hub.Appended, error) {
	digest := e.Digest()
	s, known, err := w.seen(e.ID)
	if err != nil {
		return hub.Appended{}, err
	}
	if !known {
		entry := follow(w.newest(), e, now)
		a := hub.Appended{Position: entry.Position, Verdict: hub.Fresh, Published: entry.At}
		return a, w.add(entry, digest)
	}
	r := hub.Repeat{At: now, Verdict: hub.Duplicate}
	if s.digest != digest {
		r.Verdict, r.Raw = hub.Conflict, e.Raw
	}
	if len(s.repeats) < hub.MaxRepeats {
		s.repeats = append(s.repeats, r)
		err = w.remember(e.ID, s)
	}
	return hub.Appended{Position: s.position, Verdict: r.Verdict, Published: s.at}, err
}

// trim forgets a bounded number of entries past the retention and reports whether there
// may be more. A failure is told and tried again at the next tick: it costs only space.
func (l *Log) trim() (more bool) {
	more, err := l.store.trim(hub.At(time.Now().Add(-l.retention)))
	if err != nil {
		l.log.Error("cannot trim the log", "err", err)
		return false
	}
	return more
}
