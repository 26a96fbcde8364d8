package auth

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"

	"battlehub/hub"
)

// TestForgeries: the attacks on JWTs that have names. None gets further than the signature.
func TestForgeries(t *testing.T) {
	t.Parallel()
	rsaKey, ecKey, edKey := signers()["RS256"], signers()["ES256"], signers()["EdDSA"]
	j := judgeOf(fixedKeys(t, rsaKey.jwk(t, "r"), ecKey.jwk(t, "e"), edKey.jwk(t, "d")), secret)
	der, err := x509.MarshalPKIXPublicKey(rsaKey.key.Public())
	if err != nil {
		t.Fatal(err)
	}
	asPEM := string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	modulus := rsaKey.jwk(t, "r").N
	attacker := keySetJSON(t, ecKey.jwk(t, "e"))

	unsigned := func(header string) string { return encode(header) + "." + encode(claimsOK) + "." }
	withSecret := func(key, header string) string { return sign(t, "HS256", []byte(key), header, claimsOK) }
	withRSA := func(alg, header string) string { return sign(t, alg, rsaKey.key, header, claimsOK) }
	good := hs256(t, secret, claimsOK)
	for name, token := range map[string]string{
		"alg_none":                unsigned(`{"alg":"none"}`),
		"alg_None":                unsigned(`{"alg":"None"}`),
		"alg_none_signed":         strings.Replace(good, encode(`{"alg":"HS256","typ":"JWT"}`), encode(`{"alg":"none"}`), 1),
		"alg_empty":               unsigned(`{"alg":""}`),
		"alg_missing":             unsigned(`{"typ":"JWT"}`),
		"alg_number":              unsigned(`{"alg":256}`),
		"alg_list":                unsigned(`{"alg":["HS256"]}`),
		"header_null":             unsigned(`null`),
		"signature_missing":       unsigned(`{"alg":"HS256"}`),
		"signature_missing_rs256": unsigned(`{"alg":"RS256","kid":"r"}`),
		"signature_of_other":      good[:strings.LastIndexByte(good, '.')+1] + encode(strings.Repeat("\x00", 32)),
		"signature_short":         good[:len(good)-3],
		"payload_changed":         strings.Replace(good, encode(claimsOK), encode(strings.Replace(claimsOK, "ann", "eve", 1)), 1),
		"header_changed":          strings.Replace(good, encode(`{"alg":"HS256","typ":"JWT"}`), encode(`{"alg":"HS256"}`), 1),
		"other_secret":            withSecret(string(otherSecret), `{"alg":"HS256"}`),
		"empty_secret":            withSecret("", `{"alg":"HS256"}`),
		"hs384_by_the_secret":     sign(t, "HS384", []byte(secret), `{"alg":"HS384"}`, claimsOK),
		"hs512_by_the_secret":     sign(t, "HS512", []byte(secret), `{"alg":"HS512"}`, claimsOK),

		// The public key as the secret of HMAC, in each form that a library may hold it (CVE-2015-9235).
		"rsa_public_pem_as_secret":     withSecret(asPEM, `{"alg":"HS256","kid":"r"}`),
		"rsa_public_pem_without_kid":   withSecret(asPEM, `{"alg":"HS256"}`),
		"rsa_public_der_as_secret":     withSecret(string(der), `{"alg":"HS256","kid":"r"}`),
		"rsa_modulus_as_secret":        withSecret(modulus, `{"alg":"HS256","kid":"r"}`),
		"ed25519_public_as_secret":     withSecret(edKey.jwk(t, "d").X, `{"alg":"HS256","kid":"d"}`),
		"rs512_by_a_key_for_rs256":     withRSA("RS512", `{"alg":"RS512","kid":"r"}`),
		"ps256_by_a_key_for_rs256":     withRSA("PS256", `{"alg":"PS256","kid":"r"}`),
		"rs256_that_says_es256":        withRSA("RS256", `{"alg":"ES256","kid":"e"}`),
		"hs256_that_says_rs256":        withSecret(string(secret), `{"alg":"RS256","kid":"r"}`),
		"key_of_another_kid":           withRSA("RS256", `{"alg":"RS256","kid":"e"}`),
		"no_kid_among_several_keys":    withRSA("RS256", `{"alg":"RS256"}`),
		"empty_kid_among_several_keys": withRSA("RS256", `{"alg":"RS256","kid":""}`),

		// kid is only looked up, and names only what is published.
		"kid_path":       withSecret("", `{"alg":"HS256","kid":"../../../../dev/null"}`),
		"kid_path_rs256": withRSA("RS256", `{"alg":"RS256","kid":"/proc/sys/kernel/hostname"}`),
		"kid_sql":        withSecret("x", `{"alg":"HS256","kid":"' UNION SELECT 'x"}`),
		"kid_sql_rs256":  withRSA("RS256", `{"alg":"RS256","kid":"r' OR '1'='1"}`),
		"kid_url":        withRSA("RS256", `{"alg":"RS256","kid":"https://evil.example/r"}`),
		"kid_other_case": withRSA("RS256", `{"alg":"RS256","kid":"R"}`),
		"kid_spaces":     withRSA("RS256", `{"alg":"RS256","kid":" r"}`),
		"kid_nul":        withRSA("RS256", `{"alg":"RS256","kid":"r\u0000"}`),

		// Keys that the token brings along.
		"jwk_in_the_header": sign(t, "ES384", signers()["ES384"].key,
			`{"alg":"ES384","kid":"x","jwk":`+attacker[len(`{"keys":[`):len(attacker)-2]+`}`, claimsOK),
		"jku": sign(t, "ES384", signers()["ES384"].key, `{"alg":"ES384","kid":"x","jku":"https://evil.example/jwks.json"}`, claimsOK),
		"x5u": sign(t, "ES384", signers()["ES384"].key, `{"alg":"ES384","kid":"x","x5u":"https://evil.example/cert.pem"}`, claimsOK),
		"x5c": sign(t, "ES384", signers()["ES384"].key, `{"alg":"ES384","kid":"x","x5c":["MIIB"]}`, claimsOK),

		"ecdsa_zeros":     encode(`{"alg":"ES256","kid":"e"}`) + "." + encode(claimsOK) + "." + encode(strings.Repeat("\x00", 64)), // CVE-2022-21449
		"ecdsa_too_short": encode(`{"alg":"ES256","kid":"e"}`) + "." + encode(claimsOK) + "." + encode("\x00"),
		"eddsa_empty":     encode(`{"alg":"EdDSA","kid":"d"}`) + "." + encode(claimsOK) + ".",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, err := j.judgeJWT(t.Context(), token, now)
			wantRefusal(t, g, err, hub.RefusedSignature, "made by no key that this hub has")
		})
	}
}

// TestMalformed: what is no JWT, or asks for what the hub does not know, is not even
// checked.
func TestMalformed(t *testing.T) {
	t.Parallel()
	good := hs256(t, secret, claimsOK)
	signed := func(header, payload string) string { return sign(t, "HS256", []byte(secret), header, payload) }
	unused := func(token string) string { // the bits of base64 that mean nothing
		last := strings.IndexByte(base64Alphabet, token[len(token)-1])
		return token[:len(token)-1] + string(base64Alphabet[last|1])
	}
	for name, test := range map[string]struct{ token, says string }{
		"empty":                 {"", "not a JWT"},
		"dots":                  {"..", "not a JWT"},
		"one_part":              {encode(claimsOK), "not a JWT"},
		"two_parts":             {good[:strings.LastIndexByte(good, '.')], "not a JWT"},
		"four_parts":            {good + ".", "not a JWT"},
		"five_parts_jwe":        {"e30.e30.e30.e30.e30", "not a JWT"},
		"padded":                {good + "=", "not a JWT"},
		"base64_not_url":        {strings.Replace(good, ".", "+.", 1), "not a JWT"},
		"unused_bits":           {unused(good), "not a JWT"},
		"new_line":              {good + "\n", "not a JWT"},
		"new_line_inside":       {good[:9] + "\r\n" + good[9:], "not a JWT"},
		"space":                 {" " + good, "not a JWT"},
		"json_serialization":    {`{"payload":"` + encode(claimsOK) + `","signatures":[]}`, "not a JWT"},
		"header_not_json":       {signed(`alg`, claimsOK), "not a JWT"},
		"header_list":           {signed(`["HS256"]`, claimsOK), "not a JWT"},
		"header_trailing":       {signed(`{"alg":"HS256"}{}`, claimsOK), "not a JWT"},
		"payload_not_json":      {signed(`{"alg":"HS256"}`, "hello"), "not a JWT"},
		"payload_empty":         {signed(`{"alg":"HS256"}`, ""), "not a JWT"},
		"payload_trailing":      {signed(`{"alg":"HS256"}`, claimsOK+claimsOK), "not a JWT"},
		"payload_unclosed_deep": {signed(`{"alg":"HS256"}`, strings.Repeat("[", 4000)), "not a JWT"},
		"kid_number":            {signed(`{"alg":"HS256","kid":7}`, claimsOK), "kid is not a string"},
		"kid_object":            {signed(`{"alg":"HS256","kid":{"$ne":1}}`, claimsOK), "kid is not a string"},
		"kid_null":              {signed(`{"alg":"HS256","kid":null}`, claimsOK), "kid is not a string"},
		"crit":                  {signed(`{"alg":"HS256","crit":["exp"],"exp":1}`, claimsOK), "crit"},
		"crit_unsigned":         {encode(`{"alg":"HS256","crit":["x"],"x":1}`) + "." + encode(claimsOK) + ".", "crit"},
		"crit_empty":            {signed(`{"alg":"HS256","crit":[]}`, claimsOK), "crit"},
		"crit_b64":              {signed(`{"alg":"HS256","b64":false,"crit":["b64"]}`, claimsOK), "crit"}, // RFC 7797
		"too_long":              {hs256(t, secret, withClaim("pad", fmt.Sprintf("%q", strings.Repeat("x", maxToken)))), "over 8192 bytes"},
		"much_too_long":         {strings.Repeat("a.", 8<<20), "over 8192 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, err := judgeOf(nil, secret).judgeJWT(t.Context(), test.token, now)
			wantRefusal(t, g, err, hub.RefusedMalformed, test.says)
		})
	}
}

const base64Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// TestHostileFormThatIsSigned: odd tokens of who has the key are judged, not feared.
func TestHostileFormThatIsSigned(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("[", 2500) + strings.Repeat("]", 2500)
	for name, token := range map[string]string{
		"deep_claim":       hs256(t, secret, withClaim("deep", deep)),
		"deep_header":      sign(t, "HS256", []byte(secret), `{"alg":"HS256","deep":`+deep+`}`, claimsOK),
		"jku_ignored":      sign(t, "HS256", []byte(secret), `{"alg":"HS256","jku":"https://evil.example","x5u":7,"jwk":[]}`, claimsOK),
		"kid_ignored":      sign(t, "HS256", []byte(secret), `{"alg":"HS256","kid":"../../etc/passwd"}`, claimsOK),
		"typ_of_any_kind":  sign(t, "HS256", []byte(secret), `{"alg":"HS256","typ":"at+jwt"}`, claimsOK),
		"alg_twice_agrees": sign(t, "HS256", []byte(secret), `{"alg":"none","alg":"HS256"}`, claimsOK),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := judgeOf(nil, secret).judgeJWT(t.Context(), token, now); err != nil {
				t.Error(err)
			}
		})
	}
	for name, scope := range map[string]string{"deep_scope": deep, "deep_rooms": `{"role":"owner","rooms":` + deep + `}`, "deep_app": `{"role":"moderator","app":` + deep + `}`} {
		g, err := judgeOf(nil, secret).judgeJWT(t.Context(), hs256(t, secret, withClaim("battlehub", scope)), now)
		t.Log(name)
		wantRefusal(t, g, err, hub.RefusedClaims, "battlehub")
	}
}
