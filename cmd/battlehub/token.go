package main

import (
	"errors"
	"fmt"
	"time"

	"battlehub/hub"
	"battlehub/hub/auth"
)

// tokenCmd makes tokens and explains them.
type tokenCmd struct {
	Mint    mintCmd    `cmd:"" default:"withargs" help:"Make a token, signed by the hub's secret, and print it. The default."`
	Inspect inspectCmd `cmd:"" help:"Print what a JWT or UserSig says, and whether a hub with your keys takes it."`
}

// mintCmd makes a token. What is the hub's own has the names of its settings.
type mintCmd struct {
	Secret     secrets       `env:"BATTLEHUB_JWT_SECRET" placeholder:"SECRET" help:"Sign by this secret, the hub's --jwt-secret. Of several, as a hub has them during a rotation, the first signs."`
	SecretFile string        `env:"BATTLEHUB_JWT_SECRET_FILE" placeholder:"FILE" help:"Read the secret from this file instead, where no list of processes shows it."`
	Role       string        `env:"-" required:"" enum:"moderator,owner" placeholder:"ROLE" help:"moderator sees every room; owner sees those of --room."`
	Room       []string      `env:"-" sep:"none" placeholder:"ROOM" help:"Let an owner see this room. Repeat it for several."`
	App        []hub.App     `env:"-" placeholder:"SDKAPPID" help:"Only in this app. Repeat it for several. Default: in every app of the hub."`
	User       string        `env:"-" default:"operator" help:"Whom the token is for (sub)."`
	TTL        time.Duration `env:"-" name:"ttl" default:"1h" help:"How long it is good for."`
	Issuer     string        `env:"BATTLEHUB_JWT_ISSUER" placeholder:"ISS" help:"What the hub's --jwt-issuer asks for."`
	Audience   string        `env:"BATTLEHUB_JWT_AUDIENCE" placeholder:"AUD" help:"What the hub's --jwt-audience asks for."`
}

// Run prints the token alone, for a shell to take.
func (c *mintCmd) Run(std stdio) error {
	token, err := c.mint(time.Now())
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(std.out, string(token))
	return err
}

func (c *mintCmd) mint(now time.Time) (hub.Secret, error) {
	secret, err := c.secret()
	if err != nil {
		return "", err
	}
	switch {
	case c.Role == auth.RoleOwner && len(c.Room) == 0:
		return "", errors.New("--role owner: say which rooms by --room, once for each")
	case c.Role == auth.RoleModerator && len(c.Room) > 0:
		return "", errors.New("--room is for --role owner; a moderator sees every room")
	case c.TTL < time.Second:
		return "", errors.New("--ttl: at least 1s")
	}
	return auth.Minter{Secret: secret, Issuer: c.Issuer, Audience: c.Audience}.Mint(hub.Grant{
		User: c.User, Apps: c.App, Rooms: c.Room, Issued: now, Expires: now.Add(c.TTL),
	})
}

// secret is the one that signs. That a variable is set, too, must not decide in silence
// which.
func (c *mintCmd) secret() (hub.Secret, error) {
	given := c.Secret
	if c.SecretFile != "" {
		if len(given) > 0 {
			return "", errors.New("--secret and --secret-file (BATTLEHUB_JWT_SECRET, BATTLEHUB_JWT_SECRET_FILE) are both given; keep one of them")
		}
		var err error
		if given, err = readSecrets("secret", nil, []string{c.SecretFile}); err != nil {
			return "", err
		}
	}
	if len(given) == 0 {
		return "", errors.New("--secret-file or --secret: give the secret that the hub has as --jwt-secret; openssl rand -hex 32 makes one")
	}
	if err := auth.CheckSecret(given[0]); err != nil {
		return "", fmt.Errorf("--secret: %w", err)
	}
	return given[0], nil
}
