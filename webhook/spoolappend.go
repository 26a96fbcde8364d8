package webhook

import (
	"context"
	"errors"
	"fmt"

	"battlehub/hub"
)

// Append gives the events to the log, or to the disk when the log cannot take them
// within the budget, and always while earlier events are on disk. The verdict is
// [Spooled] then, and the events are synced.
//
// It fails with [ErrSpoolFull], with [hub.ErrInvalid] for events that no log could keep,
// with [hub.ErrClosed] after Close, or because the disk does. As of a log, the outcome
// is unknown then, and also when ctx ends first: it blocks until then at most.
func (s *Spool) Append(ctx context.Context, events []hub.Event) ([]hub.Appended, error) {
	if err := s.alive(ctx); err != nil || len(events) == 0 {
		return nil, err
	}
	why := s.backlog.detour()
	if why == nil {
		appended, err := s.appendDirectly(ctx, events)
		// A caller that has gone is not answered OK, so its event need not be kept. A log
		// that is closed already is like any other that is away: the disk is still there.
		if err == nil || errors.Is(err, hub.ErrInvalid) || ctx.Err() != nil {
			return appended, err
		}
		why = err
	}
	if err := s.spool(ctx, events, why); err != nil {
		return nil, fmt.Errorf("spooling, since %w: %w", why, err)
	}
	appended := make([]hub.Appended, len(events))
	for i := range appended {
		appended[i].Verdict = Spooled
	}
	return appended, nil
}

// alive returns why a call must not begin.
func (s *Spool) alive(ctx context.Context) error {
	select {
	case <-s.closing:
		return hub.ErrClosed
	default:
		return ctx.Err()
	}
}

// spool writes the events to disk, and returns nil once they are synced. From the moment
// that their room is reserved, later events go through the spool too.
func (s *Spool) spool(ctx context.Context, events []hub.Event, why error) error {
	w, err := newSpoolWrite(s.app, events, why)
	if err != nil {
		return err
	}
	if err := s.backlog.reserve(w.load); err != nil {
		s.count.refused.Add(float64(len(events)))
		return err
	}
	select {
	case s.writes <- w:
	case <-ctx.Done():
		s.release(w.load)
		return ctx.Err()
	case <-s.closing:
		s.release(w.load)
		return hub.ErrClosed
	}
	select {
	case err := <-w.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// release takes events out of the backlog, and tells when it was the last.
func (s *Spool) release(l load) {
	if over, ok := s.backlog.release(l); ok {
		s.logger.Info("the spool is empty again; webhooks go to the log directly",
			"events", over.events, "after", over.lasted)
	}
}
