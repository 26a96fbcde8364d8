package auth

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"battlehub/hub"
)

// ordinary is the userbuf of a host, as Tencent's library makes it.
func ordinary() userBuf {
	return userBuf{account: "brennan", room: "pk-3", fields: userBufFields{
		App: uint32(testApp), Expires: uint32(noon.Add(5 * time.Minute).Unix()), Privileges: 255}}
}

// keyWith signs a PrivateMapKey for brennan around any userbuf, for an hour.
func keyWith(buf []byte) hub.Secret {
	s := newUserSig(testApp, "brennan", noon, time.Hour)
	s.UserBuf = buf
	return s.sign(testKey)
}

func TestHosting(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*userBuf)
		room   string // "" if it grants none
	}{
		"all_privileges":  {func(*userBuf) {}, "pk-3"},
		"create_only":     {func(u *userBuf) { u.fields.Privileges = PrivilegeCreateRoom }, "pk-3"},
		"all_but_create":  {func(u *userBuf) { u.fields.Privileges = 254 }, ""},
		"no_privileges":   {func(u *userBuf) { u.fields.Privileges = 0 }, ""},
		"numeric_room":    {func(u *userBuf) { u.room, u.fields.RoomNumber = "", 10086 }, "10086"},
		"largest_number":  {func(u *userBuf) { u.room, u.fields.RoomNumber = "", 1<<32-1 }, "4294967295"},
		"name_of_digits":  {func(u *userBuf) { u.room = "007" }, "007"},
		"name_and_number": {func(u *userBuf) { u.fields.RoomNumber = 7 }, "pk-3"},
		"UTF-8":           {func(u *userBuf) { u.room = "Zoës Zimmer" }, "Zoës Zimmer"},
		"longest":         {func(u *userBuf) { u.room = strings.Repeat("r", 256) }, strings.Repeat("r", 256)},
		"account_type":    {func(u *userBuf) { u.fields.AccountType = 1<<32 - 1 }, "pk-3"},
		"last_second":     {func(u *userBuf) { u.fields.Expires = uint32(noon.Unix()) }, "pk-3"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			buf := ordinary()
			c.change(&buf)
			grant, err := testKeys.Grant(credential(testApp, "brennan", sigOf("brennan"), keyWith(buf.bytes())), noon)
			switch {
			case err != nil || !grant.Expires.Equal(noon.Add(24*time.Hour)):
				t.Errorf("%+v, %v", grant, err)
			case c.room == "" && grant.Host != nil:
				t.Errorf("hosts %+v", grant.Host)
			case c.room != "" && (grant.Host == nil || grant.Host.Room != c.room || !grant.Host.Since.Equal(noon)):
				t.Errorf("hosts %+v, want %s since noon", grant.Host, c.room)
			}
		})
	}
}

func TestRefusedUserBufs(t *testing.T) {
	t.Parallel()
	whole := ordinary()
	changed := func(change func(*userBuf)) []byte {
		u := ordinary()
		change(&u)
		return u.bytes()
	}
	version := func(v byte) []byte {
		buf := whole.bytes()
		buf[0] = v
		return buf
	}
	for name, c := range map[string]struct {
		buf    []byte
		reason hub.RefusalReason
		words  string
	}{
		"empty":                  {[]byte{}, hub.RefusedMalformed, "ends too early"},
		"version_0_with_a_name":  {version(0), hub.RefusedMalformed, "goes on after its end"},
		"version_2":              {version(2), hub.RefusedMalformed, "version"},
		"version_255":            {version(255), hub.RefusedMalformed, "version"},
		"a_byte_more":            {append(whole.bytes(), 0), hub.RefusedMalformed, "goes on after its end"},
		"account_too_long":       {[]byte{1, 0xff, 0xff, 'b'}, hub.RefusedMalformed, "ends too early"},
		"another_account":        {changed(func(u *userBuf) { u.account = "tandy" }), hub.RefusedClaims, "another userid"},
		"no_account":             {changed(func(u *userBuf) { u.account = "" }), hub.RefusedClaims, "another userid"},
		"another_app":            {changed(func(u *userBuf) { u.fields.App++ }), hub.RefusedClaims, "another SDKAppID"},
		"expired":                {changed(func(u *userBuf) { u.fields.Expires = uint32(noon.Unix() - 1) }), hub.RefusedExpired, "expired"},
		"expired_at_the_epoch":   {changed(func(u *userBuf) { u.fields.Expires = 0 }), hub.RefusedExpired, "expired"},
		"no_number":              {changed(func(u *userBuf) { u.room = "" }), hub.RefusedMalformed, "names no room"},
		"control_character":      {changed(func(u *userBuf) { u.room = "pk\n3" }), hub.RefusedMalformed, "names no room"},
		"not_UTF-8":              {changed(func(u *userBuf) { u.room = "pk\xff" }), hub.RefusedMalformed, "names no room"},
		"long_room":              {changed(func(u *userBuf) { u.room = strings.Repeat("r", 257) }), hub.RefusedMalformed, "names no room"},
		"a_name_of_no_length":    {append(whole.bytes()[:30], 0, 0), hub.RefusedMalformed, "names no room"},
		"a_name_longer_than_all": {append(whole.bytes()[:30], 0xff, 0xff, 'p'), hub.RefusedMalformed, "ends too early"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := credential(testApp, "brennan", sigOf("brennan"), keyWith(c.buf))
			grant, err := testKeys.Grant(text, noon)
			wantTicketRefused(t, grant, err, text, c.reason, "PrivateMapKey: ")
			wantTicketRefused(t, grant, err, text, c.reason, c.words)
		})
	}
	for n := 1; n < len(whole.bytes()); n++ {
		text := credential(testApp, "brennan", sigOf("brennan"), keyWith(whole.bytes()[:n]))
		grant, err := testKeys.Grant(text, noon)
		wantTicketRefused(t, grant, err, text, hub.RefusedMalformed, "ends too early")
	}
}

func TestRefusedPrivateMapKeys(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		key    hub.Secret
		reason hub.RefusalReason
		words  string
	}{
		"forged":     {SignPrivateMapKey("x", testApp, "brennan", "pk-3", 255, noon, time.Hour), hub.RefusedSignature, "not signed with a key"},
		"other_apps": {SignPrivateMapKey(otherKey, otherApp, "brennan", "pk-3", 255, noon, time.Hour), hub.RefusedClaims, "another SDKAppID"},
		"other_key":  {SignPrivateMapKey(otherKey, testApp, "brennan", "pk-3", 255, noon, time.Hour), hub.RefusedSignature, "not signed with a key"},
		"expired":    {SignPrivateMapKey(testKey, testApp, "brennan", "pk-3", 255, noon.Add(-time.Hour), time.Minute), hub.RefusedExpired, "get a new one"},
		"early":      {SignPrivateMapKey(testKey, testApp, "brennan", "pk-3", 255, noon.Add(61*time.Second), time.Hour), hub.RefusedEarly, "check the clock"},
		"cut":        {keyOf("brennan")[:80], hub.RefusedMalformed, "neither a UserSig nor a PrivateMapKey"},
		"weak_and_forged": {SignPrivateMapKey("x", testApp, "brennan", "pk-3", 2, noon, time.Hour), hub.RefusedSignature,
			"not signed with a key"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := credential(testApp, "brennan", sigOf("brennan"), c.key)
			grant, err := testKeys.Grant(text, noon)
			wantTicketRefused(t, grant, err, text, c.reason, c.words)
		})
	}
}

// TestBadUserSigBesideAGoodPrivateMapKey: a room never makes up for a user.
func TestBadUserSigBesideAGoodPrivateMapKey(t *testing.T) {
	t.Parallel()
	for reason, sig := range map[hub.RefusalReason]hub.Secret{
		hub.RefusedSignature: SignUserSig("x", testApp, "brennan", noon, time.Hour),
		hub.RefusedExpired:   SignUserSig(testKey, testApp, "brennan", noon.Add(-time.Hour), time.Minute),
		hub.RefusedEarly:     SignUserSig(testKey, testApp, "brennan", noon.Add(time.Hour), time.Hour),
		hub.RefusedClaims:    SignUserSig(otherKey, otherApp, "brennan", noon, time.Hour),
	} {
		text := credential(testApp, "brennan", sig, keyOf("brennan"))
		grant, err := testKeys.Grant(text, noon)
		wantTicketRefused(t, grant, err, text, reason, "UserSig: ")
	}
}

// TestGrantIsAsOldAsTheOlderProof: what was issued before a revocation must not give back
// what it took, whatever stands beside it.
func TestGrantIsAsOldAsTheOlderProof(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		sig, key   time.Time
		privileges uint32
		want       time.Time
	}{
		"older_key":          {noon, noon.Add(-time.Minute), 255, noon.Add(-time.Minute)},
		"older_sig":          {noon.Add(-time.Minute), noon, 255, noon.Add(-time.Minute)},
		"key_grants_nothing": {noon, noon.Add(-time.Minute), 2, noon},
	} {
		grant, err := testKeys.Grant(credential(testApp, "brennan",
			SignUserSig(testKey, testApp, "brennan", c.sig, time.Hour),
			SignPrivateMapKey(testKey, testApp, "brennan", "pk-3", c.privileges, c.key, time.Hour)), noon)
		if err != nil || !grant.Issued.Equal(c.want) {
			t.Errorf("%s: issued %s, %v; want %s", name, grant.Issued, err, c.want)
		}
	}
}

func TestUserBufRoundTrip(t *testing.T) {
	t.Parallel()
	numbered := ordinary()
	numbered.room, numbered.fields.RoomNumber = "", 7
	for _, u := range []userBuf{ordinary(), numbered} {
		got, err := readUserBuf(u.bytes())
		if err != nil || *got != u || !bytes.Equal(got.bytes(), u.bytes()) {
			t.Errorf("%+v, %v; want %+v", got, err, u)
		}
	}
}
