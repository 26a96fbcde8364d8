package auth

import (
	"time"

	"battlehub/hub"
)

// PrivilegeCreateRoom is the bit of a PrivateMapKey that marks the host of its room.
const PrivilegeCreateRoom = 1 << 0

// hosting returns the room that the PrivateMapKey lets its user create, or nil. That it was
// rightly signed has been checked; the userbuf says again whom it is for, and its own
// expiry counts too.
func (l *login) hosting(now time.Time) (*hub.Hosting, error) {
	if l.key.UserBuf == nil {
		return nil, partPrivateMapKey.malformed("TLS.userbuf is missing; a UserSig is no PrivateMapKey")
	}
	buf, err := readUserBuf(l.key.UserBuf)
	switch {
	case err != nil:
		return nil, partPrivateMapKey.malformed(err.Error())
	case buf.account != l.user:
		return nil, partPrivateMapKey.refuse(hub.RefusedClaims, "TLS.userbuf is for another userid")
	case hub.App(buf.fields.App) != l.app:
		return nil, partPrivateMapKey.refuse(hub.RefusedClaims, "TLS.userbuf is for another SDKAppID")
	case now.After(time.Unix(int64(buf.fields.Expires), 0)):
		return nil, partPrivateMapKey.refuse(hub.RefusedExpired, "TLS.userbuf expired; get a new one from the app's server")
	case buf.fields.Privileges&PrivilegeCreateRoom == 0:
		return nil, nil
	}
	return &hub.Hosting{Room: buf.roomID(), Since: l.key.issued()}, nil
}
