package auth

import (
	"cmp"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"errors"
	"fmt"
	"slices"

	"github.com/MicahParks/jwkset"
)

// The algorithms that each type of key may have, the one that it has by itself first.
var (
	rsaAlgorithms     = []string{"RS256", "RS384", "RS512"}
	ed25519Algorithms = []string{"EdDSA"}
	ecdsaAlgorithms   = map[string]string{"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"} // RFC 7518 §3.4: each its curve
)

// isPublicAlgorithm reports whether a published key can have this algorithm.
func isPublicAlgorithm(alg string) bool {
	switch alg {
	case "RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "EdDSA":
		return true
	}
	return false
}

// RSA keys that are shorter must not be used (RFC 7518 §3.3); longer ones make verifying
// slow for whoever sends junk.
const minRSABits, maxRSABits = 2048, 8192

// readJWK reads a published key and the one algorithm that it verifies. An error says why
// it can verify no token.
func readJWK(m jwkset.JWKMarshal) (alg string, key crypto.PublicKey, err error) {
	switch {
	case m.KTY == jwkset.KtyOct: // published, it would be a secret that everybody has
		return "", nil, errors.New("it is symmetric")
	case m.USE != "" && m.USE != jwkset.UseSig:
		return "", nil, errors.New("its use is not sig")
	case len(m.KEYOPS) > 0 && !slices.Contains(m.KEYOPS, jwkset.KeyOpsVerify):
		return "", nil, errors.New("its key_ops are without verify")
	}
	// Certificates are left out: that the set came over TLS says whose the key is.
	m.X5U, m.X5C, m.X5T, m.X5TS256 = "", nil, "", ""
	jwk, err := jwkset.NewJWKFromMarshal(m, jwkset.JWKMarshalOptions{}, jwkset.JWKValidateOptions{})
	if err != nil {
		return "", nil, err
	}
	algs, err := algorithmsOf(jwk.Key())
	if err != nil {
		return "", nil, err
	}
	if alg = cmp.Or(string(m.ALG), algs[0]); !slices.Contains(algs, alg) {
		return "", nil, fmt.Errorf("its alg is not one of %v", algs)
	}
	return alg, jwk.Key(), nil
}

// algorithmsOf lists the algorithms that a key may have.
func algorithmsOf(key crypto.PublicKey) ([]string, error) {
	switch key := key.(type) {
	case *rsa.PublicKey:
		if bits := key.N.BitLen(); bits < minRSABits || bits > maxRSABits {
			return nil, fmt.Errorf("it has %d bits, and must have %d to %d", bits, minRSABits, maxRSABits)
		}
		return rsaAlgorithms, nil
	case *ecdsa.PublicKey:
		if alg, ok := ecdsaAlgorithms[key.Params().Name]; ok {
			return []string{alg}, nil
		}
	case ed25519.PublicKey:
		return ed25519Algorithms, nil
	}
	return nil, errors.New("its type signs no tokens")
}
