package main

import (
	"net/http"
	"net/netip"

	"battlehub/hub"
	"battlehub/hub/auth"
	"battlehub/hub/auth/signin"
)

// newSignIn makes what people sign in to the dashboard by. The hub must be made.
func (a *app) newSignIn(proxies []netip.Prefix) http.Handler {
	c := &a.config
	o := signin.Options{
		Identify: a.hub.Identify, Origin: c.PublicURL, TrustedProxies: proxies,
		Tokens: c.takesJWTs(), OIDC: c.oidc(c.PublicURL, c.mint), Log: a.log, Registerer: a.registry,
	}
	if c.guarded() {
		o.Authorize = a.hub.Authorize
	}
	return signin.New(o)
}

// mint makes a token that this hub takes. There must be a secret.
func (c *config) mint(g hub.Grant) (hub.Secret, error) {
	return auth.Minter{Secret: c.JWTSecret[0], Issuer: c.JWTIssuer, Audience: c.JWTAudience}.Mint(g)
}
