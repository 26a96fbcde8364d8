// Package auth finds out what a client may see by the credential that it shows: a JWT,
// signed by a secret that the hub has or by a key that an endpoint publishes, or a UserSig.
//
// A [Judge] is made of what an operator configured, and nothing that a token says changes
// which keys it trusts (RFC 8725 §3.1, §3.10). Read judge.go, jwt.go and claims.go in that
// order: a token's way is size, form, signature, claims, and no answer tells of the claims
// before the signature is known to be good. keysource.go, keyset.go and jwk.go say where
// published keys come from, mint.go how to make a token.
package auth

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"battlehub/hub"
)

// Options say whose credentials are taken. At least one of Secrets, JWKSURL and UserSig is
// needed.
type Options struct {
	Secrets  []hub.Secret // that sign HS256, each of 32 bytes or more; several during a rotation
	JWKSURL  string       // where the public keys for every other algorithm are; see CheckJWKSURL
	Issuer   string       // what iss must be; "": anything, or missing
	Audience string       // what aud must be or contain; "": anything, or missing
	UserSig  UserSigs     // nil: UserSigs are refused

	Log        *slog.Logger          // default: discard
	Registerer prometheus.Registerer // nil: metrics are kept but not registered
}

// UserSigs judges UserSigs, the credentials that Tencent's own servers take. An error that
// is a *[hub.Refusal] says why one grants nothing.
type UserSigs interface {
	Grant(text hub.Secret, now time.Time) (hub.Grant, error)
}

// Judge finds out what credentials grant. Its methods may be called concurrently.
type Judge struct {
	secrets          secrets
	keys             *keySource // nil: no endpoint publishes keys for this hub
	issuer, audience string
	userSig          UserSigs
}

// New makes a Judge. It does not wait for the published keys, which are fetched in the
// background until Close; its errors say which option is wrong, and how to set it right.
func New(o Options) (*Judge, error) {
	j := &Judge{issuer: o.Issuer, audience: o.Audience, userSig: o.UserSig}
	if len(o.Secrets) == 0 && o.JWKSURL == "" && o.UserSig == nil {
		return nil, errors.New("no credential could be judged: give a secret, a JWKS URL or UserSig keys")
	}
	for _, secret := range o.Secrets {
		if err := CheckSecret(secret); err != nil {
			return nil, fmt.Errorf("secret for JWTs: %w", err)
		}
		j.secrets = append(j.secrets, []byte(secret))
	}
	if o.JWKSURL == "" {
		return j, nil
	}
	if err := CheckJWKSURL(o.JWKSURL); err != nil {
		return nil, fmt.Errorf("JWKS URL: %w", err)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	j.keys = newKeySource(o.JWKSURL, newFetchClient(), o.Log, o.Registerer)
	return j, nil
}

// Authorize is a [hub.Authorizer]. It may wait for published keys for as long as a fetch
// takes, at most 5 s.
func (j *Judge) Authorize(ctx context.Context, c hub.Credential) (hub.Grant, error) {
	switch {
	case c.Scheme == hub.CredentialBearer && (j.secrets != nil || j.keys != nil):
		return j.judgeJWT(ctx, string(c.Text), time.Now())
	case c.Scheme == hub.CredentialUserSig && j.userSig != nil:
		return j.userSig.Grant(c.Text, time.Now())
	case c.Scheme == hub.CredentialBearer:
		return hub.Grant{}, refuse(hub.RefusedScheme, "this hub takes no JWTs (--jwt-secret, --jwks-url); send a UserSig")
	case c.Scheme == hub.CredentialUserSig:
		return hub.Grant{}, refuse(hub.RefusedScheme, "this hub takes no UserSigs (--usersig-key); send a JWT as Bearer")
	default:
		return hub.Grant{}, refuse(hub.RefusedScheme, "this hub takes Bearer and UserSig")
	}
}

// Close stops fetching keys and waits until nothing of it runs any more. A closed Judge
// goes on with the keys that it has.
func (j *Judge) Close() error {
	if j.keys != nil {
		j.keys.close()
	}
	return nil
}

// refuse says in words why a credential grants nothing.
func refuse(reason hub.RefusalReason, format string, args ...any) error {
	return &hub.Refusal{Reason: reason, Detail: fmt.Sprintf(format, args...)}
}
