package auth

import (
	"bytes"
	"errors"
	"reflect"
	"testing"
	"time"

	"battlehub/hub"
)

// FuzzUserSig: nothing panics, and since nobody but the vectors' signer has the keys,
// whatever is granted is what some vectors grant. The input is taken as a credential and, so
// that what lies behind base64 and zlib is reached too, as the JSON of a ticket.
func FuzzUserSig(f *testing.F) {
	keys, known := vectorKeys(f), vectors(f)
	for _, v := range known {
		f.Add(string(v.text()))
		f.Add(docOf(f, hub.Secret(v.UserSig)))
		if v.PrivateMapKey != "" {
			f.Add(docOf(f, hub.Secret(v.PrivateMapKey)))
		}
	}
	f.Add("1.a.b.c")
	f.Fuzz(func(t *testing.T, text string) {
		v := known[0]
		sealed := hub.Secret(pack([]byte(text)))
		for _, c := range []hub.Secret{hub.Secret(text), credential(v.App, v.User, sealed),
			credential(v.App, v.User, hub.Secret(v.UserSig), sealed)} {
			checkSigned(t, keys, c, v.issued(), known)
		}
	})
}

// checkSigned fails unless the credential is refused, or the vectors say all that it grants.
func checkSigned(t *testing.T, keys UserSigKeys, text hub.Secret, now time.Time, known []vector) {
	got, err := keys.Grant(text, now)
	if err != nil {
		if r, ok := errors.AsType[*hub.Refusal](err); !ok || r.Detail == "" {
			t.Errorf("refused with %#v", err)
		}
		return
	}
	host := got.Host
	got.Host = nil
	user, room := false, host == nil
	for _, v := range known {
		want := v.grant()
		sameUser := want.User == got.User && want.Apps[0] == got.Apps[0]
		room = room || sameUser && reflect.DeepEqual(host, want.Host)
		want.Host = nil
		user = user || reflect.DeepEqual(got, want)
	}
	if !user || !room {
		t.Errorf("granted %+v, host %+v", got, host)
	}
}

// FuzzPrivateMapKey signs any userbuf rightly. A room is granted only if it says all that
// it must; signed with another key, nothing is.
func FuzzPrivateMapKey(f *testing.F) {
	host, numbered := ordinary(), ordinary()
	numbered.room, numbered.fields.RoomNumber = "", 7
	f.Add(host.bytes())
	f.Add(numbered.bytes())
	f.Add([]byte{1, 0xff, 0xff})
	sig, forgers := sigOf("brennan"), UserSigKeys{testApp: {testKey + "?"}}
	f.Fuzz(func(t *testing.T, buf []byte) {
		text := credential(testApp, "brennan", sig, keyWith(buf))
		grant, err := testKeys.Grant(text, noon)
		if err == nil {
			checkHost(t, grant, buf)
		}
		if _, err := forgers.Grant(text, noon); err == nil {
			t.Error("granted without a signature")
		}
	})
}

// checkHost compares a grant with the userbuf, from which it must follow.
func checkHost(t *testing.T, grant hub.Grant, buf []byte) {
	u, err := readUserBuf(buf)
	if err != nil || !bytes.Equal(u.bytes(), buf) {
		t.Fatalf("granted %+v for %x: %v", grant, buf, err)
	}
	inOrder := u.account == "brennan" && u.fields.App == uint32(testApp) && int64(u.fields.Expires) >= noon.Unix()
	creates := u.fields.Privileges&PrivilegeCreateRoom != 0
	if !inOrder || (grant.Host != nil) != creates || creates && grant.Host.Room != u.roomID() {
		t.Errorf("granted %+v for %+v", grant, u)
	}
}
