package main

import (
	"context"

	"battlehub/cmd/battlehub/simulate"
)

// simulateCmd sends scripted, realistic battles to a webhook.
type simulateCmd struct{ simulate.Command }

// Run sends until the script is over or ctx ends.
func (c *simulateCmd) Run(ctx context.Context, std stdio) error {
	return c.Command.Run(ctx, std.out, std.err, isTerminal(std.err))
}
