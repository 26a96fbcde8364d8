package main

import (
	"errors"

	"battlehub/hub"
	"battlehub/hub/auth"
)

// authorizer makes what judges credentials, until Stop; nil if everyone may see everything.
func (a *app) authorizer() (hub.Authorizer, error) {
	if !a.config.guarded() {
		return nil, nil
	}
	o, err := a.config.judgeOptions()
	if err != nil {
		return nil, err
	}
	o.Log, o.Registerer = a.log, a.registry
	judge, err := auth.New(o)
	if err != nil {
		return nil, err
	}
	a.closeAtStop("credentials", judge)
	return judge.Authorize, nil
}

// judgeOptions say whose credentials are taken. The configuration must be complete.
func (c *config) judgeOptions() (auth.Options, error) {
	userSigs, err := judgeOfUserSigs(c.userSigKeys())
	return auth.Options{
		Secrets: c.JWTSecret, JWKSURL: c.JWKSURL, Issuer: c.JWTIssuer, Audience: c.JWTAudience, UserSig: userSigs,
	}, err
}

// judgeOfUserSigs judges by each app's keys; nil if none has any. It is the one place that
// knows what does.
func judgeOfUserSigs(keys map[hub.App][]hub.Secret) (auth.UserSigs, error) {
	if len(keys) == 0 {
		return nil, nil // not a nil map in an interface, which would not be nil
	}
	return nil, errors.New("--usersig-key: this version cannot judge UserSigs yet; leave it out")
}
