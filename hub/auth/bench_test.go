package auth

import (
	"testing"
	"time"
)

// BenchmarkJudge is what it costs to judge one token.
func BenchmarkJudge(b *testing.B) {
	payload := `{"sub":"ann","exp":4102444800,"iss":"https://id.example","battlehub":{"role":"owner","rooms":["pk-3"]}}`
	for _, alg := range []string{"HS256", "RS256", "ES256", "EdDSA"} {
		j, token := judgeOf(nil, secret), hs256(b, secret, payload)
		if alg != "HS256" {
			j, token = judgeOf(fixedKeys(b, signers()[alg].jwk(b, "k"))), signers()[alg].published(b, "k", payload)
		}
		b.Run(alg, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := j.judgeJWT(b.Context(), token, time.Now()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
