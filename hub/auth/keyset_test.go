package auth

import (
	"strings"
	"testing"

	"github.com/MicahParks/jwkset"
)

// TestUsableKeys: which published keys verify tokens, and by which algorithm.
func TestUsableKeys(t *testing.T) {
	t.Parallel()
	change := func(alg string, changes ...func(*jwkset.JWKMarshal)) jwkset.JWKMarshal {
		return signers()[alg].jwk(t, "k", changes...)
	}
	noAlg := func(m *jwkset.JWKMarshal) { m.ALG = "" }
	withAlg := func(alg jwkset.ALG) func(*jwkset.JWKMarshal) { return func(m *jwkset.JWKMarshal) { m.ALG = alg } }
	for name, test := range map[string]struct {
		key  jwkset.JWKMarshal
		alg  string // "": of no use
		says string
	}{
		"rs256":                   {change("RS256"), "RS256", ""},
		"rs512":                   {change("RS512"), "RS512", ""},
		"rsa_without_alg":         {change("RS512", noAlg), "RS256", ""},
		"p256_without_alg":        {change("ES256", noAlg), "ES256", ""},
		"p384_without_alg":        {change("ES384", noAlg), "ES384", ""},
		"p521_without_alg":        {change("ES512", noAlg), "ES512", ""},
		"ed25519_without_alg":     {change("EdDSA", noAlg), "EdDSA", ""},
		"use_missing":             {change("ES256", func(m *jwkset.JWKMarshal) { m.USE = "" }), "ES256", ""},
		"key_ops_verify":          {change("ES256", func(m *jwkset.JWKMarshal) { m.KEYOPS = []jwkset.KEYOPS{"verify"} }), "ES256", ""},
		"certificates_not_read":   {change("ES256", func(m *jwkset.JWKMarshal) { m.X5C, m.X5U = []string{"!"}, "http://169.254.169.254/" }), "ES256", ""},
		"padded_base64":           {change("EdDSA", func(m *jwkset.JWKMarshal) { m.X += "=" }), "EdDSA", ""},
		"oct":                     {jwkset.JWKMarshal{KTY: "oct", KID: "k", ALG: "HS256", K: encode(string(secret))}, "", "symmetric"},
		"oct_that_says_rs256":     {jwkset.JWKMarshal{KTY: "oct", KID: "k", ALG: "RS256", K: encode(string(secret))}, "", "symmetric"},
		"rsa_that_says_hs256":     {change("RS256", withAlg("HS256")), "", "alg"},
		"rsa_that_says_none":      {change("RS256", withAlg("none")), "", "alg"},
		"rsa_that_says_ps256":     {change("RS256", withAlg("PS256")), "", "alg"},
		"rsa_for_encryption":      {change("RS256", withAlg("RSA-OAEP")), "", "alg"},
		"p256_that_says_es384":    {change("ES256", withAlg("ES384")), "", "alg"},
		"ec_that_says_rs256":      {change("ES256", withAlg("RS256")), "", "alg"},
		"use_enc":                 {change("RS256", func(m *jwkset.JWKMarshal) { m.USE = "enc" }), "", "use"},
		"use_of_no_kind":          {change("RS256", func(m *jwkset.JWKMarshal) { m.USE = "SIG" }), "", "use"},
		"key_ops_sign_only":       {change("ES256", func(m *jwkset.JWKMarshal) { m.KEYOPS = []jwkset.KEYOPS{"sign"} }), "", "key_ops"},
		"rsa_1024":                {change("RS256", func(m *jwkset.JWKMarshal) { m.N = m.N[:len(m.N)/2] }), "", "2048"},
		"rsa_huge":                {change("RS256", func(m *jwkset.JWKMarshal) { m.N = strings.Repeat(m.N, 5) }), "", "8192"},
		"rsa_exponent_one":        {change("RS256", func(m *jwkset.JWKMarshal) { m.E = "AQ" }), "", "out of range"},
		"rsa_exponent_overflows":  {change("RS256", func(m *jwkset.JWKMarshal) { m.E = "AQAAAAAAAAAAAQAB" }), "", "E in marshal"},
		"rsa_without_modulus":     {change("RS256", func(m *jwkset.JWKMarshal) { m.N = "" }), "", "requires"},
		"ec_not_on_curve":         {change("ES256", func(m *jwkset.JWKMarshal) { m.X, m.Y = m.Y, m.X }), "", "not on the specified curve"},
		"ec_point_of_other_curve": {change("ES256", func(m *jwkset.JWKMarshal) { m.CRV = "P-384" }), "", "not on the specified curve"},
		"ec_secp256k1":            {change("ES256", func(m *jwkset.JWKMarshal) { m.CRV = "secp256k1" }), "", "curve"},
		"ed25519_short":           {change("EdDSA", func(m *jwkset.JWKMarshal) { m.X = m.X[:20] }), "", "bytes"},
		"x25519":                  {change("EdDSA", func(m *jwkset.JWKMarshal) { m.CRV, m.ALG = "X25519", "" }), "", "signs no tokens"},
		"kty_unknown":             {jwkset.JWKMarshal{KTY: jwkset.KTY(strings.Repeat("x", 9999))}, "", "unsupported"},
		"empty":                   {jwkset.JWKMarshal{}, "", "unsupported"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			set, err := readKeySet([]byte(keySetJSON(t, test.key)))
			if err != nil {
				t.Fatal(err)
			}
			if test.alg != "" {
				if set.find(keyID{"k", test.alg}) == nil || set.find(keyID{"", test.alg}) == nil || len(set.keys) != 1 || set.ignored != 0 {
					t.Errorf("not found: %+v", set)
				}
				return
			}
			if len(set.keys) != 0 || set.usable != 0 || set.ignored != 1 {
				t.Fatalf("of use: %+v", set)
			}
			if why := set.why.Error(); !strings.Contains(why, test.says) || len(why) > 250 || strings.Contains(why, encode(string(secret))) {
				t.Errorf("why: %.300q, want …%s…", why, test.says)
			}
		})
	}
}

// TestKeySets: one bad key costs no other, and what is no set costs none that was there.
func TestKeySets(t *testing.T) {
	t.Parallel()
	good, err := readKeySet([]byte(`{"keys":[7, {"kty":"RSA","n":5}, null, {"kty":"EC"}, ` +
		strings.TrimSuffix(strings.TrimPrefix(keySetJSON(t, signers()["ES256"].jwk(t, "k")), `{"keys":[`), `]}`) + `], "next":1}`))
	if err != nil || len(good.keys) != 1 || good.ignored != 4 {
		t.Errorf("%+v, %v", good, err)
	}
	empty, err := readKeySet([]byte(`{"keys":[]}`))
	if err != nil || len(empty.keys) != 0 {
		t.Errorf("an endpoint may take every key back: %+v, %v", empty, err)
	}
	for name, text := range map[string]string{"nothing": "", "page": "<html>", "no_keys": `{"error":"busy"}`, "null": `null`, "keys_null": `{"keys":null}`,
		"keys_object": `{"keys":{}}`, "list": `[]`, "cut_off": `{"keys":[`, "deep": `{"keys":` + strings.Repeat("[", 100000) + strings.Repeat("]", 100000) + `}`} {
		if set, err := readKeySet([]byte(text)); err == nil {
			t.Errorf("%s: %+v", name, set)
		}
	}
}

// TestSameKidTwice: which of two keys is meant must not depend on chance.
func TestSameKidTwice(t *testing.T) {
	t.Parallel()
	rs, es := signers()["RS256"], signers()["ES256"]
	for name, test := range map[string]struct {
		keys   []jwkset.JWKMarshal
		usable int // found by kid
		only   bool
	}{
		"other_algorithm": {[]jwkset.JWKMarshal{rs.jwk(t, "k"), es.jwk(t, "k")}, 2, false}, // RFC 7517 §4.5: alternatives
		"the_same":        {[]jwkset.JWKMarshal{es.jwk(t, "k"), es.jwk(t, "k")}, 1, false},
		"both_without":    {[]jwkset.JWKMarshal{es.jwk(t, ""), es.jwk(t, "")}, 1, false},
		"one_of_no_use":   {[]jwkset.JWKMarshal{es.jwk(t, "k"), {KTY: "oct", KID: "k", K: "AAAA"}}, 1, true},
	} {
		set, err := readKeySet([]byte(keySetJSON(t, test.keys...)))
		if err != nil || len(set.keys) != test.usable || (set.find(keyID{"", "ES256"}) != nil) != test.only {
			t.Errorf("%s: %+v, %v", name, set, err)
		}
	}
}
