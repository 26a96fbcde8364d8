package main

import (
	"cmp"
	"errors"
	"net/netip"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"battlehub/hub"
	"battlehub/webhook"
)

// webhookConfig is what a hub can be told of where webhooks arrive, and from whom.
type webhookConfig struct {
	WebhookPath  hub.Secret `group:"Tencent" default:"/webhook" help:"Take webhooks at this path. One that nobody can guess, such as /webhook/ and 32 random letters, keeps strangers from trying."`
	WebhookAllow senders    `group:"Tencent" placeholder:"CIDR" help:"Take webhooks only from this network or address. Repeatable. Behind a proxy, name that with --trusted-proxy. Default: from anywhere."`
}

// senders are the networks that webhooks may come from. Unlike a plain list, they cannot be
// empty by mistake, and so let in everybody.
type senders []string

// Decode implements kong.MapperValue.
func (s *senders) Decode(ctx *kong.DecodeContext) error {
	texts, err := textsOf(ctx)
	*s = append(*s, texts...)
	return err
}

// defaultWebhookPath is the one path that is no secret.
const defaultWebhookPath = "/webhook"

// completeWebhook checks where webhooks arrive, and from whom. Its errors do not show the
// path, which may be a secret.
func (c *config) completeWebhook() error {
	c.WebhookPath = cmp.Or(c.WebhookPath, defaultWebhookPath)
	if wrong := wrongWithPath(string(c.WebhookPath)); wrong != "" {
		return errors.New("--webhook-path: " + wrong)
	}
	_, err := c.allowed()
	return err
}

// pathRunes are what a path may consist of: RFC 3986's unreserved characters, and /.
const pathRunes = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/"

// servedElsewhere are the first parts of the public server's other paths.
var servedElsewhere = []string{"", "v1", "client", "dashboard", "examples", "vendor", "openapi.yaml", "asyncapi.yaml"}

// wrongWithPath returns why no webhook would arrive at the path, and the remedy; or "".
// Clients, proxies and http.ServeMux rewrite paths that are not in their simplest form.
func wrongWithPath(path string) string {
	rest, rooted := strings.CutPrefix(path, "/")
	parts := strings.Split(rest, "/")
	roundabout := func(part string) bool { return part == "" || part == "." || part == ".." }
	switch {
	case !rooted:
		return "begin with /, as in /webhook"
	case strings.Trim(path, pathRunes) != "":
		return "use only letters, digits and -._~/"
	case slices.Contains(servedElsewhere, parts[0]):
		return "the hub serves something else there; choose another, such as /webhook/ and random letters"
	case slices.ContainsFunc(parts, roundabout):
		return "leave out parts that are empty, . or .., and a / at the end"
	}
	return ""
}

// allowed reads --webhook-allow.
func (c *config) allowed() ([]netip.Prefix, error) {
	return networks("--webhook-allow", c.WebhookAllow)
}

// hidden stands for a secret where it is not printed.
const hidden = "…"

// shownWebhookPath is the path for a person to read, on a terminal that may be a log.
func (c *config) shownWebhookPath() string {
	if c.WebhookPath != defaultWebhookPath {
		return "/" + hidden
	}
	return defaultWebhookPath
}

// newWebhook makes the handler of webhooks. It reads addresses as the hub does.
func (a *app) newWebhook(o webhook.Options) (*webhook.Handler, error) {
	allow, err := a.config.allowed()
	if err != nil {
		return nil, err
	}
	proxies, err := a.config.proxies()
	if err != nil {
		return nil, err
	}
	o.Allow, o.TrustedProxies = allow, proxies
	return webhook.New(o), nil
}
