package auth

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"math/big"
	"strings"
	"testing"

	"github.com/MicahParks/jwkset"

	"battlehub/hub"
)

// FuzzJWT: nothing panics, and nothing is granted that none of the three keys signed, which
// is worked out here again without the library.
func FuzzJWT(f *testing.F) {
	fuzzed := signers()["RS256"]
	rsaJWK, ecJWK := fuzzed.jwk(f, "r"), signers()["ES256"].jwk(f, "e")
	j := judgeOf(fixedKeys(f, rsaJWK, ecJWK, rfcRSAKey, rfcECKey), secret, rfcSecretBytes(f))
	for _, seed := range []string{
		"", "..", rfcHS256, rfcRS256, rfcES256, hs256(f, secret, claimsOK), hs256(f, otherSecret, claimsOK), fuzzed.published(f, "r", claimsOK),
		signers()["ES256"].published(f, "e", claimsOK), encode(`{"alg":"none"}`) + "." + encode(claimsOK) + ".",
		hs256(f, secret, `{"sub":"o","exp":1795345200,"nbf":0,"iat":1,"aud":["a"],"iss":"i","jti":"t","battlehub":{"role":"owner","rooms":["a"],"app":["1",2]}}`),
	} {
		f.Add(seed)
	}
	at := now
	f.Fuzz(func(t *testing.T, token string) {
		g, err := j.judgeJWT(t.Context(), token, at)
		if err != nil {
			return
		}
		if !signedByOne(token, []hub.Secret{secret, rfcSecretBytes(t)}, fuzzed.key.Public(), signers()["ES256"].key.Public()) {
			t.Errorf("granted without a signature: %+v", g)
		}
		if g.User == "" || g.Expires.IsZero() || g.Rooms != nil && len(g.Rooms) == 0 || g.Apps != nil && len(g.Apps) == 0 {
			t.Errorf("granted %+v", g)
		}
	})
}

// FuzzClaims: whatever who has a key signs is judged without a panic, and a grant is never
// wider or longer than its claims can mean.
func FuzzClaims(f *testing.F) {
	for _, seed := range []string{claimsOK, `{}`, `null`, `[]`, withClaim("exp", "1e308"), withClaim("exp", `1795345200,"exp":9`),
		withClaim("battlehub", `{"role":"owner","rooms":["a","b"],"app":[1,"2"]}`), withClaim("sub", "\"\xff\""), withClaim("aud", `["a",null]`)} {
		f.Add([]byte(seed))
	}
	j := &Judge{}
	f.Fuzz(func(t *testing.T, payload []byte) {
		g, err := j.readGrant(payload, now)
		if err != nil {
			return
		}
		if g.User == "" || g.Expires.Before(now.Add(-leeway)) || g.Expires.Year() > 9999 || g.Issued.After(now.Add(leeway)) || g.Owns || g.Host != nil {
			t.Errorf("%q grants %+v", payload, g)
		}
		if moderator := strings.Contains(string(payload), "moderator"); g.Moderator() && !moderator && !strings.Contains(string(payload), `\u`) {
			t.Errorf("%q makes a moderator", payload)
		}
	})
}

// FuzzKeySet: whatever an endpoint publishes, reading it does not panic, and no key of it
// verifies another algorithm than its type can.
func FuzzKeySet(f *testing.F) {
	var all []jwkset.JWKMarshal
	for _, s := range signers() {
		all = append(all, s.jwk(f, "k"))
	}
	f.Add([]byte(keySetJSON(f, all...)))
	f.Add([]byte(keySetJSON(f, rfcRSAKey, rfcECKey)))
	f.Add([]byte(`{"keys":[{"kty":"oct","k":"AAAA"},{"kty":"OKP","crv":"Ed25519","x":"AA"}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		set, err := readKeySet(text)
		if err != nil {
			return
		}
		for id, key := range set.keys {
			if algs, err := algorithmsOf(key); err != nil || !isPublicAlgorithm(id.alg) || !strings.Contains(strings.Join(algs, " "), id.alg) {
				t.Errorf("%v for %T", id, key)
			}
		}
	})
}

// signedByOne checks a token's signature without the library that is being tested.
func signedByOne(token string, secrets []hub.Secret, rsaKey, ecKey crypto.PublicKey) bool {
	dot := strings.LastIndexByte(token, '.')
	signature, err := base64.RawURLEncoding.DecodeString(token[dot+1:])
	if err != nil {
		return false
	}
	for _, s := range secrets {
		mac := hmac.New(sha256.New, []byte(s))
		mac.Write([]byte(token[:dot]))
		if hmac.Equal(mac.Sum(nil), signature) {
			return true
		}
	}
	digest := sha256.Sum256([]byte(token[:dot]))
	if rsa.VerifyPKCS1v15(rsaKey.(*rsa.PublicKey), crypto.SHA256, digest[:], signature) == nil {
		return true
	}
	return len(signature) == 64 &&
		ecdsa.Verify(ecKey.(*ecdsa.PublicKey), digest[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:]))
}
