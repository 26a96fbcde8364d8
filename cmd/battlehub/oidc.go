package main

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"slices"

	"battlehub/hub"
	"battlehub/hub/auth/signin"
)

// oidcConfig says how people sign in to the dashboard with the account that they have
// elsewhere.
type oidcConfig struct {
	OIDCIssuer           string     `group:"Sign-in" name:"oidc-issuer" placeholder:"URL" help:"Let people sign in to the dashboard at this OpenID Connect provider, exactly as it calls itself. It must be told to send them back to --public-url and /v1/signin/callback. Needs --jwt-secret, the first of which signs what they get."`
	OIDCClientID         string     `group:"Sign-in" name:"oidc-client-id" placeholder:"ID" help:"The hub's client id at the provider."`
	OIDCClientSecret     hub.Secret `group:"Sign-in" name:"oidc-client-secret" placeholder:"SECRET" help:"The client's secret. Leave it out for a public client."`
	OIDCClientSecretFile string     `group:"Sign-in" name:"oidc-client-secret-file" placeholder:"FILE" help:"Read the client's secret from this file."`
	OIDCName             string     `group:"Sign-in" name:"oidc-name" placeholder:"NAME" help:"What the provider is called on the button. Default: its host."`
	OIDCUserClaim        string     `group:"Sign-in" name:"oidc-user-claim" default:"sub" placeholder:"CLAIM" help:"The claim that is a person's name here, such as email; battlehub revoke --user takes it."`
	OIDCRoleClaim        string     `group:"Sign-in" name:"oidc-role-claim" default:"groups" placeholder:"CLAIM" help:"The claim that lists a person's groups or roles. A dot leads into it: realm_access.roles."`
	OIDCModerator        []string   `group:"Sign-in" name:"oidc-moderator" placeholder:"VALUE" help:"Who has this in --oidc-role-claim is a moderator and sees every room. Repeatable."`
	OIDCOwner            []string   `group:"Sign-in" name:"oidc-owner" placeholder:"VALUE" help:"Who has this in --oidc-role-claim is an owner and sees the rooms in --oidc-rooms-claim. Repeatable."`
	OIDCRoomsClaim       string     `group:"Sign-in" name:"oidc-rooms-claim" default:"rooms" placeholder:"CLAIM" help:"The claim that lists an owner's rooms."`
}

// completeOIDC checks what is said of the provider and reads the client's secret from its
// file. publicURL is the hub's own address, complete, and signs whether the hub has a secret
// to sign tokens with.
func (o *oidcConfig) completeOIDC(publicURL string, signs bool) error {
	if o.OIDCIssuer == "" {
		return o.checkUnused()
	}
	if err := signin.CheckIssuer(o.OIDCIssuer); err != nil {
		return fmt.Errorf("--oidc-issuer: %w", err)
	}
	if err := o.readClientSecret(); err != nil {
		return err
	}
	o.setDefaults()
	switch {
	case o.OIDCClientID == "":
		return errors.New("--oidc-issuer needs --oidc-client-id, which the provider gives when you register the hub there")
	case publicURL == "":
		return errors.New("--oidc-issuer needs --public-url, so that the provider knows where to send people back to")
	case !signs:
		return errors.New("--oidc-issuer needs --jwt-secret, which signs what people get who signed in: openssl rand -hex 32")
	case len(o.OIDCModerator)+len(o.OIDCOwner) == 0:
		return fmt.Errorf("--oidc-issuer needs --oidc-moderator, a value of the claim %q; without one, nobody could sign in", o.OIDCRoleClaim)
	case slices.Contains(o.OIDCModerator, "") || slices.Contains(o.OIDCOwner, ""):
		return errors.New("--oidc-moderator, --oidc-owner: a value is empty; set it, or leave it out")
	}
	return nil
}

// checkUnused refuses settings that would do nothing.
func (o *oidcConfig) checkUnused() error {
	if o.OIDCClientID != "" || o.OIDCClientSecret != "" || o.OIDCClientSecretFile != "" || o.OIDCName != "" || len(o.OIDCModerator)+len(o.OIDCOwner) > 0 {
		return errors.New("the --oidc-* flags need --oidc-issuer, the provider's URL")
	}
	return nil
}

func (o *oidcConfig) readClientSecret() error {
	if o.OIDCClientSecretFile == "" {
		return nil
	}
	if o.OIDCClientSecret != "" {
		return errors.New("--oidc-client-secret-file: --oidc-client-secret is given, too; keep one of them")
	}
	lines, err := readSecrets("oidc-client-secret", nil, []string{o.OIDCClientSecretFile})
	if err != nil {
		return err
	}
	if len(lines) != 1 {
		return errors.New("--oidc-client-secret-file: write the secret, and nothing else")
	}
	o.OIDCClientSecret, o.OIDCClientSecretFile = lines[0], ""
	return nil
}

func (o *oidcConfig) setDefaults() {
	if u, err := url.Parse(o.OIDCIssuer); err == nil {
		o.OIDCName = cmp.Or(o.OIDCName, u.Hostname())
	}
	o.OIDCUserClaim = cmp.Or(o.OIDCUserClaim, "sub")
	o.OIDCRoleClaim = cmp.Or(o.OIDCRoleClaim, "groups")
	o.OIDCRoomsClaim = cmp.Or(o.OIDCRoomsClaim, "rooms")
}

// oidc are the options of signing in at the provider; nil if there is none. mint makes tokens
// that the hub takes.
func (o *oidcConfig) oidc(publicURL string, mint func(hub.Grant) (hub.Secret, error)) *signin.OIDC {
	if o.OIDCIssuer == "" {
		return nil
	}
	return &signin.OIDC{
		Issuer: o.OIDCIssuer, ClientID: o.OIDCClientID, ClientSecret: o.OIDCClientSecret, Name: o.OIDCName, PublicURL: publicURL, Mint: mint,
		Roles: signin.Roles{Claim: o.OIDCRoleClaim, Moderator: o.OIDCModerator, Owner: o.OIDCOwner, Rooms: o.OIDCRoomsClaim, User: o.OIDCUserClaim},
	}
}
