package main

import (
	"battlehub/hub"
	"battlehub/hub/auth"
)

// authorizer makes what judges credentials, until Stop; nil if everyone may see everything.
func (a *app) authorizer() (hub.Authorizer, error) {
	if !a.config.guarded() {
		return nil, nil
	}
	o := a.config.judgeOptions()
	o.Log, o.Registerer = a.log, a.registry
	judge, err := auth.New(o)
	if err != nil {
		return nil, err
	}
	a.closeAtStop("credentials", judge)
	return judge.Authorize, nil
}

// judgeOptions say whose credentials are taken. The configuration must be complete.
func (c *config) judgeOptions() auth.Options {
	o := auth.Options{Secrets: c.JWTSecret, JWKSURL: c.JWKSURL, Issuer: c.JWTIssuer, Audience: c.JWTAudience}
	if keys := c.userSigKeys(); len(keys) > 0 { // else a nil map in an interface, which would not be nil
		o.UserSig = auth.UserSigKeys(keys)
	}
	return o
}
