// Package simulate makes scripted, realistic battles up and sends them to a webhook, in the
// shapes, the order and with the accidents that Tencent's come with. script.go and
// battle.go tell the stories, packets.go writes them down, sender.go sends them.
package simulate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/url"
	"sync"
	"time"

	"battlehub/hub"
	"battlehub/webhook"
)

// Command is the subcommand: its fields are flags (kong). It sends scripted, realistic battles to a webhook.
type Command struct {
	URL              string        `default:"http://localhost:8080/webhook" env:"BATTLEHUB_SIMULATE_URL" help:"The webhook."`
	SDKAppID         hub.App       `name:"sdkappid" default:"1400000000" help:"The app that the battles belong to."`
	WebhookToken     []hub.Secret  `placeholder:"TOKEN" help:"Sign with this token, as Tencent does. Of several, as a hub has them during a rotation, the first signs."`
	WebhookTokenFile []string      `placeholder:"FILE" help:"Read the token from this file."`
	Rate             float64       `default:"30" help:"Begin this many battles a minute."`
	Rooms            int           `default:"80" help:"Let the rooms pk-1 to pk-N battle."`
	Duration         time.Duration `placeholder:"TIME" help:"Begin battles for this long (90s, 5m), then play the running ones to their end. Default: until interrupted."`
	Battles          int           `placeholder:"N" help:"Begin this many battles, then play the running ones to their end. Default: no limit."`
	Seed             *uint64       `placeholder:"N" help:"Play the script of this seed: the same stories at the same pace, of new battles. Default: a new seed each time."`
	Speed            float64       `default:"1" help:"Make battles and response times this many times shorter."`
	Lost             float64       `default:"0.02" help:"Share of Starts and Ends that are never sent."`
	Repeated         float64       `default:"0.05" help:"Share of webhooks that are sent twice."`
	Reordered        float64       `default:"0.05" help:"Share of battles of which a webhook comes after its successor."`
}

// Validate names the first setting that makes no sense. Kong calls it.
func (c *Command) Validate() error {
	if _, err := parseWebhookURL(c.URL); err != nil {
		return err
	}
	switch {
	case c.SDKAppID == 0:
		return errors.New("--sdkappid must not be 0")
	case !(c.Rate > 0 && c.Rate <= 1e6):
		return errors.New("--rate is battles a minute: above 0, up to 1000000")
	case c.Rooms < minRooms || c.Rooms > 1e6:
		return fmt.Errorf("--rooms must be %d to 1000000: a battle has up to %d rooms", minRooms, minRooms)
	case c.Duration < 0:
		return errors.New("--duration must not be negative")
	case c.Battles < 0:
		return errors.New("--battles must not be negative")
	case !(c.Speed > 0 && c.Speed <= 1000):
		return errors.New("--speed must be above 0, up to 1000")
	}
	for _, share := range []float64{c.Lost, c.Repeated, c.Reordered} {
		if !(share >= 0 && share <= 1) {
			return errors.New("--lost, --repeated and --reordered are shares: 0 to 1")
		}
	}
	return nil
}

// parseWebhookURL reads --url. A URL with a password is refused, since progress and
// errors print it.
func parseWebhookURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return nil, errors.New("--url must be like http://localhost:8080/webhook")
	}
	return u, nil
}

// Run plays the script until it is over or ctx ends, and prints a summary to out; what
// happens meanwhile goes to log, rewritten in place if that is a terminal. It fails if a
// webhook was not answered OK.
func (c *Command) Run(ctx context.Context, out, log io.Writer, terminal bool) error {
	target, err := parseWebhookURL(c.URL)
	if err != nil {
		return err
	}
	token, err := c.token()
	if err != nil {
		return err
	}
	cfg := c.script(time.Now())
	announce(log, cfg, target)
	t := newTally(cfg.begin)
	s := newSender(target, c.SDKAppID, token, t)
	err = withProgress(log, terminal, t, func() error { return s.play(ctx, newScript(cfg)) })
	if err != nil {
		return err
	}
	t.summarize(out, cfg.seed)
	return t.failure()
}

// token returns what signs; empty for no signature. It is read as a hub reads its own, so
// that both can share their environment.
func (c *Command) token() (hub.Secret, error) {
	tokens := c.WebhookToken
	for _, path := range c.WebhookTokenFile {
		more, err := webhook.ReadTokens(path)
		if err != nil {
			return "", fmt.Errorf("--webhook-token-file: %w", err)
		}
		tokens = append(tokens, more...)
	}
	switch {
	case len(tokens) == 0:
		return "", nil
	case tokens[0] == "":
		return "", errors.New("--webhook-token: it is empty; set it, or leave it out to send unsigned")
	}
	return tokens[0], nil
}

// script returns what to play from begin on.
func (c *Command) script(begin time.Time) scriptConfig {
	seed := rand.Uint64N(1_000_000) // short, for a person to type again
	if c.Seed != nil {
		seed = *c.Seed
	}
	return scriptConfig{
		app:       c.SDKAppID,
		seed:      seed,
		begin:     begin,
		rate:      c.Rate,
		rooms:     c.Rooms,
		battles:   c.Battles,
		duration:  c.Duration,
		speed:     c.Speed,
		lost:      c.Lost,
		repeated:  c.Repeated,
		reordered: c.Reordered,
	}
}

// announce says what will be sent where.
func announce(w io.Writer, cfg scriptConfig, target *url.URL) {
	fmt.Fprintf(w, "Sending %g battles a minute of app %s in rooms pk-1 to pk-%d to %s (seed %d). Stop with Ctrl-C.\n",
		cfg.rate, cfg.app, cfg.rooms, shown(target), cfg.seed)
	if enough := roomsFor(cfg.rate, cfg.speed); cfg.rooms < enough {
		fmt.Fprintf(w, "%d rooms are few for this rate: some will be in several battles at once. --rooms %d avoids it.\n", cfg.rooms, enough)
	}
}

// withProgress runs play while a progress line tells how it goes.
func withProgress(w io.Writer, terminal bool, t *tally, play func() error) error {
	done := make(chan struct{})
	var loop sync.WaitGroup
	loop.Go(func() { progressLoop(w, terminal, t, done) })
	err := play()
	close(done)
	loop.Wait()
	return err
}
