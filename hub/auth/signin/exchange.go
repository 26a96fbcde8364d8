package signin

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// redeem turns the code that a browser brought into the claims of an ID token. It blocks
// until the provider has answered, at most providerTimeout twice.
func (p *provider) redeem(ctx context.Context, code string, f flow) (claims, *failure) {
	token, err := p.oauth.Exchange(oidc.ClientContext(ctx, p.client), code, oauth2.VerifierOption(f.verifier))
	if err != nil {
		return nil, refusedCode(err)
	}
	text, ok := token.Extra("id_token").(string)
	if !ok {
		return nil, unproven(errors.New("the token endpoint sent no id_token"))
	}
	return p.verify(ctx, text, f.nonce)
}

// verify returns the claims of an ID token that the provider made for this sign-in (OpenID
// Connect Core §3.1.3.7).
func (p *provider) verify(ctx context.Context, text, nonce string) (claims, *failure) {
	id, err := p.verifier.Verify(ctx, text) // signature, issuer, audience and expiry
	if err != nil {
		return nil, unproven(err)
	}
	if !same(id.Nonce, nonce) {
		return nil, unproven(errors.New("the ID token's nonce is of another sign-in"))
	}
	var c claims
	if err := id.Claims(&c); err != nil {
		return nil, unproven(fmt.Errorf("the ID token's claims: %w", err))
	}
	if party, ok := c["azp"].(string); ok && party != p.oauth.ClientID {
		return nil, unproven(errors.New("the ID token was made for another client (azp)"))
	}
	return c, nil
}

// refusedCode tells why there is no token for a code. What the endpoint says beyond its code
// is not repeated: some quote what they were sent.
func refusedCode(err error) *failure {
	answer, ok := errors.AsType[*oauth2.RetrieveError](err)
	if !ok {
		return &failure{status: http.StatusBadGateway, result: resultUnavailable, title: notSignedIn,
			text: "The hub could not ask the provider who you are. Try again in a moment.", cause: err}
	}
	f := unproven(fmt.Errorf("the token endpoint answered %d %s", answer.Response.StatusCode, brief(answer.ErrorCode)))
	if answer.ErrorCode == "invalid_grant" { // RFC 6749 §5.2
		f.status, f.text = http.StatusBadRequest, "This sign-in was used already, or took too long. Try again."
	}
	return f
}

// unproven is the failure to prove who somebody is.
func unproven(cause error) *failure {
	return &failure{status: http.StatusBadGateway, result: resultRefused, title: notSignedIn,
		text: "What the provider says of you could not be verified. The hub's log says why.", cause: cause}
}
