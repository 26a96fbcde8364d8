package webhook

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"strconv"
	"time"

	"battlehub/hub"
)

// signWindow is how many seconds RequestTime may be away from now, either way.
// Tencent gives it one minute (trtc.io/document/69528); clocks may run ahead.
const signWindow = 60

// Sign signs as Tencent does: it returns the parameters Sign and RequestTime of a
// webhook sent at that time. The body takes no part in it.
func Sign(token hub.Secret, at time.Time) (sign, requestTime string) {
	requestTime = strconv.FormatInt(at.Unix(), 10)
	sum := signature(token, requestTime)
	return hex.EncodeToString(sum[:]), requestTime
}

// signature is sha256(token + RequestTime).
func signature(token hub.Secret, requestTime string) [sha256.Size]byte {
	return sha256.Sum256([]byte(string(token) + requestTime))
}

// verify checks the query's Sign and returns what is wrong with it, or "". Without
// tokens nothing is: the app has not switched authentication on.
//
// A Sign is not used up by a webhook. All of one second carry the same, so taking it
// once only would throw battles away.
func verify(tokens []hub.Secret, q query, now time.Time) senderFault {
	if len(tokens) == 0 {
		return ""
	}
	sign, oneSign := q.get("sign")
	requestTime, oneTime := q.get("requesttime")
	if oneSign && sign == "" || oneTime && requestTime == "" {
		return signMissing
	}
	at, err := strconv.ParseInt(requestTime, 10, 64)
	if err != nil || !signedByAny(tokens, sign, requestTime) {
		return signWrong
	}
	if unix := now.Unix(); at < unix-signWindow || at > unix+signWindow {
		return signStale
	}
	return ""
}

// signedByAny tries all the tokens, even after one fits, so that the time it takes
// tells nothing. An empty token, which anybody could sign with, fits nothing.
func signedByAny(tokens []hub.Secret, sign, requestTime string) bool {
	given, err := hex.DecodeString(sign)
	if err != nil {
		return false
	}
	signed := false
	for _, token := range tokens {
		want := signature(token, requestTime)
		same := subtle.ConstantTimeCompare(given, want[:]) == 1
		signed = signed || same && token != ""
	}
	return signed
}
