package auth

import (
	"encoding/base64"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"battlehub/hub"
)

func TestVectorsAreGranted(t *testing.T) {
	t.Parallel()
	for _, v := range vectors(t) {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			for name, now := range map[string]time.Time{
				"issued":    v.issued(),
				"clock":     v.issued().Add(-60 * time.Second),
				"last_time": v.issued().Add(v.valid()),
			} {
				got, err := vectorKeys(t).Grant(v.text(), now)
				if want := v.grant(); err != nil || !reflect.DeepEqual(got, want) {
					t.Errorf("%s: %+v, %v; want %+v", name, got, err, want)
				}
			}
		})
	}
}

func TestVectorsAreRefused(t *testing.T) {
	t.Parallel()
	for _, v := range vectors(t) {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			forged := UserSigKeys{v.App: {"not " + v.Key}}
			for name, c := range map[string]struct {
				keys   UserSigKeys
				text   hub.Secret
				now    time.Time
				reason hub.RefusalReason
				words  string
			}{
				"expired":     {vectorKeys(t), v.text(), v.issued().Add(v.valid() + 1), hub.RefusedExpired, "UserSig: expired"},
				"early":       {vectorKeys(t), v.text(), v.issued().Add(-61 * time.Second), hub.RefusedEarly, "check the clock"},
				"other_key":   {forged, v.text(), v.issued(), hub.RefusedSignature, "UserSig: not signed with a key"},
				"other_app":   {vectorKeys(t), "7" + v.text(), v.issued(), hub.RefusedClaims, "another SDKAppID"},
				"other_user":  {vectorKeys(t), credential(v.App, "mallory", hub.Secret(v.UserSig)), v.issued(), hub.RefusedClaims, "another userid"},
				"unknown_app": {UserSigKeys{7: {v.Key}}, v.text(), v.issued(), hub.RefusedScheme, "UserSig: not signed with a key"},
				"no_keys":     {nil, v.text(), v.issued(), hub.RefusedScheme, "takes no UserSig"},
			} {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					grant, err := c.keys.Grant(c.text, c.now)
					wantTicketRefused(t, grant, err, c.text, c.reason, c.words)
				})
			}
		})
	}
}

// TestUnknownAppLooksLikeAWrongKey: nobody may find out, by asking, which apps a hub serves.
func TestUnknownAppLooksLikeAWrongKey(t *testing.T) {
	t.Parallel()
	_, wrong := testKeys.Grant(credential(testApp, "brennan", SignUserSig("x", testApp, "brennan", noon, time.Hour)), noon)
	_, unknown := testKeys.Grant(credential(99, "brennan", SignUserSig("x", 99, "brennan", noon, time.Hour)), noon)
	if wrong == nil || unknown == nil || wrong.Error() != unknown.Error() {
		t.Errorf("told apart:\n%v\n%v", wrong, unknown)
	}
}

func TestRotation(t *testing.T) {
	t.Parallel()
	const older, newer hub.Secret = "older", "newer"
	for name, c := range map[string]struct {
		keys    []hub.Secret
		signer  hub.Secret
		granted bool
	}{
		"first_of_two": {[]hub.Secret{older, newer}, older, true},
		"last_of_two":  {[]hub.Secret{older, newer}, newer, true},
		"rotated_out":  {[]hub.Secret{newer}, older, false},
		"empty":        {[]hub.Secret{""}, "", false},
		"empty_beside": {[]hub.Secret{newer, ""}, "", false},
		"none":         {nil, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := credential(testApp, "brennan", SignUserSig(c.signer, testApp, "brennan", noon, time.Hour))
			_, err := UserSigKeys{testApp: c.keys, otherApp: {otherKey}}.Grant(text, noon)
			if (err == nil) != c.granted {
				t.Errorf("granted %t: %v", err == nil, err)
			}
		})
	}
}

// TestOddTimes signs what no server would in earnest. Nothing overflows, and an expiry
// stays a time that can be written.
func TestOddTimes(t *testing.T) {
	t.Parallel()
	latest := time.Unix(latestUnix, 0).UTC()
	for name, c := range map[string]struct {
		issued, expire int64
		expires        time.Time
		reason         hub.RefusalReason
	}{
		"for_ever":        {noon.Unix(), math.MaxInt64, latest, ""},
		"to_the_last":     {noon.Unix(), latestUnix - noon.Unix(), latest, ""},
		"a_second":        {noon.Unix(), 1, noon.Add(time.Second), ""},
		"at_the_epoch":    {0, math.MaxInt64, noon, hub.RefusedMalformed},
		"before_it":       {-1, math.MaxInt64, noon, hub.RefusedMalformed},
		"minimum":         {math.MinInt64, math.MinInt64, noon, hub.RefusedMalformed},
		"maximum":         {math.MaxInt64, math.MaxInt64, noon, hub.RefusedMalformed},
		"last_of_9999":    {latestUnix, math.MaxInt64, noon, hub.RefusedEarly},
		"first_of_10000":  {latestUnix + 1, 1, noon, hub.RefusedMalformed},
		"no_time_at_all":  {noon.Unix(), 0, noon, hub.RefusedMalformed},
		"negative":        {noon.Unix(), -1, noon, hub.RefusedMalformed},
		"long_ago":        {1, 1, noon, hub.RefusedExpired},
		"in_milliseconds": {noon.UnixMilli(), 86400, noon, hub.RefusedMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &userSig{Version: "2.0", User: "brennan", App: testApp, Time: c.issued, Expire: c.expire}
			text := credential(testApp, "brennan", s.sign(testKey))
			grant, err := testKeys.Grant(text, noon)
			if c.reason != "" {
				wantTicketRefused(t, grant, err, text, c.reason, "")
			} else if err != nil || !grant.Expires.Equal(c.expires) {
				t.Errorf("%+v, %v; want it to expire at %s", grant, err, c.expires)
			}
		})
	}
}

// TestUserBufOfTheAppsOwn: a UserSig may carry one, which says nothing to us.
func TestUserBufOfTheAppsOwn(t *testing.T) {
	t.Parallel()
	for name, buf := range map[string][]byte{"some": []byte("abc"), "private_map_key": (&userBuf{account: "brennan", room: "pk-3"}).bytes()} {
		s := newUserSig(testApp, "brennan", noon, time.Hour)
		s.UserBuf = buf
		grant, err := testKeys.Grant(credential(testApp, "brennan", s.sign(testKey)), noon)
		if err != nil || grant.User != "brennan" || grant.Host != nil {
			t.Errorf("%s: %+v, %v", name, grant, err)
		}
	}
}

// TestSignedLinesAreNotForgedByNames: a user who registers with line feeds in the name gets
// a signature of lines of his own making, which must not fit another's ticket.
func TestSignedLinesAreNotForgedByNames(t *testing.T) {
	t.Parallel()
	mallory := newUserSig(testApp, "brennan\nTLS.sdkappid:1400000001\nTLS.time:1795348800\nTLS.expire:99\nTLS.userbuf:abcd", noon, time.Hour)
	mallory.Sig = mallory.signature(testKey)
	for words, doc := range map[string]string{
		"TLS.identifier": docOf(t, mallory.sign(testKey)),
		"TLS.userbuf is not base64": `{"TLS.ver":"2.0","TLS.identifier":"brennan","TLS.sdkappid":1400000001,"TLS.expire":99,` +
			`"TLS.time":1795348800,"TLS.userbuf":"abcd\nTLS.sdkappid:1400000001\nTLS.time:1795348800\nTLS.expire:3600",` +
			`"TLS.sig":"` + base64.StdEncoding.EncodeToString(mallory.Sig) + `"}`,
	} {
		text := credential(testApp, "brennan", hub.Secret(pack([]byte(doc))))
		grant, err := testKeys.Grant(text, noon)
		wantTicketRefused(t, grant, err, text, hub.RefusedMalformed, words)
	}
}

// TestSignerMakesTencentsText compares with the vectors. Only zlib may differ, and the line
// feed with which Go's JSON encoder ends.
func TestSignerMakesTencentsText(t *testing.T) {
	t.Parallel()
	for _, v := range vectors(t) {
		got := docOf(t, SignUserSig(v.Key, v.App, v.User, v.issued(), v.valid()))
		if want := strings.TrimSuffix(docOf(t, hub.Secret(v.UserSig)), "\n"); got != want {
			t.Errorf("%s: UserSig\n%s, want\n%s", v.Name, got, want)
		}
		if v.PrivateMapKey == "" {
			continue
		}
		got = docOf(t, SignPrivateMapKey(v.Key, v.App, v.User, v.Room, v.Privileges, v.issued(), v.valid()))
		if want := strings.TrimSuffix(docOf(t, hub.Secret(v.PrivateMapKey)), "\n"); got != want {
			t.Errorf("%s: PrivateMapKey\n%s, want\n%s", v.Name, got, want)
		}
	}
}

func docOf(tb testing.TB, ticket hub.Secret) string {
	tb.Helper()
	doc, err := unpack(string(ticket))
	if err != nil {
		tb.Fatalf("unpacking %q: %v", string(ticket), err)
	}
	return string(doc)
}
