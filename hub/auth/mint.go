package auth

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"battlehub/hub"
)

// Minter makes tokens that a [Judge] with the same secret, issuer and audience takes.
type Minter struct {
	Secret           hub.Secret // see CheckSecret
	Issuer, Audience string     // iss and aud; "" leaves them out
}

// Mint makes a token, signed by HS256, for a grant: see [Minter.Mint].
func Mint(secret hub.Secret, g hub.Grant) (hub.Secret, error) { return Minter{Secret: secret}.Mint(g) }

// Mint makes a token, signed by HS256, that grants g until g.Expires, to the second. Without
// a TokenID it gets a random one, without Issued it is issued now. An error says why no hub
// would take such a token, or that it is no grant that a token can carry.
func (m Minter) Mint(g hub.Grant) (hub.Secret, error) {
	if err := CheckSecret(m.Secret); err != nil {
		return "", fmt.Errorf("the secret: %w", err)
	}
	if g.Owns || g.Host != nil {
		return "", errors.New("a token lists rooms; it cannot say that they follow from the log")
	}
	claims, err := json.Marshal(m.claims(g, time.Now()))
	if err != nil {
		return "", fmt.Errorf("writing the claims: %w", err)
	}
	judge := Judge{issuer: m.Issuer, audience: m.Audience}
	granted, err := judge.readGrant(claims, time.Now())
	if err != nil {
		return "", fmt.Errorf("no hub would take it: %w", err)
	}
	if granted.User != g.User || !slices.Equal(granted.Rooms, g.Rooms) {
		return "", errors.New("the user and the rooms must be UTF-8")
	}
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, rawClaims{raw: claims}).SignedString([]byte(m.Secret))
	if err != nil {
		return "", fmt.Errorf("signing: %w", err)
	}
	if len(token) > maxToken {
		return "", fmt.Errorf("the token would have %d bytes, and hubs take %d; list fewer rooms", len(token), maxToken)
	}
	return hub.Secret(token), nil
}

// rawClaims are claims that are JSON already.
type rawClaims struct {
	jwt.RegisteredClaims // always zero; the library wants its methods
	raw                  json.RawMessage
}

func (c rawClaims) MarshalJSON() ([]byte, error) { return c.raw, nil }

// claims says in claims what a grant is.
func (m Minter) claims(g hub.Grant, now time.Time) map[string]any {
	scope := map[string]any{"role": RoleModerator}
	if g.Rooms != nil {
		scope["role"], scope["rooms"] = RoleOwner, g.Rooms
	}
	if g.Apps != nil {
		scope["app"] = g.Apps
	}
	if g.TokenID == "" {
		g.TokenID = rand.Text()
	}
	if g.Issued.IsZero() {
		g.Issued = now
	}
	claims := map[string]any{"sub": g.User, "jti": g.TokenID, "iat": g.Issued.Unix(), scopeClaim: scope}
	if !g.Expires.IsZero() {
		claims["exp"] = g.Expires.Unix()
	}
	for name, value := range map[string]string{"iss": m.Issuer, "aud": m.Audience} {
		if value != "" {
			claims[name] = value
		}
	}
	return claims
}
