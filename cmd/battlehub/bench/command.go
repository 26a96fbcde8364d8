package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"time"

	"battlehub/hub"
)

// Command is the subcommand that measures: its fields are flags (kong).
type Command struct {
	URL          string     `env:"-" name:"url" placeholder:"URL" help:"Measure the hub there, such as http://localhost:8080. Default: start one on this machine, and stop it afterwards."`
	Webhook      hub.Secret `env:"-" placeholder:"URL" help:"Send webhooks there. Default: /webhook at --url."`
	Pid          []int      `env:"-" placeholder:"PID" help:"Tell the CPU and memory of this process on this machine, as the server's. Repeatable."`
	SDKAppID     hub.App    `name:"sdkappid" default:"1400000000" help:"The app that the battles belong to."`
	WebhookToken hub.Secret `placeholder:"TOKEN" help:"Sign webhooks with this token."`
	JWTSecret    hub.Secret `name:"jwt-secret" placeholder:"SECRET" help:"Sign a token for each session with this, the hub's --jwt-secret. Default: sessions show none."`

	Sessions int           `env:"-" default:"1000" help:"Connect this many sessions."`
	Owners   float64       `env:"-" default:"0" placeholder:"SHARE" help:"Share of them that follow one room each; the others follow all."`
	Rooms    int           `env:"-" default:"100" help:"Spread owners over this many rooms."`
	Active   int           `env:"-" placeholder:"N" help:"Let battles happen in the first N rooms only. Default: in all."`
	Rate     float64       `env:"-" default:"100" help:"Send this many events a second, whether or not the hub keeps up."`
	Burst    int           `env:"-" default:"1" help:"Send this many of them at a time."`
	Warm     time.Duration `env:"-" default:"2s" help:"Send events for this long before those that count."`
	Duration time.Duration `env:"-" default:"10s" help:"Send those that count for this long. 0s: only connect."`
	Rest     time.Duration `env:"-" default:"1s" help:"Let sessions rest for this long before the memory is read."`
	Storm    int           `env:"-" placeholder:"EVENTS" help:"Then let every connection fail, this many events happen meanwhile, and all sessions resume."`
	Slow     float64       `env:"-" default:"0" placeholder:"SHARE" help:"Share of the sessions that stop reading while events count."`

	Window   int           `env:"-" default:"256" help:"Let this many sessions of a worker connect at the same time."`
	Workers  int           `env:"-" placeholder:"N" help:"Spread sessions over this many processes. Default: as few as the limit of open files allows."`
	Patience time.Duration `env:"-" default:"30s" help:"Wait this long for what has not come before it counts as lost."`

	Against  bool   `env:"-" name:"reference" help:"Do the same to the reference server afterwards, and compare."`
	JSON     bool   `env:"-" name:"json" help:"Print JSON."`
	Baseline string `env:"-" placeholder:"FILE" help:"Compare with what --json wrote to this file."`
}

// Validate names the first setting that makes no sense. Kong calls it.
func (c *Command) Validate() error {
	for _, share := range []float64{c.Owners, c.Slow} {
		if !(share >= 0 && share <= 1) {
			return errors.New("--owners and --slow are shares: 0 to 1")
		}
	}
	switch {
	case c.Sessions < 1 || c.Sessions > 1e6:
		return errors.New("--sessions: 1 to 1000000")
	case c.Rooms < 2 || c.Active != 0 && (c.Active < 2 || c.Active > c.Rooms):
		return errors.New("--rooms and --active: a battle has two rooms, and the active ones are among all")
	case !(c.Rate > 0 && c.Rate <= 1e6) || c.Burst < 1:
		return errors.New("--rate is events a second, above 0, up to 1000000; --burst at least 1")
	case min(c.Warm, c.Duration, c.Rest, c.Patience) < 0 || max(c.Warm, c.Duration) > 10*time.Minute:
		return errors.New("--warm, --duration, --rest and --patience are not negative; up to 10m of events are sent")
	case c.Storm < 0 || c.Window < 1 || c.Workers < 0:
		return errors.New("--storm and --workers are not negative; --window is at least 1")
	case c.URL == "" && (c.Webhook != "" || len(c.Pid) > 0):
		return errors.New("--webhook and --pid are of the hub at --url; give that, too")
	}
	return nil
}

func (c *Command) load() load {
	active := c.Active
	if active == 0 {
		active = c.Rooms
	}
	return load{Sessions: c.Sessions, Owners: c.Owners, Rooms: c.Rooms, Active: active, Slow: c.Slow,
		pace: pace{Rate: c.Rate, Burst: c.Burst}, Warm: c.Warm, Duration: c.Duration, Storm: c.Storm, Rest: c.Rest,
		Window: c.Window, Workers: c.Workers, Patience: c.Patience}
}

// Measure does what the flags say and prints it to out; log hears what goes on.
func (c *Command) Measure(ctx context.Context, out, log io.Writer) error {
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding this program: %w", err)
	}
	var baseline *report
	if c.Baseline != "" {
		if baseline, err = readReport(c.Baseline); err != nil {
			return err
		}
	}
	r, err := c.measureAll(ctx, program, log)
	switch {
	case err != nil:
		return err
	case c.JSON:
		return r.writeJSON(out)
	}
	return r.writeText(out, baseline)
}

// measureAll measures the hub and, if asked for, the reference server.
func (c *Command) measureAll(ctx context.Context, program string, log io.Writer) (*report, error) {
	r := newReport()
	kit := kit{program: program, log: log}
	measure := func(name string, t target, err error) error {
		if err != nil {
			return err
		}
		m, err := kit.measure(ctx, name, c.load(), t)
		r.Results = append(r.Results, result{name, m.figures()})
		return err
	}
	if c.URL != "" {
		t, err := c.given()
		if err := measure("hub", t, err); err != nil {
			return nil, err
		}
	} else {
		t, stop, err := kit.hub(ctx, c.own())
		err = measure("hub", t, err)
		stop()
		if err != nil {
			return nil, err
		}
	}
	if !c.Against {
		return r, nil
	}
	t, stop, err := kit.reference(ctx)
	defer stop()
	return r, measure("reference", t, err)
}

// given is the hub at --url.
func (c *Command) given() (target, error) {
	base, err := parseURL("--url", c.URL)
	if err != nil {
		return target{}, err
	}
	hook := base.JoinPath("webhook")
	if c.Webhook != "" {
		if hook, err = parseURL("--webhook", string(c.Webhook)); err != nil {
			return target{}, err
		}
	}
	return target{URL: base, Webhook: hook, App: c.SDKAppID, Token: c.WebhookToken, Secret: c.JWTSecret, Pids: c.Pid}, nil
}

func parseURL(flag, text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" || u.Host == "" || u.User != nil {
		return nil, fmt.Errorf("%s must be like http://localhost:8080; bench measures without TLS", flag)
	}
	if u.Path == "" {
		u.Path = "/" // JoinPath would not begin with one
	}
	return u, nil
}

// own are the settings of a hub that is started here.
func (c *Command) own() hubSettings {
	return hubSettings{App: c.SDKAppID, Token: c.WebhookToken, Secret: c.JWTSecret}
}
