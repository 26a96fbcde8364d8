package bench

import (
	"context"
	"errors"
	"fmt"
)

// storm lets every connection fail at once, events happen while nobody is there, and all
// resume as fast as they get in. It took as long as until the last session had the last of
// what it missed.
func (r *run) storm(ctx context.Context, m *measurement) error {
	n := r.load.Storm
	if n == 0 {
		return nil
	}
	if _, err := r.fleet.all(order{Task: taskDrop}); err != nil {
		return err
	}
	if err := r.whileAway(ctx, n); err != nil {
		return err
	}
	replayed := r.replayed(ctx)
	at := now()
	end, err := r.begin()
	if err != nil {
		return err
	}
	if _, err := r.fleet.all(order{Task: taskConnect, Patience: r.Patience}); err != nil {
		return err
	}
	back, err := r.fleet.all(order{Task: taskSettle, Patience: r.Patience})
	if err != nil {
		return err
	}
	if m.Storm, err = end(); err != nil {
		return err
	}
	m.Storm.Took = back.Last.since(at)
	if back.Live < r.Sessions {
		return fmt.Errorf("after the storm only %d of %d sessions got in: %s", back.Live, r.Sessions, causes(back.Failures))
	}
	if m.Replayed = -1; replayed >= 0 {
		m.Replayed = r.replayed(ctx) - replayed
	}
	m.Storms, err = r.fleet.all(order{Task: taskTake})
	return err
}

// whileAway lets events happen, and waits for the answers to their webhooks.
func (r *run) whileAway(ctx context.Context, n int) error {
	s := stretch{Pace: pace{Rate: 1000, Burst: 1}, From: r.sent, To: r.sent + n, Start: now()}
	r.sent += n
	if _, err := r.fleet.all(order{Task: taskExpect, Stretch: s}); err != nil {
		return err
	}
	s.playOnTime(ctx, r.publisher)
	if _, refused := r.publisher.drain(); len(refused) > 0 {
		return errors.New(causes(refused))
	}
	return ctx.Err()
}

// replayed is how many sessions the hub has served from its log; -1: it does not tell.
func (r *run) replayed(ctx context.Context) float64 {
	if r.Ops == "" {
		return -1
	}
	n, err := scrape(ctx, r.Ops, replayedSeries)
	if err != nil {
		return -1
	}
	return n
}
