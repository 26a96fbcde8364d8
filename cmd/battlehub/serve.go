package main

import (
	"context"
	"io"
	"log/slog"
	"os"
	"sync"
	"syscall"

	"github.com/alecthomas/kong"
)

// serveCmd runs a hub.
type serveCmd struct {
	Config kong.ConfigFlag `placeholder:"FILE" help:"Read settings from this YAML file: the same names, without dashes in front. Several apps are possible only there."`
	config
}

// Validate checks the settings. Kong calls it once flags, environment and file are read.
func (c *serveCmd) Validate() error { return c.config.validate() }

// Run serves until ctx ends, then drains.
func (c *serveCmd) Run(ctx context.Context, std stdio) error {
	log := newLogger(std.err, c.LogFormat, c.LogLevel)
	collectLess()
	if c.Node == "" {
		c.Node, _ = os.Hostname() // without one, the hub takes a random name
	}
	if c.MaxSessions == 0 {
		c.MaxSessions = sessionsForFiles()
	}
	a, err := newApp(ctx, c.config, log)
	if err != nil {
		return err
	}
	a.Start()
	ctx, stop := context.WithCancel(ctx)
	var memory sync.WaitGroup
	memory.Go(func() { giveBackLoop(ctx) })
	defer memory.Wait()
	defer stop()
	log.Info("listening", "addr", a.Addr().String(), "ops_addr", a.OpsAddr().String(), "version", version())
	if c.LogFormat == "text" {
		welcome(std.out, a)
	}
	select {
	case <-ctx.Done():
		log.Info("draining", "sessions_return_within", c.Drain.String())
		return a.Stop()
	case err := <-a.Failed():
		_ = a.Stop() // the first error is the one that matters
		return err
	}
}

// reservedFiles are left for listeners, the log and requests, pprof among them: at the
// limit a hub must still be diagnosable.
const reservedFiles = 256

// sessionsForFiles is how many sessions the limit of open files allows. Go raises the soft
// limit to the hard one at the start.
func sessionsForFiles() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 0
	}
	const enough = 1 << 24 // an unlimited limit does not fit an int everywhere
	return int(max(min(limit.Cur, enough), 2*reservedFiles) - reservedFiles)
}

// newLogger logs to w. Levels and formats are checked by kong.
func newLogger(w io.Writer, format, level string) *slog.Logger {
	var l slog.Level
	_ = l.UnmarshalText([]byte(level))
	opts := &slog.HandlerOptions{Level: l}
	if format == "json" {
		return slog.New(slog.NewJSONHandler(w, opts))
	}
	return slog.New(slog.NewTextHandler(w, opts))
}
