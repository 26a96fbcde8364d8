// Command battlehub takes Tencent RTC's battle webhooks and pushes every battle, live,
// to dashboards and room owners.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// cli is the command line: one field a subcommand. Alone, battlehub serves.
type cli struct {
	Serve    serveCmd    `cmd:"" default:"withargs" help:"Run a hub: webhooks in, battles out. The default."`
	Simulate simulateCmd `cmd:"" help:"Send scripted, realistic battles to a webhook, signed if you give the token."`
	Bench    benchCmd    `cmd:"" help:"Measure how fast a hub is, what that costs, and whether anything is lost."`
	Tail     tailCmd     `cmd:"" help:"Watch a hub's battles in the terminal."`
	Token    tokenCmd    `cmd:"" help:"Make a token for a client, or see what one says and whether a hub takes it."`
	Revoke   revokeCmd   `cmd:"" help:"Take grants back: of a token, of a user, or of everybody."`
	Health   healthCmd   `cmd:"" help:"Ask a hub whether it is ready; exit 0 if it is. For container health checks."`
	Version  versionCmd  `cmd:"" help:"Print the version."`
}

// stdio is where a subcommand prints: results to out, everything else to err.
type stdio struct {
	out, err io.Writer
}

func main() {
	os.Exit(run(os.Args[1:], stdio{os.Stdout, os.Stderr}))
}

// run parses the command line and runs the subcommand until it ends or a signal comes.
// The first SIGINT or SIGTERM ends ctx; the second finds the default handler again and
// kills the process at once.
func run(args []string, std stdio) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)

	exited := -1
	parser, err := kong.New(&cli{}, cliOptions(ctx, std, func(code int) { exited = code })...)
	if err != nil {
		fmt.Fprintln(std.err, "battlehub:", err)
		return 1
	}
	command, err := parser.Parse(args)
	if exited >= 0 { // --help was printed
		return exited
	}
	if err != nil {
		fmt.Fprintf(std.err, "battlehub: %v\nTry: battlehub --help\n", err)
		return 2
	}
	if err := command.Run(); err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(std.err, "battlehub:", err)
		return 1
	}
	return 0
}

// cliOptions tell kong who we are, and what subcommands' Run methods may ask for.
func cliOptions(ctx context.Context, std stdio, exit func(int)) []kong.Option {
	return []kong.Option{
		kong.Name("battlehub"),
		kong.Description("Takes Tencent RTC's battle webhooks and pushes every battle, live, to dashboards and room owners."),
		kong.DefaultEnvars("BATTLEHUB"),
		kong.Configuration(loadConfigFile),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.Writers(std.out, std.err),
		kong.Exit(exit),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(std),
	}
}
