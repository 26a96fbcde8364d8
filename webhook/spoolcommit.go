package webhook

import (
	"time"

	"battlehub/hub"
)

// A group is one transaction, so one sync, and while it lasts everybody waits. The loop
// stops gathering at either bound; a single call is never split.
const (
	maxSpoolGroupEvents = 1024
	maxSpoolGroupBytes  = 4 << 20
)

// spoolWrite is one call of Append on its way to the disk. Its room in the backlog is
// reserved, and the commit loop's to give back once that has taken it.
type spoolWrite struct {
	records [][]byte
	load    load
	why     error      // the log did not get the events
	done    chan error // has room for the outcome: the caller may have left
}

// newSpoolWrite encodes the events on the caller's goroutine: the commit loop has no
// time for it, and the caller may reuse its slice once it has left.
func newSpoolWrite(app hub.App, events []hub.Event, why error) (*spoolWrite, error) {
	now := time.Now()
	w := &spoolWrite{load: load{events: int64(len(events)), oldest: now}, why: why, done: make(chan error, 1)}
	for i := range events {
		if err := events[i].Check(app); err != nil {
			return nil, err
		}
		rec := encodeSpooled(&events[i], now)
		w.records = append(w.records, rec)
		w.load.bytes += int64(len(rec))
	}
	return w, nil
}

// commitLoop writes what Append hands it, until Close. bbolt's own Batch would let
// nobody leave early, and commits on a goroutine where a damaged page ends the process.
func (s *Spool) commitLoop() {
	for {
		select {
		case w := <-s.writes:
			s.commit(s.gather(w))
		case <-s.closing:
			return
		}
	}
}

// gather returns first and the writes that wait behind it, up to a group's bounds.
func (s *Spool) gather(first *spoolWrite) []*spoolWrite {
	group := []*spoolWrite{first}
	total := first.load
	for total.events < maxSpoolGroupEvents && total.bytes < maxSpoolGroupBytes {
		select {
		case w := <-s.writes:
			group = append(group, w)
			total.events += w.load.events
			total.bytes += w.load.bytes
		default:
			return group
		}
	}
	return group
}

// commit writes a group and answers the callers.
func (s *Spool) commit(group []*spoolWrite) {
	total := load{oldest: group[0].load.oldest}
	var records [][]byte
	for _, w := range group {
		records = append(records, w.records...)
		total.events += w.load.events
		total.bytes += w.load.bytes
	}
	kept := false
	err := s.file.put(records, func() {
		kept = true
		s.written(total, group[0].why)
	})
	if !kept {
		s.release(total)
	}
	select {
	case s.wake <- struct{}{}:
	default: // the drain has yet to notice the last time
	}
	for _, w := range group {
		w.done <- err
	}
}

// written counts what is on disk, and tells when it is the first of an outage.
func (s *Spool) written(l load, why error) {
	s.count.taken.Add(float64(l.events))
	if s.backlog.written(l) {
		s.logger.Warn("the log does not take webhooks; they are kept on disk and appended once it does", "err", why)
	}
}
