package main

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"

	"battlehub/hub"
	"battlehub/hub/auth"
)

// keyConfig says whose credentials are taken. Any key switches access control on.
type keyConfig struct {
	JWTSecret      secrets  `group:"Access" name:"jwt-secret" placeholder:"SECRET" help:"Take JWTs that this secret signed by HS256. It has at least 32 bytes: openssl rand -hex 32. Repeatable, for a rotation."`
	JWTSecretFile  []string `group:"Access" name:"jwt-secret-file" placeholder:"FILE" help:"Read such secrets from this file, one a line."`
	JWKSURL        string   `group:"Access" name:"jwks-url" placeholder:"URL" help:"Take JWTs that keys published here signed, by RS256, RS384, RS512, ES256, ES384, ES512 or EdDSA."`
	JWTIssuer      string   `group:"Access" name:"jwt-issuer" placeholder:"ISS" help:"Take only JWTs whose iss is this."`
	JWTAudience    string   `group:"Access" name:"jwt-audience" placeholder:"AUD" help:"Take only JWTs whose aud is or contains this."`
	UserSigKey     secrets  `group:"Access" name:"usersig-key" placeholder:"KEY" help:"Take UserSigs that this secret key of the app's signed. Repeatable, for a rotation."`
	UserSigKeyFile []string `group:"Access" name:"usersig-key-file" placeholder:"FILE" help:"Read such keys from this file, one a line."`
}

// completeKeys checks what is said of JWTs and reads their secrets from files. UserSig keys
// belong to apps: see completeApps.
func (k *keyConfig) completeKeys() (err error) {
	if k.JWTSecret, err = readSecrets("jwt-secret", k.JWTSecret, k.JWTSecretFile); err != nil {
		return err
	}
	k.JWTSecretFile = nil
	for _, secret := range k.JWTSecret {
		if err := auth.CheckSecret(secret); err != nil {
			return fmt.Errorf("--jwt-secret: %w", err)
		}
	}
	if k.JWKSURL != "" {
		if err := auth.CheckJWKSURL(k.JWKSURL); err != nil {
			return fmt.Errorf("--jwks-url: %w", err)
		}
	}
	if (k.JWTIssuer != "" || k.JWTAudience != "") && !k.takesJWTs() {
		return errors.New("--jwt-issuer and --jwt-audience need --jwt-secret or --jwks-url, by which JWTs are checked")
	}
	return nil
}

func (k *keyConfig) takesJWTs() bool { return len(k.JWTSecret) > 0 || k.JWKSURL != "" }

// userSigKeys are the keys of the apps that have any. Apps must be complete.
func (c *config) userSigKeys() map[hub.App][]hub.Secret {
	keys := map[hub.App][]hub.Secret{}
	for _, app := range c.Apps {
		if len(app.UserSigKey) > 0 {
			keys[app.SDKAppID] = app.UserSigKey
		}
	}
	return keys
}

// guarded reports whether clients must show a credential.
func (c *config) guarded() bool { return c.takesJWTs() || len(c.userSigKeys()) > 0 }

// checkReach refuses to show battles to more people than was said.
func (c *config) checkReach() error {
	switch {
	case c.Open && c.guarded():
		return errors.New("--open lets everyone in, and --jwt-secret, --jwks-url and --usersig-key only those with a credential: keep one of them")
	case !c.Open && !c.guarded() && !isLoopback(c.Listen):
		return fmt.Errorf("--listen %s is beyond this machine, and everyone who reaches it would see every battle: "+
			"say whom to let in by --jwt-secret, --jwks-url or --usersig-key, or listen on localhost, or say --open if everyone is what you want", c.Listen)
	}
	return nil
}

// localOnly reports whether requests under names other than this machine's are refused.
//
// By a name that resolves to this machine's own addresses (DNS rebinding), a hostile page
// reaches what only this machine can. Where battles are open to whoever can connect, that is
// all it needs. Beyond loopback it is not: there either everyone is let in, or a credential
// is needed, of which a browser adds none by itself under that name (cookies are bound to
// the host, and count for the hub's own origin only). On loopback the guard stays, also with
// credentials: it costs nothing, and a proxy's name is let through by --public-url.
func (c *config) localOnly() bool { return !c.Open && isLoopback(c.Listen) }

// completePublicURL checks --public-url, and makes it what browsers send as Origin.
func (c *config) completePublicURL() error {
	if c.PublicURL == "" {
		return nil
	}
	u, err := url.Parse(c.PublicURL)
	switch {
	case err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || !isASCII(u.Host) || u.User != nil ||
		strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		return errors.New("--public-url: write scheme and host as browsers show them, such as https://hub.example.com")
	case u.Scheme == "http" && !isLoopback(net.JoinHostPort(u.Hostname(), "0")):
		return errors.New("--public-url: use https; browsers keep the dashboard's cookie for nothing less")
	}
	c.PublicURL = strings.ToLower(u.Scheme + "://" + withoutOwnPort(u))
	return nil
}

// withoutOwnPort is the host, and the port if it is not the scheme's own (RFC 6454 §6.2).
func withoutOwnPort(u *url.URL) string {
	own := map[string]string{"https": ":443", "http": ":80"}[u.Scheme]
	return strings.TrimSuffix(strings.TrimSuffix(u.Host, own), ":")
}

func isASCII(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r > 0x7e })
}
