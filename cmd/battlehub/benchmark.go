package main

import (
	"context"
	"os"

	"battlehub/cmd/battlehub/bench"
)

// benchCmd measures a hub from outside. Kong finds the Run methods of its subcommands.
type benchCmd struct {
	Run       benchRunCmd       `cmd:"" default:"withargs" help:"Measure a hub under a load of your choice. The default."`
	Table     benchTableCmd     `cmd:"" help:"Measure what battlehub promises on this machine, on hubs and Redis servers of its own. It takes a while."`
	Reference benchReferenceCmd `cmd:"" help:"Serve the least that a hub could: write(2) of prepared frames, with no promise."`
	Worker    benchWorkerCmd    `cmd:"" hidden:"" help:"Hold sessions for another bench."`
}

type benchRunCmd struct{ bench.Command }

// Run measures and prints what it found.
func (c *benchRunCmd) Run(ctx context.Context, std stdio) error {
	return c.Measure(ctx, std.out, std.err)
}

type benchTableCmd struct{ bench.Table }

// Run measures and prints the table.
func (c *benchTableCmd) Run(ctx context.Context, std stdio) error {
	return c.Measure(ctx, std.out, std.err)
}

type benchReferenceCmd struct{ bench.Reference }

// Run serves until ctx ends.
func (c *benchReferenceCmd) Run(ctx context.Context) error { return c.Serve(ctx) }

type benchWorkerCmd struct{}

// Run obeys the bench at the other end of standard input.
func (*benchWorkerCmd) Run() error { return bench.Work(os.Stdin, os.Stdout) }
