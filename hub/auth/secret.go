package auth

import (
	"fmt"

	"github.com/golang-jwt/jwt/v5"

	"battlehub/hub"
)

// minSecret is the size of what HS256 hashes to. A shorter secret is the weakest part
// (RFC 7518 §3.2), and whoever has one token can try them all offline (RFC 8725 §2.2).
const minSecret = 32

// CheckSecret returns nil if a secret may sign and verify HS256; otherwise the error says
// how to make one that may.
func CheckSecret(s hub.Secret) error {
	if len(s) < minSecret {
		return fmt.Errorf("it has %d bytes, and must have at least %d so that nobody can guess it; make one with: openssl rand -hex 32", len(s), minSecret)
	}
	return nil
}

// secrets are the keys that HS256 tokens may be signed by. They verify nothing else.
type secrets [][]byte

// verify returns nil if one of the secrets made the signature. Each is tried whatever the
// others said: how long it takes must not tell which one fits (R46).
func (s secrets) verify(signed string, signature []byte) error {
	err := refuseSignature()
	for _, key := range s {
		if jwt.SigningMethodHS256.Verify(signed, signature, key) == nil {
			err = nil
		}
	}
	return err
}
