package auth

import (
	"crypto"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/MicahParks/jwkset"
)

// keyID is what a token's header chooses a key by. The algorithm is part of it, so that no
// key is ever found for another than its own.
type keyID struct{ kid, alg string }

// keySet is the usable keys of a JWKS (RFC 7517 §5). It is immutable.
type keySet struct {
	keys    map[keyID]crypto.PublicKey
	usable  int
	ignored int
	why     error // the first of those was ignored
}

var errNoJWKS = errors.New(`what came is not a JWKS: an object with a list "keys"`)

// readKeySet reads a JWKS. Keys that are of no use are passed over, as RFC 7517 §5 asks;
// what is no JWKS at all, such as a proxy's error page, is an error.
func readKeySet(text []byte) (*keySet, error) {
	var document struct{ Keys *[]json.RawMessage }
	if json.Unmarshal(text, &document) != nil || document.Keys == nil {
		return nil, errNoJWKS
	}
	s := &keySet{keys: map[keyID]crypto.PublicKey{}}
	for i, raw := range *document.Keys {
		if err := s.add(raw); err != nil {
			s.ignore(i, err)
		}
	}
	return s, nil
}

// ignore notes that a key is of no use. The texts of the library repeat no key material,
// but what the endpoint wrote for kty or crv, at any length.
func (s *keySet) ignore(i int, err error) {
	if s.ignored++; s.why == nil {
		s.why = fmt.Errorf("key %d: %.200q", i+1, err.Error())
	}
}

func (s *keySet) add(raw json.RawMessage) error {
	var m jwkset.JWKMarshal
	if err := json.Unmarshal(raw, &m); err != nil {
		return errors.New("it is not a JWK")
	}
	alg, key, err := readJWK(m)
	if err != nil {
		return err
	}
	s.usable++
	id := keyID{m.KID, alg}
	if _, taken := s.keys[id]; taken {
		return errors.New("an earlier one has the same kid and alg")
	}
	s.keys[id] = key
	return nil
}

// find returns the key, or nil. Without a kid, the set must leave no choice.
func (s *keySet) find(id keyID) crypto.PublicKey {
	switch {
	case s == nil:
		return nil
	case id.kid != "":
		return s.keys[id]
	case s.usable != 1:
		return nil
	}
	for only, key := range s.keys {
		if only.alg == id.alg {
			return key
		}
	}
	return nil
}
