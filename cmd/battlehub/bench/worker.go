package bench

import (
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// worker obeys the conductor: one process, one loop, some thousand sessions.
type worker struct {
	loop  *loop
	crowd *crowd

	begin    instant       // of the last measured stretch
	idle     time.Duration // of the loop, at that moment
	segments int           // that had come by then
}

// Work obeys the orders on in until it ends, as it does when who gives them is gone.
func Work(in io.Reader, out io.Writer) error {
	l, err := newLoop()
	if err != nil {
		return err
	}
	w := &worker{loop: l, begin: now()}
	go l.run(w.after)
	defer l.do(w.end)
	orders, answers := gob.NewDecoder(in), gob.NewEncoder(out)
	for {
		var o order
		if err := orders.Decode(&o); errors.Is(err, io.EOF) || errors.Is(err, io.ErrClosedPipe) {
			return nil
		} else if err != nil {
			return fmt.Errorf("reading an order: %w", err)
		}
		if err := answers.Encode(w.obey(o)); err != nil {
			return fmt.Errorf("answering: %w", err)
		}
	}
}

// after lets more sessions connect whenever some did.
func (w *worker) after() {
	if w.crowd != nil {
		w.crowd.dialMore()
	}
}

func (w *worker) end() {
	w.loop.stopped = true
	if w.crowd != nil {
		w.crowd.hangUpAll()
	}
}

// obey carries an order out.
func (w *worker) obey(o order) (a answer) {
	switch o.Task {
	case taskSetUp:
		w.loop.do(func() { w.crowd = newCrowd(&o.Plan, o.Door, w.loop, o.From, o.To) })
	case taskConnect:
		w.loop.do(func() { w.crowd.call(o.First) })
		w.await(o.Patience, w.crowd.assembled)
	case taskExpect:
		w.loop.do(func() { w.expect(o.Stretch) })
	case taskSettle:
		w.await(o.Patience, w.crowd.reached)
	case taskCatchUp:
		w.loop.do(func() { w.crowd.stopSlow(false) })
		w.await(o.Patience, w.crowd.caughtUp)
	case taskForget:
		w.loop.do(w.crowd.forget)
	case taskDrop:
		w.loop.do(w.crowd.hangUpAll)
	}
	w.loop.do(func() { a = w.report(o.Task == taskTake) })
	return a
}

func (w *worker) expect(s stretch) {
	w.crowd.expect(s)
	w.crowd.stopSlow(s.Measured)
	if s.Measured {
		w.begin, w.idle, w.segments = now(), w.loop.idle, w.crowd.segments()
	}
}

// await looks every few milliseconds whether something holds. When it came to hold is noted
// by the crowd, exactly.
func (w *worker) await(patience time.Duration, holds func() bool) {
	deadline := time.After(patience)
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for reached := false; ; {
		if w.loop.do(func() { reached = holds() }); reached {
			return
		}
		select {
		case <-deadline:
			return
		case <-look.C:
		}
	}
}

// report says how things stand.
func (w *worker) report(take bool) answer {
	c := w.crowd
	a := answer{Live: c.live, Missing: c.missing, Last: c.last, Failures: c.failures}
	if length := now().since(w.begin); length > 0 {
		a.Busy = 1 - float64(w.loop.idle-w.idle)/float64(length)
	}
	var err error
	if a.CPU, err = cpuOf(os.Getpid()); err == nil && take {
		err = w.take(&a)
	}
	if err != nil {
		a.Err = err.Error()
	}
	return a
}

// take hands over what was counted, and starts over.
func (w *worker) take(a *answer) (err error) {
	c := w.crowd
	c.tally.Lost, c.missing, c.owed = c.missing, 0, 0
	c.tally.Segments = c.segments() - w.segments
	a.Tally, a.Slow = c.tally, c.slow
	c.tally, c.slow = tally{}, tally{}
	a.Latency, err = encode(c.latency)
	c.latency.Reset()
	return err
}
