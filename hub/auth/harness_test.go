package auth

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/MicahParks/jwkset"
	"github.com/golang-jwt/jwt/v5"

	"battlehub/hub"
)

// now is when the tests' tokens are judged, unless real time is what they are about.
var now = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

const (
	secret      hub.Secret = "0123456789abcdef0123456789abcdef"
	otherSecret hub.Secret = "fedcba9876543210fedcba9876543210"
)

// claimsOK is a payload that grants something at now.
const claimsOK = `{"sub":"ann","exp":1795345200,"battlehub":{"role":"moderator"}}` // one hour later

// signer is a key pair and what it signs by.
type signer struct {
	alg string
	key crypto.Signer
}

// signers has one key for each type and algorithm.
var signers = sync.OnceValue(func() map[string]signer {
	all := map[string]signer{}
	add := func(key crypto.Signer, err error, algs ...string) {
		if err != nil {
			panic(err)
		}
		for _, alg := range algs {
			all[alg] = signer{alg, key}
		}
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	add(rsaKey, err, "RS256", "RS384", "RS512")
	for alg, curve := range map[string]elliptic.Curve{"ES256": elliptic.P256(), "ES384": elliptic.P384(), "ES512": elliptic.P521()} {
		key, err := ecdsa.GenerateKey(curve, rand.Reader)
		add(key, err, alg)
	}
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	add(edKey, err, "EdDSA")
	return all
})

// jwk is the signer's public key as an endpoint publishes it, with changes.
func (s signer) jwk(t testing.TB, kid string, changes ...func(*jwkset.JWKMarshal)) jwkset.JWKMarshal {
	t.Helper()
	key, err := jwkset.NewJWKFromKey(s.key.Public(), jwkset.JWKOptions{
		Metadata: jwkset.JWKMetadataOptions{KID: kid, ALG: jwkset.ALG(s.alg), USE: jwkset.UseSig}})
	if err != nil {
		t.Fatal(err)
	}
	m := key.Marshal()
	for _, change := range changes {
		change(&m)
	}
	return m
}

// keySetJSON is the document that an endpoint publishes.
func keySetJSON(t testing.TB, keys ...jwkset.JWKMarshal) string {
	t.Helper()
	text, err := json.Marshal(map[string]any{"keys": keys})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// fixedKeys is a source that has fetched these keys and fetches no more.
func fixedKeys(t testing.TB, keys ...jwkset.JWKMarshal) *keySource {
	t.Helper()
	set, err := readKeySet([]byte(keySetJSON(t, keys...)))
	if err != nil {
		t.Fatal(err)
	}
	return &keySource{set: set, closed: true}
}

// sign makes a token of any header and payload; key is what the algorithm wants.
func sign(t testing.TB, alg string, key any, header, payload string) string {
	t.Helper()
	text := encode(header) + "." + encode(payload)
	signature, err := jwt.GetSigningMethod(alg).Sign(text, key)
	if err != nil {
		t.Fatal(err)
	}
	return text + "." + encode(string(signature))
}

// hs256 signs a payload by a secret.
func hs256(t testing.TB, s hub.Secret, payload string) string {
	t.Helper()
	return sign(t, "HS256", []byte(s), `{"alg":"HS256","typ":"JWT"}`, payload)
}

// published signs a payload by a signer's key, whose id is kid.
func (s signer) published(t testing.TB, kid, payload string) string {
	t.Helper()
	return sign(t, s.alg, s.key, fmt.Sprintf(`{"alg":%q,"kid":%q}`, s.alg, kid), payload)
}

func encode(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

// judgeOf makes a judge of secrets and published keys, without a network.
func judgeOf(keys *keySource, known ...hub.Secret) *Judge {
	j := &Judge{keys: keys}
	for _, s := range known {
		j.secrets = append(j.secrets, []byte(s))
	}
	return j
}

// wantRefusal checks why a credential granted nothing, and that the words say it.
func wantRefusal(t testing.TB, g hub.Grant, err error, reason hub.RefusalReason, says string) {
	t.Helper()
	refusal, ok := errors.AsType[*hub.Refusal](err)
	if !ok {
		t.Fatalf("%+v, %v: want it refused", g, err)
	}
	if refusal.Reason != reason || !strings.Contains(refusal.Detail, says) {
		t.Errorf("%s: %q; want %s: …%s…", refusal.Reason, refusal.Detail, reason, says)
	}
	if len(refusal.Detail) > 250 || strings.Contains(refusal.Detail, string(secret)) {
		t.Errorf("the detail is long or repeats a secret: %q", refusal.Detail)
	}
}
