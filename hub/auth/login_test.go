package auth

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"battlehub/hub"
)

// TestUserIDs: whatever a userid holds, it is found, and it is nobody else.
func TestUserIDs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ sent, user string }{
		"plain":              {"brennan", "brennan"},
		"number":             {"144115245353757792", "144115245353757792"},
		"dots":               {"a.b", "a.b"},
		"dots_around":        {".a..b.", ".a..b."},
		"only_a_dot":         {".", "."},
		"encoded_dot":        {"a%2Eb", "a.b"},
		"encoded_space":      {"a%20b", "a b"},
		"space":              {"a b", "a b"},
		"plus_is_no_space":   {"a+b", "a+b"},
		"percent":            {"100%25", "100%"},
		"encoded_twice":      {"a%252Eb", "a%2Eb"},
		"slash_and_equals":   {"a%2Fb%3D", "a/b="},
		"as_UTF-8":           {"Zoë", "Zoë"},
		"encoded_UTF-8":      {"Zo%C3%AB", "Zoë"},
		"ends_like_a_ticket": {"brennan." + string(sigOf("brennan")), "brennan." + string(sigOf("brennan"))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if len(c.user) > maxName {
				c.sent, c.user = c.sent[:maxName], c.user[:maxName]
			}
			alone, err := testKeys.Grant(credential(testApp, c.sent, sigOf(c.user)), noon)
			if err != nil || alone.User != c.user || alone.Host != nil {
				t.Errorf("%+v, %v", alone, err)
			}
			both, err := testKeys.Grant(credential(testApp, c.sent, sigOf(c.user), keyOf(c.user)), noon)
			if err != nil || both.User != c.user || both.Host == nil {
				t.Errorf("with a PrivateMapKey: %+v, %v", both, err)
			}
		})
	}
}

// TestSubprotocol: a UserSig must be able to travel in Sec-WebSocket-Protocol, which holds a
// list of RFC 7230's tokens.
func TestSubprotocol(t *testing.T) {
	t.Parallel()
	const token = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~"
	for i := range 64 { // lengths that need all kinds of padding
		user := strings.Repeat("a", i) + " b"
		text := credential(testApp, strings.ReplaceAll(user, " ", "%20"), sigOf(user), keyOf(user))
		if grant, err := testKeys.Grant(text, noon); err != nil || grant.User != user {
			t.Errorf("%+v, %v", grant, err)
		}
		if bad := strings.Trim(string(text), token); bad != "" {
			t.Errorf("not a token: %q", bad)
		}
	}
}

func TestRefusedLogins(t *testing.T) {
	t.Parallel()
	sig, key := sigOf("brennan"), keyOf("brennan")
	foreign := SignUserSig(otherKey, otherApp, "brennan", noon, time.Hour)
	for name, c := range map[string]struct {
		text   hub.Secret
		reason hub.RefusalReason
		words  string
	}{
		"empty":               {"", hub.RefusedMalformed, "write <sdkappid>.<userid>.<usersig>"},
		"a_number":            {"1400000001", hub.RefusedMalformed, "write <sdkappid>"},
		"no_ticket":           {"1400000001.brennan", hub.RefusedMalformed, "write <sdkappid>"},
		"empty_ticket":        {"1400000001.brennan.", hub.RefusedMalformed, "neither a UserSig nor"},
		"dots":                {"....", hub.RefusedMalformed, "not a number"},
		"a_JWT":               {"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln", hub.RefusedMalformed, "not a number"},
		"negative":            {"-" + credential(testApp, "brennan", sig), hub.RefusedMalformed, "not a number"},
		"signed_number":       {"+" + credential(testApp, "brennan", sig), hub.RefusedMalformed, "not a number"},
		"huge_number":         {"99999999999" + credential(testApp, "brennan", sig), hub.RefusedMalformed, "not a number"},
		"no_userid":           {credential(testApp, "", sig), hub.RefusedClaims, "another userid"},
		"other_userid":        {credential(testApp, "tandy", sig), hub.RefusedClaims, "UserSig: made for another userid"},
		"other_case":          {credential(testApp, "Brennan", sig), hub.RefusedClaims, "UserSig: made for another userid"},
		"bad_percent":         {credential(testApp, "100%", sigOf("100%")), hub.RefusedClaims, "percent-decoded"},
		"not_UTF-8":           {credential(testApp, "a\xff", sigOf("a\xff")), hub.RefusedMalformed, "TLS.identifier"},
		"control_character":   {credential(testApp, "a%0Ab", sigOf("a\nb")), hub.RefusedMalformed, "TLS.identifier"},
		"long_userid":         {credential(testApp, strings.Repeat("a", 257), sigOf(strings.Repeat("a", 257))), hub.RefusedMalformed, "TLS.identifier"},
		"other_app":           {credential(testApp, "brennan", foreign), hub.RefusedClaims, "UserSig: made for another SDKAppID"},
		"at_another_app":      {credential(otherApp, "brennan", sig), hub.RefusedClaims, "UserSig: made for another SDKAppID"},
		"sig_cut":             {credential(testApp, "brennan", sig[:40], key), hub.RefusedMalformed, "UserSig: "},
		"sig_of_another":      {credential(testApp, "brennan", sigOf("tandy"), key), hub.RefusedClaims, "UserSig: made for another userid"},
		"key_of_another":      {credential(testApp, "brennan", sig, keyOf("tandy")), hub.RefusedClaims, "PrivateMapKey: made for another userid"},
		"key_without_sig":     {credential(testApp, "", key), hub.RefusedClaims, "another userid"},
		"sig_twice":           {credential(testApp, "brennan", sig, sig), hub.RefusedMalformed, "PrivateMapKey: TLS.userbuf is missing"},
		"wrong_order":         {credential(testApp, "brennan", key, sig), hub.RefusedMalformed, "PrivateMapKey: TLS.userbuf is missing"},
		"three_tickets":       {credential(testApp, "brennan", sig, key, key), hub.RefusedClaims, "another userid"},
		"longest":             {hub.Secret(strings.Repeat("1", maxLogin)), hub.RefusedMalformed, "write <sdkappid>"},
		"too_long":            {hub.Secret(strings.Repeat("1", maxLogin+1)), hub.RefusedMalformed, "longer than 8192 bytes"},
		"far_too_long":        {credential(testApp, strings.Repeat("a", 1<<20), sig), hub.RefusedMalformed, "longer than 8192 bytes"},
		"space_before_ticket": {credential(testApp, "brennan", " "+sig), hub.RefusedMalformed, "not base64"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			grant, err := testKeys.Grant(c.text, noon)
			wantTicketRefused(t, grant, err, c.text, c.reason, c.words)
		})
	}
}

// TestTruncated cuts a credential at each length. Only the cut before the PrivateMapKey
// leaves one that says what was signed.
func TestTruncated(t *testing.T) {
	t.Parallel()
	whole := credential(testApp, "brennan", sigOf("brennan"), keyOf("brennan"))
	alone := len(credential(testApp, "brennan", sigOf("brennan")))
	for n := range len(whole) {
		grant, err := testKeys.Grant(whole[:n], noon)
		if n == alone {
			if err != nil || grant.Host != nil {
				t.Errorf("without the PrivateMapKey: %+v, %v", grant, err)
			}
			continue
		}
		if _, ok := err.(*hub.Refusal); !ok {
			t.Errorf("cut to %d bytes: %+v, %v", n, grant, err)
		}
	}
}

// TestChangedAnywhere changes each character. What is still granted, since a few bits at the
// end of a deflate stream mean nothing, is what was.
func TestChangedAnywhere(t *testing.T) {
	t.Parallel()
	whole := credential(testApp, "brennan", sigOf("brennan"), keyOf("brennan"))
	want, _ := testKeys.Grant(whole, noon)
	for i := range whole {
		for _, c := range []byte("A_.%0\x00") {
			changed := whole[:i] + hub.Secret(c) + whole[i+1:]
			if got, err := testKeys.Grant(changed, noon); err == nil && !reflect.DeepEqual(got, want) {
				t.Errorf("granted %+v with %q at %d", got, c, i)
			}
		}
	}
}
