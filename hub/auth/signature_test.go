package auth

import (
	"encoding/base64"
	"testing"

	"github.com/MicahParks/jwkset"

	"battlehub/hub"
)

// The examples of RFC 7515, Appendix A.1 to A.3: one payload, long expired, three keys.
const (
	rfcPayload = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
	rfcSecret  = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"
	rfcHS256   = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." + rfcPayload + ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	rfcRS256   = "eyJhbGciOiJSUzI1NiJ9." + rfcPayload + ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
	rfcES256   = "eyJhbGciOiJFUzI1NiJ9." + rfcPayload + ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
)

var (
	rfcRSAKey = jwkset.JWKMarshal{KTY: jwkset.KtyRSA, E: "AQAB",
		N: "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"}
	rfcECKey = jwkset.JWKMarshal{KTY: jwkset.KtyEC, CRV: jwkset.CrvP256,
		X: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", Y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}
)

func rfcSecretBytes(t testing.TB) hub.Secret {
	t.Helper()
	key, err := base64.RawURLEncoding.DecodeString(rfcSecret)
	if err != nil {
		t.Fatal(err)
	}
	return hub.Secret(key)
}

// TestExamplesOfRFC7515: their signatures are good, and only then is anything said of their
// claims.
func TestExamplesOfRFC7515(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		token string
		judge *Judge
	}{
		"A1_HS256": {rfcHS256, judgeOf(nil, rfcSecretBytes(t))},
		"A2_RS256": {rfcRS256, judgeOf(fixedKeys(t, rfcRSAKey))},
		"A3_ES256": {rfcES256, judgeOf(fixedKeys(t, rfcECKey))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, err := test.judge.judgeJWT(t.Context(), test.token, now)
			wantRefusal(t, g, err, hub.RefusedClaims, "battlehub")
			ours := judgeOf(fixedKeys(t, signers()["RS256"].jwk(t, "")), secret)
			g, err = ours.judgeJWT(t.Context(), test.token, now)
			wantRefusal(t, g, err, hub.RefusedSignature, "signature")
		})
	}
}

// TestEveryAlgorithm: each key verifies what it signed by its own algorithm, found by kid,
// or without one when there is no other.
func TestEveryAlgorithm(t *testing.T) {
	t.Parallel()
	var all []jwkset.JWKMarshal
	for alg, s := range signers() {
		all = append(all, s.jwk(t, "kid of "+alg))
	}
	every := judgeOf(fixedKeys(t, all...))
	for alg, s := range signers() {
		t.Run(alg, func(t *testing.T) {
			t.Parallel()
			if g, err := every.judgeJWT(t.Context(), s.published(t, "kid of "+alg, claimsOK), now); err != nil || g.User != "ann" {
				t.Errorf("by kid: %+v, %v", g, err)
			}
			alone := judgeOf(fixedKeys(t, s.jwk(t, "some kid")))
			withoutKid := sign(t, alg, s.key, `{"alg":"`+alg+`"}`, claimsOK)
			if _, err := alone.judgeJWT(t.Context(), withoutKid, now); err != nil {
				t.Errorf("without kid, by the only key: %v", err)
			}
			if _, err := judgeOf(fixedKeys(t, s.jwk(t, ""))).judgeJWT(t.Context(), withoutKid, now); err != nil {
				t.Errorf("neither has a kid: %v", err)
			}
			g, err := every.judgeJWT(t.Context(), withoutKid, now)
			wantRefusal(t, g, err, hub.RefusedSignature, "signature")
			for other := range signers() {
				if other != alg {
					g, err := every.judgeJWT(t.Context(), s.published(t, "kid of "+other, claimsOK), now)
					wantRefusal(t, g, err, hub.RefusedSignature, "signature")
				}
			}
		})
	}
}

// TestSecretRotation: while both are configured, tokens of both are good.
func TestSecretRotation(t *testing.T) {
	t.Parallel()
	during, after := judgeOf(nil, secret, otherSecret), judgeOf(nil, otherSecret)
	for _, s := range []hub.Secret{secret, otherSecret} {
		if _, err := during.judgeJWT(t.Context(), hs256(t, s, claimsOK), now); err != nil {
			t.Error(err)
		}
	}
	g, err := after.judgeJWT(t.Context(), hs256(t, secret, claimsOK), now)
	wantRefusal(t, g, err, hub.RefusedSignature, "signature")
}

// TestSecretAndPublishedKeys: both may be configured; neither stands in for the other.
func TestSecretAndPublishedKeys(t *testing.T) {
	t.Parallel()
	s := signers()["ES256"]
	j := judgeOf(fixedKeys(t, s.jwk(t, "k")), secret)
	for _, token := range []string{hs256(t, secret, claimsOK), s.published(t, "k", claimsOK)} {
		if _, err := j.judgeJWT(t.Context(), token, now); err != nil {
			t.Error(err)
		}
	}
}
