package auth

import (
	"testing"
	"time"

	"battlehub/hub"
)

// BenchmarkUserSig is what it costs to judge one.
func BenchmarkUserSig(b *testing.B) {
	sig, key := sigOf("brennan"), keyOf("brennan")
	for name, text := range map[string]hub.Secret{
		"alone":             credential(testApp, "brennan", sig),
		"withPrivateMapKey": credential(testApp, "brennan", sig, key),
		"forged":            credential(testApp, "brennan", SignUserSig("x", testApp, "brennan", noon, time.Hour)),
		"bomb":              credential(testApp, "brennan", hub.Secret(pack(make([]byte, 4<<20)))),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = testKeys.Grant(text, noon)
			}
		})
	}
}
