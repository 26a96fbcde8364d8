package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"battlehub/hub"
	"battlehub/webhook"
)

// config is everything that a hub can be told: by flags, by environment variables
// (BATTLEHUB_ and the flag's name) or in a YAML file under the flags' names. Flags
// win over the environment, and the environment over the file.
type config struct {
	Listen    string `group:"Addresses" default:"localhost:8080" help:"Serve webhooks, sessions and the dashboard here."`
	OpsListen string `group:"Addresses" default:"localhost:8081" help:"Serve /metrics, /livez, /readyz and /debug/pprof/ here. Never public."`

	SDKAppID         hub.App  `group:"Tencent" name:"sdkappid" default:"1400000000" help:"The app whose webhooks are taken."`
	WebhookToken     secrets  `group:"Tencent" placeholder:"TOKEN" help:"Refuse webhooks that this token did not sign. Repeatable, for a rotation."`
	WebhookTokenFile []string `group:"Tencent" placeholder:"FILE" help:"Read webhook tokens from this file, one a line."`
	Apps             appList  `hidden:"" env:"-"`

	DataDir       string        `group:"Log" placeholder:"DIR" help:"Keep the log on disk here, so that a restart loses nothing; with --redis-url, what Redis cannot take now. Without it, the log is in memory."`
	Retention     time.Duration `group:"Log" default:"24h" help:"Keep events for this long."`
	RetentionSize byteSize      `group:"Log" placeholder:"SIZE" help:"Keep at most this much: of the log in memory, by default 1GiB; of the log in Redis, by default no bound. The log on disk is bounded by age only."`
	Ring          int           `group:"Log" default:"65536" help:"Keep this many events in memory, for resumes and slow clients."`

	redisConfig
	webhookConfig

	AllowOrigin  []string `group:"Access" placeholder:"ORIGIN" help:"Let pages of this origin connect, such as https://mods.example.com. Repeatable. The hub's own origin always may."`
	TrustedProxy []string `group:"Access" placeholder:"CIDR" help:"Believe X-Forwarded-For of proxies in this network. Repeatable."`
	Open         bool     `group:"Access" help:"Let everyone who can reach the hub see every battle, also from beyond this machine."`

	MaxSessions int     `group:"Limits" placeholder:"N" help:"Serve at most this many sessions. Default: as many as the limit of open files allows."`
	MaxPerIP    int     `group:"Limits" name:"max-per-ip" placeholder:"N" help:"Serve at most this many sessions to one address. Default: no bound."`
	AcceptRate  float64 `group:"Limits" placeholder:"N" help:"Open at most this many sessions a second. Default: no bound."`

	Drain     time.Duration `group:"Operation" default:"30s" help:"On SIGTERM, spread the return of the sessions over up to this long."`
	Node      string        `group:"Operation" placeholder:"NAME" help:"This node's name, as clients see it. Default: the host's name."`
	LogFormat string        `group:"Operation" enum:"text,json" default:"text" help:"Log as text or as json."`
	LogLevel  string        `group:"Operation" enum:"debug,info,warn,error" default:"info" help:"Log from this level on: debug, info, warn or error."`
}

// secrets are the values of a repeatable flag. Unlike a plain list, they cannot be empty by
// mistake: a variable that should hold the token and holds nothing would otherwise let
// unsigned webhooks in.
type secrets []hub.Secret

var errEmptyToken = errors.New("--webhook-token: it is empty; set it, or leave it out to accept unsigned webhooks")

// Decode implements kong.MapperValue. That none is empty is checked later: kong would add the
// whole variable to the error, with the others.
func (s *secrets) Decode(ctx *kong.DecodeContext) error {
	texts, err := textsOf(ctx)
	for _, text := range texts {
		*s = append(*s, hub.Secret(text))
	}
	return err
}

// textsOf reads the values of a repeatable flag, the empty ones too, which kong drops.
func textsOf(ctx *kong.DecodeContext) (texts []string, err error) {
	switch v := ctx.Scan.Pop().Value.(type) {
	case string:
		return strings.Split(v, ","), nil
	case []any:
		for _, item := range v {
			texts = append(texts, fmt.Sprint(item))
		}
		return texts, nil
	default:
		return nil, errors.New("write a text or a list of texts")
	}
}

// appConfig is one app of several; only a file can name more than one.
type appConfig struct {
	SDKAppID         hub.App  `yaml:"sdkappid"`
	WebhookToken     []string `yaml:"webhook-token"`
	WebhookTokenFile []string `yaml:"webhook-token-file"`
}

// validate checks what is given and completes it: secrets are read from their files, and
// after it Apps lists every app. Its errors name the flag and the remedy.
func (c *config) validate() error {
	if err := c.completeApps(); err != nil {
		return err
	}
	if err := c.completeRedis(); err != nil {
		return err
	}
	if err := c.completeWebhook(); err != nil {
		return err
	}
	for _, origin := range c.AllowOrigin {
		if u, err := url.Parse(origin); err != nil || u.Scheme == "" || u.Host == "" || u.Path != "" || u.RawQuery != "" {
			return fmt.Errorf("--allow-origin %q: write scheme and host, such as https://mods.example.com", origin)
		}
	}
	if _, err := c.proxies(); err != nil {
		return err
	}
	switch {
	case c.Retention < time.Minute:
		return errors.New("--retention: keep events for at least 1m; clients resume from them")
	case c.Ring < 16 || c.Ring > 1<<24:
		return errors.New("--ring: from 16 to 16777216 events")
	case c.MaxSessions < 0 || c.MaxPerIP < 0 || c.AcceptRate < 0 || c.Drain < 0:
		return errors.New("--max-sessions, --max-per-ip, --accept-rate and --drain cannot be negative")
	case !c.Open && !isLoopback(c.Listen):
		return fmt.Errorf("--listen %s is beyond this machine, and everyone who reaches it would see every battle: "+
			"listen on localhost, or say --open if that is what you want", c.Listen)
	}
	return nil
}

// completeApps makes Apps list every app, with its secrets read.
func (c *config) completeApps() error {
	if c.Apps == nil {
		tokens := make([]string, len(c.WebhookToken))
		for i, t := range c.WebhookToken {
			tokens[i] = string(t)
		}
		c.Apps = appList{{c.SDKAppID, tokens, c.WebhookTokenFile}}
	} else if len(c.WebhookToken)+len(c.WebhookTokenFile) > 0 {
		return errors.New("with apps in the configuration file, webhook tokens belong to each app there")
	}
	seen := map[hub.App]bool{}
	for i := range c.Apps {
		app := &c.Apps[i]
		if app.SDKAppID == 0 || seen[app.SDKAppID] {
			return errors.New("--sdkappid: every app needs one of its own, not 0")
		}
		seen[app.SDKAppID] = true
		if err := app.readTokens(); err != nil {
			return err
		}
	}
	return nil
}

// readTokens adds the tokens from files to those given.
func (a *appConfig) readTokens() error {
	for _, path := range a.WebhookTokenFile {
		tokens, err := webhook.ReadTokens(path)
		if err != nil {
			return fmt.Errorf("--webhook-token-file: %w", err)
		}
		for _, token := range tokens {
			a.WebhookToken = append(a.WebhookToken, string(token))
		}
	}
	a.WebhookTokenFile = nil
	if slices.Contains(a.WebhookToken, "") {
		return errEmptyToken
	}
	return nil
}

// proxies reads --trusted-proxy.
func (c *config) proxies() ([]netip.Prefix, error) {
	return networks("--trusted-proxy", c.TrustedProxy)
}

// origins are the allowed origins as browsers write them.
func (c *config) origins() []string {
	origins := make([]string, len(c.AllowOrigin))
	for i, o := range c.AllowOrigin {
		origins[i] = strings.ToLower(o)
	}
	return origins
}

// isLoopback reports whether an address to listen on is reachable from this machine only.
func isLoopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

// tokens are the secrets that sign the app's webhooks.
func (a *appConfig) tokens() []hub.Secret {
	tokens := make([]hub.Secret, len(a.WebhookToken))
	for i, t := range a.WebhookToken {
		tokens[i] = hub.Secret(t)
	}
	return tokens
}
