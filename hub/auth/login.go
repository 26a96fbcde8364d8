package auth

import (
	"net/url"
	"strconv"
	"strings"

	"battlehub/hub"
)

// maxLogin bounds what is looked at at all. Two tickets are of some 300 bytes each.
const maxLogin = 8 << 10

// part is what a refusal is about.
type part string

const (
	partUserSig       part = "UserSig"
	partPrivateMapKey part = "PrivateMapKey"
)

func (p part) refuse(reason hub.RefusalReason, detail string) error {
	return &hub.Refusal{Reason: reason, Detail: string(p) + ": " + detail}
}

func (p part) malformed(detail string) error { return p.refuse(hub.RefusedMalformed, detail) }

// login is a UserSig credential, read and not yet judged: its tickets name the app and the
// user for which they are shown, but anybody may have made them.
type login struct {
	app  hub.App
	user string
	sig  *userSig
	key  *userSig // the PrivateMapKey, if there is one
}

// readLogin takes "<sdkappid>.<userid>.<usersig>[.<privatemapkey>]" apart. A number has no
// dot and a ticket has none, but a userid may: the last ticket says which user it is for,
// and so where the userid ends. At most one end fits.
func readLogin(text string) (*login, error) {
	if len(text) > maxLogin {
		return nil, partUserSig.malformed("longer than " + strconv.Itoa(maxLogin) + " bytes")
	}
	number, rest, _ := strings.Cut(text, ".")
	middle, ticket, ok := cutLast(rest)
	if !ok {
		return nil, partUserSig.malformed("write <sdkappid>.<userid>.<usersig>, and, to host a room, .<privatemapkey> after it")
	}
	app, err := strconv.ParseUint(number, 10, 64)
	if err != nil {
		return nil, partUserSig.malformed("the SDKAppID before the first dot is not a number")
	}
	last, err := readUserSig(ticket)
	if err != nil {
		return nil, partUserSig.malformed("the last part is neither a UserSig nor a PrivateMapKey: " + err.Error())
	}
	l := &login{app: hub.App(app), user: last.User}
	if err := l.place(middle, last); err != nil {
		return nil, err
	}
	return l, l.checkClaims()
}

// place finds out what the last ticket is, from what stands between it and the SDKAppID:
// the userid, or the userid and a UserSig. Whether it has a userbuf tells nothing:
// Tencent's libraries also make UserSigs with one of the app's own.
func (l *login) place(middle string, last *userSig) (err error) {
	if decodesTo(middle, last.User) {
		l.sig = last
		return nil
	}
	userid, ticket, _ := cutLast(middle)
	l.sig, err = readUserSig(ticket)
	if decodesTo(userid, last.User) {
		l.key = last
		if err != nil {
			return partUserSig.malformed(err.Error())
		}
		return nil
	}
	if err == nil && decodesTo(userid, l.sig.User) {
		return partPrivateMapKey.refuse(hub.RefusedClaims, "made for another userid than the UserSig")
	}
	return partUserSig.refuse(hub.RefusedClaims, "made for another userid than the one before it, which is percent-decoded")
}

// checkClaims compares what the tickets say with what they are shown for. That the last is
// for the user, place has made sure of.
func (l *login) checkClaims() error {
	switch {
	case l.sig.User != l.user:
		return partUserSig.refuse(hub.RefusedClaims, "made for another userid than the one before it")
	case l.sig.App != l.app:
		return partUserSig.refuse(hub.RefusedClaims, "made for another SDKAppID than the one before it")
	case l.key != nil && l.key.App != l.app:
		return partPrivateMapKey.refuse(hub.RefusedClaims, "made for another SDKAppID than the UserSig")
	}
	return nil
}

// cutLast cuts at the last dot, and reports whether there was one.
func cutLast(s string) (before, after string, found bool) {
	i := strings.LastIndexByte(s, '.')
	if i < 0 {
		return "", s, false
	}
	return s[:i], s[i+1:], true
}

// decodesTo reports whether a userid as it was sent means the user.
func decodesTo(sent, user string) bool {
	decoded, err := url.PathUnescape(sent)
	return err == nil && decoded == user
}
