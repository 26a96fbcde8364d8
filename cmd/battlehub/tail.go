package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"
	"time"

	"battlehub/hub"
	"battlehub/hub/client"
)

// tailCmd shows battles as they happen.
type tailCmd struct {
	URL    string       `default:"http://localhost:8080" env:"BATTLEHUB_TAIL_URL" help:"The hub."`
	Room   []string     `sep:"none" placeholder:"ROOM" help:"Show the battles of this room. Repeat it for several; without it, every battle."`
	App    hub.App      `placeholder:"SDKAPPID" help:"The app, where the hub serves several."`
	Cursor hub.Position `placeholder:"CURSOR" help:"Begin after the event with this cursor (see --json) instead of with the battles as of now."`
	tailToken
	JSON     bool   `help:"Print JSON lines instead: each event as it is on the wire, each battle of the board as {\"type\":\"snapshot\",\"battle\":…}, and {\"type\":\"gap\"} where events are missing."`
	Snapshot bool   `negatable:"" default:"true" help:"Begin with the battles as of now, and show them again after a gap."`
	Color    string `enum:"auto,always,never" default:"auto" help:"Colours: auto (on a terminal, unless NO_COLOR is set), always or never."`
	NoColor  string `hidden:"" env:"NO_COLOR"` // no-color.org: anything but empty
}

// Help tells what does not fit into the flags. Kong calls it.
func (tailCmd) Help() string {
	return `Prints one line for each event: when it happened, in your time zone, the battle's state, its rooms, their owners, and
what is to come or how it ended. "ended?" is presumed: the End never came. What happens to the connection goes to stderr; it
is made again whenever it is lost.`
}

// Run prints until ctx ends, the reader of the output goes away, or the hub refuses.
func (c *tailCmd) Run(ctx context.Context, std stdio) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	header, err := c.header()
	if err != nil {
		return err
	}
	board := new(client.Board)
	follower, err := client.New(client.Options{URL: c.URL, App: c.App, Rooms: c.Room, Cursor: c.Cursor, Header: header, Board: board})
	if err != nil {
		return fmt.Errorf("--url: %w", err)
	}
	t := c.printer(std, board.Now)
	err = follower.Run(ctx, func(f client.Frame) {
		if err := t.print(f); err != nil {
			stop(fmt.Errorf("printing: %w", err))
		}
	})
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if errors.Is(err, syscall.EPIPE) || errors.Is(err, context.Canceled) {
		return nil // the reader has seen enough, as head does, or Ctrl-C
	}
	return err
}

// printer makes what prints as the flags say. Countdowns count from now.
func (c *tailCmd) printer(std stdio, now func() time.Time) *tailPrinter {
	text := &tailText{paint: c.colours(std.out), now: now, zone: time.Local}
	t := &tailPrinter{out: std.out, err: std.err, lines: text.lines, notes: c.colours(std.err), snapshot: c.Snapshot}
	if c.JSON {
		t.lines = jsonLines
	}
	return t
}

// colours decides whether w gets any.
func (c *tailCmd) colours(w io.Writer) palette {
	return palette(c.Color == "always" || c.Color == "auto" && c.NoColor == "" && isTerminal(w))
}

// tailPrinter prints frames.
type tailPrinter struct {
	out, err io.Writer
	lines    func(client.Frame) []byte // what a frame tells of battles; whole lines
	notes    palette
	snapshot bool
}

// print writes the lines of a frame to out, all at once, and what it says of the
// connection to err.
func (t *tailPrinter) print(f client.Frame) error {
	if note := connectionNote(f); note != "" {
		fmt.Fprintln(t.err, t.notes.dim(note))
	}
	if _, ok := f.(*client.Snapshot); ok && !t.snapshot {
		return nil
	}
	lines := t.lines(f)
	if len(lines) == 0 {
		return nil
	}
	_, err := t.out.Write(lines)
	return err
}

// connectionNote says in words what a frame tells of the connection.
func connectionNote(f client.Frame) string {
	switch f := f.(type) {
	case *hub.Hello:
		return helloNote(f)
	case *client.Down:
		return fmt.Sprintf("%s; trying again in %.1f s", printable(f.Err.Error()), f.Retry.Seconds())
	case *hub.Gap:
		return "gap: events are missing here (" + printable(string(f.Reason)) + ")"
	case *hub.ErrorFrame:
		return "the hub says: " + printable(f.Message)
	}
	return ""
}

func helloNote(h *hub.Hello) string {
	rooms := "every room"
	if h.Rooms != nil {
		rooms = "following " + printable(strings.Join(h.Rooms, ", "))
	}
	note := fmt.Sprintf("connected to node %s: app %s, %s", printable(h.Node), h.App, rooms)
	if h.Resumed {
		note += ", continuing"
	}
	return note
}
