package auth

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"battlehub/hub"
)

// maxToken bounds a token's text before anything reads it (RFC 8725 §3.10 asks for bounds
// on hostile input). Half of it would do for real ones; proxies take headers of 8 KiB.
const maxToken = 8 << 10

// judgeJWT finds out what a JWT grants now.
func (j *Judge) judgeJWT(ctx context.Context, text string, now time.Time) (hub.Grant, error) {
	if len(text) > maxToken {
		return hub.Grant{}, refuse(hub.RefusedMalformed, "the token is over %d bytes", maxToken)
	}
	payload, err := j.verify(ctx, text)
	if err != nil {
		return hub.Grant{}, err
	}
	return j.readGrant(payload, now)
}

// parser takes a token apart. Strict decoding leaves one text for each signature.
var parser = jwt.NewParser(jwt.WithStrictDecoding())

// unread are claims that nobody has looked at: before the signature is known to be good,
// an answer about them would help whoever forges them.
type unread struct {
	jwt.RegisteredClaims // always zero; the parser wants its methods
	raw                  []byte
}

// UnmarshalJSON keeps the bytes.
func (u *unread) UnmarshalJSON(raw []byte) error {
	u.raw = bytes.Clone(raw)
	return nil
}

// verify returns the payload of a token that one of our keys signed.
func (j *Judge) verify(ctx context.Context, text string) ([]byte, error) {
	claims := &unread{}
	token, parts, err := parser.ParseUnverified(text, claims)
	switch {
	case errors.Is(err, jwt.ErrTokenUnverifiable): // alg is missing, or none that there is
		return nil, refuseSignature()
	case err != nil || strings.ContainsAny(text, "\r\n"): // which encoding/base64 passes over
		return nil, refuse(hub.RefusedMalformed, "the token is not a JWT: three parts of base64url without padding, the first two JSON objects")
	}
	signed := text[:len(parts[0])+1+len(parts[1])]
	if err := j.verifySignature(ctx, token, signed); err != nil {
		return nil, err
	}
	return claims.raw, nil
}

// refuseSignature has one text for all that can be wrong with a signature, so that it is no
// oracle.
func refuseSignature() error {
	return refuse(hub.RefusedSignature, "the token's signature was made by no key that this hub has")
}

// verifySignature checks who signed a token. The header only ever chooses among our own
// keys, and a key is never used with another algorithm than its own (RFC 8725 §3.1): what it
// says of other keys (jku, x5u, jwk, x5c) is not read.
func (j *Judge) verifySignature(ctx context.Context, token *jwt.Token, signed string) error {
	if _, critical := token.Header["crit"]; critical { // RFC 7515 §4.1.11: not understood, so invalid
		return refuse(hub.RefusedMalformed, "the token has a crit header; this hub understands no extension")
	}
	kid, isText := token.Header["kid"].(string)
	if _, given := token.Header["kid"]; given && !isText {
		return refuse(hub.RefusedMalformed, "the token's kid is not a string")
	}
	alg := token.Method.Alg()
	if alg == jwt.SigningMethodHS256.Alg() {
		return j.secrets.verify(signed, token.Signature)
	}
	if j.keys == nil || !isPublicAlgorithm(alg) {
		return refuseSignature()
	}
	key, err := j.keys.find(ctx, keyID{kid, alg})
	if err != nil {
		return err
	}
	if key == nil || token.Method.Verify(signed, token.Signature, key) != nil {
		return refuseSignature()
	}
	return nil
}
