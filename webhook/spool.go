package webhook

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"battlehub/hub"
)

// Defaults for [SpoolOptions].
const (
	DefaultSpoolMax    = 256 << 20 // bytes
	DefaultSpoolBudget = time.Second
)

// Spooled is the verdict on an event that a [Spool] took in the log's place: it is on
// disk, and has no position yet.
const Spooled hub.Verdict = "spooled"

// SpoolOptions say what a spool is for and how much it keeps.
type SpoolOptions struct {
	App hub.App
	// Dir is the data directory; the app's spool is the file <app>.spool in it. Both are
	// created if missing, readable by the owner only. It must be on a local file system.
	Dir string
	// MaxBytes bounds the events that wait for the log; zero means [DefaultSpoolMax]. The
	// file takes up to twice as much. It does not shrink: its room is used again.
	MaxBytes int64
	// Log is where the events belong.
	Log Appender
	// Budget is how long the log may take before an event goes to the disk instead; zero
	// means [DefaultSpoolBudget]. A webhook has 1.5 s for both.
	Budget time.Duration
	// Logger hears when spooling begins and ends, and of damage; nil discards it.
	Logger *slog.Logger
	// Metrics counts for this and other apps; nil counts for nobody.
	Metrics *SpoolMetrics
}

// Spool stands between the [Handler] and a log that may be away. What the log does not
// take in time is written to disk, and appended in order once the log is back, be it
// after a restart.
//
// An event whose Append has returned stands in the log before every event whose Append
// began later: while anything is spooled, all goes through the spool. Two goroutines do
// the work. The commit loop writes; appends that wait share one sync. The drain moves
// the oldest events to the log and only then forgets them, so that a crash in between
// appends them again, which the log notices by their ids.
type Spool struct {
	app     hub.App
	log     Appender
	budget  time.Duration
	logger  *slog.Logger
	metrics *SpoolMetrics
	count   spoolCounters

	crowd   crowd
	backlog *backlog
	file    *spoolFile

	writes  chan *spoolWrite // unbuffered and never closed: what waits, waits in Append
	wake    chan struct{}    // holds one element when there may be something new to drain
	closing <-chan struct{}  // closed when Close begins
	stop    context.CancelFunc
	loops   sync.WaitGroup
	shut    func() error
}

// OpenSpool opens the app's spool, beginning it if there is none, and goes on draining
// what an earlier run has left in it. It reads the file once, which takes about a
// second per GiB, and blocks for up to a second when another process holds the file. It
// returns [ErrSpoolInUse] then, and [ErrSpoolDamaged] for a file that is no spool.
func OpenSpool(o SpoolOptions) (*Spool, error) {
	budget := cmp.Or(o.Budget, DefaultSpoolBudget)
	if budget < 0 || budget >= appendTimeout {
		return nil, fmt.Errorf("spool: Budget is %v: want less than the %v that a webhook has", budget, appendTimeout)
	}
	file, err := openSpoolFile(o.Dir, o.App)
	if err != nil {
		return nil, fmt.Errorf("opening the spool: %w", err)
	}
	metrics := cmp.Or(o.Metrics, NewSpoolMetrics(nil))
	s := &Spool{
		app:     o.App,
		log:     o.Log,
		budget:  budget,
		logger:  cmp.Or(o.Logger, slog.New(slog.DiscardHandler)).With("app", o.App),
		metrics: metrics,
		count:   metrics.of(o.App),
		backlog: newBacklog(cmp.Or(o.MaxBytes, DefaultSpoolMax), file.found),
		file:    file,
		writes:  make(chan *spoolWrite),
		wake:    make(chan struct{}, 1),
	}
	s.start()
	return s, nil
}

func (s *Spool) start() {
	if found := s.file.found; found.events > 0 {
		s.logger.Warn("the spool holds events from before the start; they are appended to the log now",
			"events", found.events, "oldest", hub.At(found.oldest))
	}
	s.metrics.gauges.show(s.app, s.backlog)
	ctx, stop := context.WithCancel(context.Background())
	s.closing, s.stop = ctx.Done(), stop
	s.shut = sync.OnceValue(s.shutdown)
	s.loops.Go(s.commitLoop)
	s.loops.Go(func() { s.drain(ctx) })
}

// Close ends the spool; what is in it stays on disk for the next start. Appends that the
// commit loop has taken get their outcome, the others and all later ones
// [hub.ErrClosed]. It blocks until both loops have ended, which takes as long as the log
// takes to notice that its context has. Close it after the server whose webhooks it
// takes, and before the log. Calling it again returns the same error.
func (s *Spool) Close() error { return s.shut() }

func (s *Spool) shutdown() error {
	s.stop()
	s.loops.Wait()
	s.metrics.gauges.hide(s.app, s.backlog)
	if left := s.backlog.now(); left.events > 0 {
		s.logger.Warn("events stay in the spool; the next start appends them to the log", "events", left.events)
	}
	return s.file.close()
}
