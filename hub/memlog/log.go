// Package memlog is the embedded log: it lives inside one process, in memory or, with
// a data directory, on disk too.
//
// One goroutine, the commit loop, owns all changes. It takes every append that waits,
// decides for each event whether it is fresh, commits them as one group, tells the
// tails, and answers. It also forgets what is older than the retention. Reads and
// tails run on their callers' goroutines and see committed groups only.
package memlog

import (
	"cmp"
	"context"
	"log/slog"
	"sync"
	"time"

	"battlehub/hub"
)

// Defaults for [Options].
const (
	DefaultRetention = 24 * time.Hour
	DefaultMaxBytes  = 1 << 30
)

// Options say what a log is for and how much it keeps.
type Options struct {
	App hub.App
	// Dir is the data directory; the app's log is the file <app>.bbolt in it. Both
	// are created if missing, readable by the owner only. It must be on a local file
	// system. The file never shrinks: the room of what was forgotten is used again.
	// Empty means in memory only: every Open begins a new epoch.
	Dir string
	// Retention is for how long an entry is kept; zero means [DefaultRetention]. What
	// is older goes within a minute, but never the newest entry, and on disk nothing
	// at or after the position of the saved board: as long as none was saved, a log
	// on disk keeps everything.
	Retention time.Duration
	// MaxBytes bounds what a log in memory keeps, counted as the raw packets and 1 KiB
	// per entry; the oldest go first. Zero means [DefaultMaxBytes].
	MaxBytes int64
	// Log hears of trouble in the background; nil discards it.
	Log *slog.Logger
}

// Log is the embedded log of one app.
type Log struct {
	app       hub.App
	retention time.Duration
	log       *slog.Logger
	store     store
	shut      func() error

	requests chan *request // unbuffered and never closed: what waits, waits in Append
	closing  chan struct{} // closed when Close begins
	done     chan struct{} // closed when the commit loop has ended

	mu      sync.Mutex
	top     hub.Position  // the newest entry that tails may see
	changed chan struct{} // closed and replaced whenever top moves
	tickets map[string]ticket
}

var (
	_ hub.Log     = (*Log)(nil)
	_ hub.Boards  = (*Log)(nil)
	_ hub.Tickets = (*Log)(nil)

	_ hub.Backwards = (*Log)(nil)
)

// Open opens the app's log, beginning it if there is none. It blocks for up to a
// second when another process holds the data directory's log, and returns [ErrInUse]
// then. What is on disk is never repaired, overwritten or deleted: see [ErrDamaged],
// [ErrVersion] and [ErrApp].
func Open(o Options) (*Log, error) {
	s, top, err := openStore(o)
	if err != nil {
		return nil, err
	}
	return start(o, s, top), nil
}

func openStore(o Options) (store, hub.Position, error) {
	if o.Dir == "" {
		m, top := newMemory(cmp.Or(o.MaxBytes, DefaultMaxBytes))
		return m, top, nil
	}
	return openDisk(o.Dir, o.App)
}

func start(o Options, s store, top hub.Position) *Log {
	l := &Log{
		app:       o.App,
		retention: cmp.Or(o.Retention, DefaultRetention),
		log:       cmp.Or(o.Log, slog.New(slog.DiscardHandler)).With("app", o.App),
		store:     s,
		requests:  make(chan *request),
		closing:   make(chan struct{}),
		done:      make(chan struct{}),
		top:       top,
		changed:   make(chan struct{}),
	}
	l.shut = sync.OnceValue(l.shutdown)
	go l.commitLoop()
	return l
}

// Close ends the log. Appends that the commit loop has taken get their outcome, the
// others and all tails get [hub.ErrClosed], and so does every later call. It blocks
// until the last group is committed; calling it again returns the same error.
func (l *Log) Close() error { return l.shut() }

func (l *Log) shutdown() error {
	close(l.closing)
	<-l.done
	return l.store.close()
}

// alive returns why a call must not begin.
func (l *Log) alive(ctx context.Context) error {
	select {
	case <-l.closing:
		return hub.ErrClosed
	default:
		return ctx.Err()
	}
}

// publish lets the tails see everything up to top.
func (l *Log) publish(top hub.Position) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if top == l.top {
		return
	}
	l.top = top
	close(l.changed)
	l.changed = make(chan struct{})
}

// published returns the newest position that may be seen, and a channel that is closed
// as soon as there is a newer one.
func (l *Log) published() (hub.Position, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.top, l.changed
}
