package webhook

import (
	"encoding/hex"
	"net/http"
	"strings"
	"testing"
	"time"

	"battlehub/hub"
)

// Tencent's own vector (trtc.io/document/69528).
const (
	vectorTime = 1669872112
	vectorSign = "17773bc39a671d7b9aa835458704d2a6db81360a5940292b587d6d760d484061"
)

func TestSignIsTencents(t *testing.T) {
	t.Parallel()
	sign, requestTime := Sign("xxxxyyyy", time.Unix(vectorTime, 999_999_999))
	if sign != vectorSign || requestTime != "1669872112" {
		t.Errorf("Sign = %s, %s", sign, requestTime)
	}
}

func TestVerify(t *testing.T) {
	t.Parallel()
	tokens := []hub.Secret{"xxxxyyyy"}
	for name, c := range map[string]struct {
		tokens []hub.Secret
		query  string
		off    time.Duration // now less RequestTime
		want   senderFault
	}{
		"now":                 {tokens, "Sign=" + vectorSign + "&RequestTime=1669872112", 0, ""},
		"any_case":            {tokens, "SIGN=" + strings.ToUpper(vectorSign) + "&requesttime=1669872112", 0, ""},
		"a_minute_old":        {tokens, "Sign=" + vectorSign + "&RequestTime=1669872112", 60 * time.Second, ""},
		"over_a_minute_old":   {tokens, "Sign=" + vectorSign + "&RequestTime=1669872112", 61 * time.Second, signStale},
		"a_minute_ahead":      {tokens, "Sign=" + vectorSign + "&RequestTime=1669872112", -60 * time.Second, ""},
		"over_a_minute_ahead": {tokens, "Sign=" + vectorSign + "&RequestTime=1669872112", -61 * time.Second, signStale},
		"first_of_two_tokens": {[]hub.Secret{"xxxxyyyy", "new"}, "Sign=" + vectorSign + "&RequestTime=1669872112", 0, ""},
		"last_of_two_tokens":  {[]hub.Secret{"new", "xxxxyyyy"}, "Sign=" + vectorSign + "&RequestTime=1669872112", 0, ""},
		"other_token":         {[]hub.Secret{"new"}, "Sign=" + vectorSign + "&RequestTime=1669872112", 0, signWrong},
		"other_time":          {tokens, "Sign=" + vectorSign + "&RequestTime=1669872113", 0, signWrong},
		"no_sign":             {tokens, "RequestTime=1669872112", 0, signMissing},
		"no_time":             {tokens, "Sign=" + vectorSign, 0, signMissing},
		"nothing":             {tokens, "", 0, signMissing},
		"not_hex":             {tokens, "Sign=zz" + vectorSign[2:] + "&RequestTime=1669872112", 0, signWrong},
		"cut_short":           {tokens, "Sign=" + vectorSign[:62] + "&RequestTime=1669872112", 0, signWrong},
		"two_signs":           {tokens, "Sign=" + vectorSign + "&sign=00&RequestTime=1669872112", 0, signWrong},
		"not_switched_on":     {nil, "Sign=00&RequestTime=x", 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := verify(c.tokens, readQuery(c.query), time.Unix(vectorTime, 0).Add(c.off)); got != c.want {
				t.Errorf("verify = %q, want %q", got, c.want)
			}
		})
	}
}

// TestVerifyOddTimes signs what no sender would: even rightly signed it is refused, and
// nothing overflows.
func TestVerifyOddTimes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]senderFault{
		"9223372036854775807":  signStale,
		"-9223372036854775808": signStale,
		"9223372036854775808":  signWrong,
		"1669872112.0":         signWrong,
		"now":                  signWrong,
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			sum := signature(testToken, text)
			q := query{{"sign", hex.EncodeToString(sum[:])}, {"requesttime", text}}
			if got := verify([]hub.Secret{testToken}, q, time.Unix(vectorTime, 0)); got != want {
				t.Errorf("verify = %q, want %q", got, want)
			}
		})
	}
}

// TestEmptyTokenFitsNothing: a token that was configured but is empty must not open the
// door to everybody who can hash a number.
func TestEmptyTokenFitsNothing(t *testing.T) {
	t.Parallel()
	sign, requestTime := Sign("", time.Unix(vectorTime, 0))
	q := query{{"sign", sign}, {"requesttime", requestTime}}
	if got := verify([]hub.Secret{""}, q, time.Unix(vectorTime, 0)); got != signWrong {
		t.Errorf("verify = %q, want %q", got, signWrong)
	}
}

// TestSignIsNotUsedUp: all webhooks of one second carry the same Sign.
func TestSignIsNotUsedUp(t *testing.T) {
	t.Parallel()
	log := newMapLog()
	h, query := handler(log, testToken), signed(appQuery, testToken)
	for _, packet := range []string{"create.json", "start.json", "end.json"} {
		wantAnswer(t, post(h, query, packetFile(t, packet)), http.StatusOK)
	}
	if len(log.events) != 3 {
		t.Errorf("log has %d events, want 3", len(log.events))
	}
}
