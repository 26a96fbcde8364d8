package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"battlehub/hub"
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

	opsConfig
	redisConfig
	webhookConfig

	keyConfig
	PublicURL    string   `group:"Access" name:"public-url" placeholder:"URL" help:"Where browsers find the hub, such as https://hub.example.com: the dashboard's cookie counts only there. Default: whatever name they used."`
	AllowOrigin  []string `group:"Access" placeholder:"ORIGIN" help:"Let pages of this origin connect, such as https://mods.example.com. Repeatable. The hub's own origin always may."`
	TrustedProxy []string `group:"Access" placeholder:"CIDR" help:"Believe X-Forwarded-For of proxies in this network. Repeatable."`
	Open         bool     `group:"Access" help:"Let everyone who can reach the hub see every battle, also from beyond this machine, without any credential."`

	oidcConfig

	MaxSessions int     `group:"Limits" placeholder:"N" help:"Serve at most this many sessions. Default: as many as the limit of open files allows."`
	MaxPerIP    int     `group:"Limits" name:"max-per-ip" placeholder:"N" help:"Serve at most this many sessions to one address. Default: no bound."`
	MaxPerUser  int     `group:"Limits" name:"max-per-user" placeholder:"N" help:"Serve at most this many sessions to one user, as credentials name them. Default: no bound."`
	MaxReads    int     `group:"Limits" name:"max-reads" default:"600" placeholder:"N" help:"Let one user open sessions, take snapshots and read the board this often a minute. 0: no bound."`
	MaxTickets  int     `group:"Limits" name:"max-tickets" default:"60" placeholder:"N" help:"Give one user this many tickets a minute. 0: no bound."`
	AcceptRate  float64 `group:"Limits" placeholder:"N" help:"Open at most this many sessions a second. Default: no bound."`

	Drain     time.Duration `group:"Operation" default:"30s" help:"On SIGTERM, spread the return of the sessions over up to this long."`
	Node      string        `group:"Operation" placeholder:"NAME" help:"This node's name, as clients see it. Default: the host's name."`
	LogFormat string        `group:"Operation" enum:"text,json" default:"text" help:"Log as text or as json."`
	LogLevel  string        `group:"Operation" enum:"debug,info,warn,error" default:"info" help:"Log from this level on: debug, info, warn or error."`
}

// appConfig is one app of several; only a file can name more than one.
type appConfig struct {
	SDKAppID         hub.App      `yaml:"sdkappid"`
	WebhookToken     []hub.Secret `yaml:"webhook-token"`
	WebhookTokenFile []string     `yaml:"webhook-token-file"`
	UserSigKey       []hub.Secret `yaml:"usersig-key"`
	UserSigKeyFile   []string     `yaml:"usersig-key-file"`
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
	if err := c.completeOps(); err != nil {
		return err
	}
	if err := c.completeKeys(); err != nil {
		return err
	}
	if err := c.completePublicURL(); err != nil {
		return err
	}
	if err := c.completeOIDC(c.PublicURL, len(c.JWTSecret) > 0); err != nil {
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
	case c.MaxSessions < 0 || c.MaxPerIP < 0 || c.MaxPerUser < 0 || c.MaxReads < 0 || c.MaxTickets < 0 || c.AcceptRate < 0 || c.Drain < 0:
		return errors.New("--max-sessions, --max-per-ip, --max-per-user, --max-reads, --max-tickets, --accept-rate and --drain cannot be negative")
	}
	return c.checkReach()
}

// completeApps makes Apps list every app, with its secrets read.
func (c *config) completeApps() error {
	if c.Apps == nil {
		c.Apps = appList{{c.SDKAppID, c.WebhookToken, c.WebhookTokenFile, c.UserSigKey, c.UserSigKeyFile}}
	} else if len(c.WebhookToken)+len(c.WebhookTokenFile)+len(c.UserSigKey)+len(c.UserSigKeyFile) > 0 {
		return errors.New("with apps in the configuration file, webhook tokens and UserSig keys belong to each app there")
	}
	seen := map[hub.App]bool{}
	for i := range c.Apps {
		app := &c.Apps[i]
		if app.SDKAppID == 0 || seen[app.SDKAppID] {
			return errors.New("--sdkappid: every app needs one of its own, not 0")
		}
		seen[app.SDKAppID] = true
		if err := app.readFiles(); err != nil {
			return err
		}
	}
	return nil
}

// readFiles adds the secrets in files to those given.
func (a *appConfig) readFiles() (err error) {
	if a.WebhookToken, err = readSecrets("webhook-token", a.WebhookToken, a.WebhookTokenFile); err != nil {
		return err
	}
	a.UserSigKey, err = readSecrets("usersig-key", a.UserSigKey, a.UserSigKeyFile)
	a.WebhookTokenFile, a.UserSigKeyFile = nil, nil
	return err
}

// proxies reads --trusted-proxy.
func (c *config) proxies() ([]netip.Prefix, error) {
	return networks("--trusted-proxy", c.TrustedProxy)
}

// origins are the allowed origins as browsers write them. The hub's own is among them, if it
// is known, so that requests under its name pass the guard of localOnly.
func (c *config) origins() []string {
	var origins []string
	for _, o := range c.AllowOrigin {
		origins = append(origins, strings.ToLower(o))
	}
	if c.PublicURL != "" {
		origins = append(origins, c.PublicURL)
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
