// Package redislog is the shared log: a Redis stream that any number of nodes append to and
// follow, so that all of them show the same battles in the same order.
//
// The stream is the only truth, and a stream id is a position. Pub/sub carries the same
// entries at once, but is only a hint: it loses messages, and a subscriber can be deaf
// without knowing. So every entry names its predecessor's tag, the tail proves what it
// hears by it, and it reads the stream itself every second or two.
//
// Redis replicates behind its back: a promoted replica may lack what was acknowledged, and
// then gives the same numbers to other entries. So a script begins a new epoch whenever the
// replication id changed (prelude.lua), a tail whose last entry is not in the stream knows
// that history was rewritten, and appends what Redis lost from what it has seen (repair.go).
//
// Read log.go, append.go, commit.go and the .lua scripts for the way in; read.go, tail.go,
// follower.go and subscription.go for the way out; recent.go and repair.go for what happens
// when history is rewritten; upkeep.go for what goes on besides.
package redislog

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"battlehub/hub"
)

// Defaults for [Options].
const (
	DefaultRetention = 24 * time.Hour
	DefaultRecent    = 65536
)

// Options say which Redis a log is in and what it promises.
type Options struct {
	App hub.App
	// URL is in the forms of go-redis: redis://, rediss:// or unix:// for one server;
	// with Sentinel, its addresses and master_name; with Cluster, some addresses.
	URL  hub.Secret
	Mode Mode        // zero: Standalone
	TLS  *tls.Config // for a rediss:// URL: the authority, and the client's certificate

	Durability Durability // what a successful Append promises; zero: Fast

	// Retention is for how long an entry is kept, and its id known; zero means
	// [DefaultRetention]. MaxBytes bounds the stream's memory besides; zero means no
	// bound. Neither forgets anything at or after the saved board.
	Retention time.Duration
	MaxBytes  int64
	// Recent is how many entries a tail keeps in memory, for Redis to be given back what it
	// lost: about 1 KB each. Zero means [DefaultRecent].
	Recent int

	Log     *slog.Logger // hears of trouble; nil discards it
	Metrics *Metrics     // nil counts for nobody
	prefix  string       // of all keys; tests keep their logs apart by it
}

// Log is the shared log of one app, as one node sees it.
type Log struct {
	opts    Options
	keys    keys
	log     *slog.Logger
	metrics *appMetrics
	shut    func() error

	appends, reads, subs *server

	requests chan *request // unbuffered and never closed: what waits, waits in Append
	closing  chan struct{} // closed when Close begins
	loops    sync.WaitGroup

	heard    atomic.Int64            // when a tail last heard the channel, in Unix nanoseconds
	settings atomic.Pointer[verdict] // what Redis' settings are worth, see settings.go
	acked    acked
}

var (
	_ hub.Log       = (*Log)(nil)
	_ hub.Boards    = (*Log)(nil)
	_ hub.Tickets   = (*Log)(nil)
	_ hub.Inspector = (*Log)(nil)
	_ hub.Backwards = (*Log)(nil)
)

// Open makes the log of an app. It connects in the background, and goes on trying for as
// long as it is open: a node may start before its Redis. Its errors are about the options.
func Open(o Options) (*Log, error) {
	o.Retention, o.Recent = cmp.Or(o.Retention, DefaultRetention), cmp.Or(o.Recent, DefaultRecent)
	o.Durability, o.prefix = cmp.Or(o.Durability, Fast), cmp.Or(o.prefix, prefix)
	l := &Log{
		opts: o, keys: keysOf(o.prefix, o.App),
		log:      cmp.Or(o.Log, slog.New(slog.DiscardHandler)).With("app", o.App),
		metrics:  o.Metrics.of(o.App),
		requests: make(chan *request),
		closing:  make(chan struct{}),
	}
	l.acked.most = o.Recent
	if err := l.connect(); err != nil {
		return nil, errors.Join(err, l.disconnect())
	}
	l.shut = sync.OnceValue(l.shutdown)
	l.metrics.watch(l)
	l.loops.Go(l.commitLoop)
	l.loops.Go(l.upkeepLoop)
	return l, nil
}

// connect makes the three clients.
func (l *Log) connect() (err error) {
	if err := l.opts.Durability.validate(); err != nil {
		return err
	}
	for _, c := range []struct {
		to *(*server)
		as profile
	}{{&l.appends, appending}, {&l.reads, reading}, {&l.subs, subscribing}} {
		if *c.to, err = connect(&l.opts, c.as); err != nil {
			return err
		}
	}
	return nil
}

func (l *Log) disconnect() error {
	var errs []error
	for _, s := range []*server{l.appends, l.reads, l.subs} {
		if s != nil {
			errs = append(errs, s.close())
		}
	}
	return errors.Join(errs...)
}

// Close ends the log. Appends that are under way get their outcome, the others and all
// tails get [hub.ErrClosed], and so does every later call. It blocks until the last group
// has its outcome, for up to two seconds; calling it again returns the same error.
func (l *Log) Close() error { return l.shut() }

func (l *Log) shutdown() error {
	close(l.closing)
	l.loops.Wait()
	l.metrics.unwatch(l)
	if err := l.disconnect(); err != nil {
		return fmt.Errorf("closing connections to redis: %w", err)
	}
	return nil
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
