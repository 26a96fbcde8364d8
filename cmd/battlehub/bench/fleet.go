package bench

import (
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"golang.org/x/sync/errgroup"
	"golang.org/x/sys/unix"
)

// fleet is all workers of a run.
type fleet struct{ ships []*ship }

// ship is the conductor's end of a worker.
type ship struct {
	in   *gob.Encoder
	out  *gob.Decoder
	line io.Closer // closed, the worker ends
}

// line is a way to a worker.
type line interface {
	io.ReadWriter
	io.Closer
}

// launch starts enough workers for a number of sessions.
func launch(n int, start func() (line, error)) (*fleet, error) {
	f := &fleet{}
	for range n {
		l, err := start()
		if err != nil {
			return nil, errors.Join(err, f.Close())
		}
		f.ships = append(f.ships, &ship{gob.NewEncoder(l), gob.NewDecoder(l), l})
	}
	return f, nil
}

// workersFor is how many processes the limit of open files makes of so many sessions.
func workersFor(sessions int) int {
	const own = 100 // files that a worker needs for itself, with room to spare
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil || limit.Cur <= own {
		return 1
	}
	each := int(min(limit.Cur, 1<<20)) - own
	return max(1, (sessions+each-1)/each)
}

// setUp gives each worker its share of a plan's sessions.
func (f *fleet) setUp(p plan, d door) error {
	n := len(f.ships)
	return f.each(func(i int) order {
		return order{Task: taskSetUp, Plan: p, Door: d, From: p.Sessions * i / n, To: p.Sessions * (i + 1) / n}
	}, func(answer) error { return nil })
}

// all gives every worker the same order, and adds up what they answer.
func (f *fleet) all(o order) (sum muster, err error) {
	err = f.each(func(int) order { return o }, sum.add)
	return sum, err
}

// each gives every worker an order, and then hears all their answers.
func (f *fleet) each(give func(i int) order, hear func(answer) error) error {
	answers := make([]answer, len(f.ships))
	var g errgroup.Group
	for i, s := range f.ships {
		g.Go(func() error {
			if err := s.in.Encode(give(i)); err != nil {
				return fmt.Errorf("worker %d: %w", i, err)
			}
			if err := s.out.Decode(&answers[i]); err != nil {
				return fmt.Errorf("worker %d: %w", i, err)
			}
			return nil
		})
	}
	err := g.Wait()
	for _, a := range answers {
		err = errors.Join(err, hear(a))
	}
	return err
}

// Close ends the workers.
func (f *fleet) Close() (err error) {
	for _, s := range f.ships {
		err = errors.Join(err, s.line.Close())
	}
	return err
}

// muster is the sum of what the workers answered.
type muster struct {
	Live, Missing int
	Last          instant // the latest
	Failures      map[string]int
	Busy          float64 // the busiest
	CPU           time.Duration
	Tally, Slow   tally
	Latency       *hdrhistogram.Histogram
}

func (m *muster) add(a answer) error {
	if a.Err != "" {
		return errors.New(a.Err)
	}
	m.Live += a.Live
	m.Missing += a.Missing
	m.Last = max(m.Last, a.Last)
	m.Busy = max(m.Busy, a.Busy)
	m.CPU += a.CPU
	m.Tally.add(a.Tally)
	m.Slow.add(a.Slow)
	if m.Failures == nil {
		m.Failures = map[string]int{}
	}
	for cause, n := range a.Failures {
		m.Failures[cause] += n
	}
	return m.merge(a.Latency)
}

func (m *muster) merge(latency []byte) error {
	if len(latency) == 0 {
		return nil
	}
	h, err := hdrhistogram.Decode(latency)
	if err != nil {
		return fmt.Errorf("a worker's latencies: %w", err)
	}
	if m.Latency == nil {
		m.Latency = newHistogram()
	}
	m.Latency.Merge(h)
	return nil
}
