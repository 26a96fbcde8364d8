package auth

import (
	"encoding/json"
	"math"
	"time"

	"battlehub/hub"
)

// SignUserSig makes a UserSig as an app's server does, for tests and tools. Times count in
// whole seconds. What it is given it signs, in order or not.
func SignUserSig(key hub.Secret, app hub.App, user string, issued time.Time, valid time.Duration) hub.Secret {
	s := newUserSig(app, user, issued, valid)
	return s.sign(key)
}

// SignPrivateMapKey makes a PrivateMapKey for a room with a name, valid as long as its
// userbuf. The privileges are a set of bits, [PrivilegeCreateRoom] among them.
func SignPrivateMapKey(key hub.Secret, app hub.App, user, room string, privileges uint32,
	issued time.Time, valid time.Duration,
) hub.Secret {
	s := newUserSig(app, user, issued, valid)
	buf := userBuf{account: user, room: room, fields: userBufFields{
		App: uint32(app), Expires: uint32(min(s.expires().Unix(), math.MaxUint32)), Privileges: privileges}}
	s.UserBuf = buf.bytes()
	return s.sign(key)
}

func newUserSig(app hub.App, user string, issued time.Time, valid time.Duration) *userSig {
	return &userSig{Version: userSigVersion, User: user, App: app,
		Time: issued.Unix(), Expire: int64(valid / time.Second)}
}

func (s *userSig) sign(key hub.Secret) hub.Secret {
	s.Sig = s.signature(key)
	doc, _ := json.Marshal(s) // of texts and numbers, so it cannot fail
	return hub.Secret(pack(doc))
}
