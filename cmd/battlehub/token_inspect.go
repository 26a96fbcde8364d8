package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"battlehub/hub"
	"battlehub/hub/auth"
)

// inspectCmd says what a credential says, and what a hub makes of it.
type inspectCmd struct {
	Token hub.Secret `arg:"" optional:"" placeholder:"TOKEN" help:"The JWT or UserSig. Without it, it is read from standard input, where no list of processes shows it."`
	JSON  bool       `env:"-" help:"Print a JSON object instead."`

	Config   kong.ConfigFlag `placeholder:"FILE" help:"Take the keys from a hub's configuration file."`
	SDKAppID hub.App         `name:"sdkappid" default:"1400000000" help:"The app of the UserSig keys."`
	Apps     appList         `hidden:"" env:"-"`
	keyConfig
}

// Help tells what does not fit into the flags. Kong calls it.
func (inspectCmd) Help() string {
	return `The claims of a token can be read by anyone who has it, and mean nothing until its signature is checked. Given the settings
by which a hub checks (the same flags, variables or file), it says in words whether that hub takes the token, and ends with 1
if not. What the hub itself adds, such as revocations and who owns a room, is not known here.`
}

// Run prints what the credential says, and returns why a hub would not take it.
func (c *inspectCmd) Run(ctx context.Context, std stdio) error {
	text, err := c.read(os.Stdin, std.err)
	if err != nil {
		return err
	}
	return c.inspect(ctx, std.out, text)
}

// maxCredential bounds what is read. Hubs take far less.
const maxCredential = 64 << 10

// read returns the credential that was given, or reads one.
func (c *inspectCmd) read(in io.Reader, notes io.Writer) (hub.Secret, error) {
	if c.Token != "" {
		return c.Token, nil
	}
	if f, ok := in.(*os.File); ok && isTerminal(f) {
		fmt.Fprintln(notes, "Paste the token, then Ctrl-D:")
	}
	text, err := io.ReadAll(io.LimitReader(in, maxCredential))
	if err != nil {
		return "", fmt.Errorf("reading the token: %w", err)
	}
	return hub.Secret(strings.TrimSpace(string(text))), nil
}

func (c *inspectCmd) inspect(ctx context.Context, out io.Writer, shown hub.Secret) error {
	reading, err := readCredential(shown)
	if err != nil {
		return err
	}
	v, err := c.judge(ctx, reading.credential)
	if err != nil {
		return err
	}
	text := reading.appendText
	if c.JSON {
		text = reading.appendJSON
	}
	if _, err := out.Write(text(nil, v, time.Now())); err != nil {
		return err
	}
	return v.err()
}

// verdict is what a hub makes of a credential; nil: nobody asked one.
type verdict struct {
	Accepted bool              `json:"accepted"`
	Reason   hub.RefusalReason `json:"reason,omitempty"` // missing if it could not be found out
	Detail   string            `json:"detail,omitempty"` // who sees what, or why not
}

// judge asks what a hub with the given keys would.
func (c *inspectCmd) judge(ctx context.Context, credential hub.Credential) (*verdict, error) {
	o, err := c.judgeOptions()
	if err != nil || o == nil {
		return nil, err
	}
	judge, err := auth.New(*o)
	if err != nil {
		return nil, err
	}
	defer judge.Close() // it has nothing to tell
	grant, err := judge.Authorize(ctx, credential)
	if refusal, ok := errors.AsType[*hub.Refusal](err); ok {
		return &verdict{Reason: refusal.Reason, Detail: refusal.Detail}, nil
	}
	if err != nil {
		return &verdict{Detail: err.Error()}, nil
	}
	return &verdict{Accepted: true, Detail: grantInWords(&grant)}, nil
}

// judgeOptions are those that a hub with these settings has; nil if no key is given.
func (c *inspectCmd) judgeOptions() (*auth.Options, error) {
	hubs := config{keyConfig: c.keyConfig, SDKAppID: c.SDKAppID, Apps: c.Apps}
	for i := range hubs.Apps { // their files may be on the hub's machine only
		hubs.Apps[i].WebhookToken, hubs.Apps[i].WebhookTokenFile = nil, nil
	}
	if err := hubs.completeApps(); err != nil {
		return nil, err
	}
	if err := hubs.completeKeys(); err != nil || !hubs.guarded() {
		return nil, err
	}
	o := hubs.judgeOptions()
	return &o, nil
}

// err is why the hub would not take the credential, in words.
func (v *verdict) err() error {
	switch {
	case v == nil || v.Accepted:
		return nil
	case v.Reason == "":
		return fmt.Errorf("whether a hub with these keys takes it cannot be found out now: %s", printable(v.Detail))
	default:
		return fmt.Errorf("a hub with these keys refuses it (%s): %s", v.Reason, printable(v.Detail))
	}
}
