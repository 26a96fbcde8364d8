package auth

import (
	"time"

	"battlehub/hub"
)

// userSigSkew is how far ahead of ours the clock of a server that signs may be.
const userSigSkew = 60 * time.Second

// UserSigKeys are the secret keys of apps (SDKSecretKey in TRTC's console), several per app
// during a rotation. An empty key, with which anybody could sign, fits nothing.
type UserSigKeys map[hub.App][]hub.Secret

// Grant judges "<sdkappid>.<userid>.<usersig>[.<privatemapkey>]" as of now. Every error is a
// *[hub.Refusal]. It may be called from many goroutines, and never blocks.
//
// The userid is percent-decoded, so that any can travel as a subprotocol too, which holds
// the token characters of RFC 7230 only: letters, digits and !#$%&'*+-.^_`|~. One of
// letters, digits, - and _, which is all that Tencent documents, is written as it is; a
// dot may be. In Authorization only % itself has to be encoded, and what no header can hold.
//
// The UserSig proves who the user is, and alone decides until when the grant is valid.
// A PrivateMapKey is checked on entry, as at Tencent: if it is in order and lets its user
// create a room, the grant has that room as [hub.Grant.Host], which lasts beyond the
// PrivateMapKey; without that privilege it grants nothing. If it is forged, foreign or
// expired, so that the client's developer would look for the room in vain, all is refused.
func (k UserSigKeys) Grant(text hub.Secret, now time.Time) (hub.Grant, error) {
	if len(k) == 0 {
		return hub.Grant{}, &hub.Refusal{Reason: hub.RefusedScheme, Detail: "this hub takes no UserSig; use Bearer"}
	}
	l, err := readLogin(string(text))
	if err != nil {
		return hub.Grant{}, err
	}
	if err := k.judge(partUserSig, l.sig, now); err != nil {
		return hub.Grant{}, err
	}
	grant := hub.Grant{User: l.user, Apps: []hub.App{l.app}, Rooms: []string{}, Owns: true,
		Issued: l.sig.issued(), Expires: l.sig.expires()}
	if l.key == nil {
		return grant, nil
	}
	return k.withHost(grant, l, now)
}

// withHost adds what the PrivateMapKey grants. The grant is then as old as the older of its
// proofs: a PrivateMapKey of before a revocation must not bring the room back because the
// UserSig beside it is new.
func (k UserSigKeys) withHost(grant hub.Grant, l *login, now time.Time) (hub.Grant, error) {
	if err := k.judge(partPrivateMapKey, l.key, now); err != nil {
		return hub.Grant{}, err
	}
	host, err := l.hosting(now)
	if err != nil {
		return hub.Grant{}, err
	}
	grant.Host = host
	if host != nil && host.Since.Before(grant.Issued) {
		grant.Issued = host.Since
	}
	return grant, nil
}

// judge checks who signed a ticket and whether it is valid now. An app that this hub does
// not know gets the answer of a wrong signature, after the work of one, so that nobody can
// ask which apps it serves; only the reason, which the operator sees, differs.
func (k UserSigKeys) judge(p part, s *userSig, now time.Time) error {
	keys, reason := k[s.App], hub.RefusedSignature
	if len(keys) == 0 {
		keys, reason = []hub.Secret{""}, hub.RefusedScheme
	}
	switch {
	case !s.signedByAny(keys):
		return p.refuse(reason, "not signed with a key that this hub has for that SDKAppID; "+
			"check the SDKAppID and the secret key with which the app's server signs")
	case s.issued().After(now.Add(userSigSkew)):
		return p.refuse(hub.RefusedEarly, "issued in the future; check the clock of the server that signs")
	case now.After(s.expires()):
		return p.refuse(hub.RefusedExpired, "expired; get a new one from the app's server")
	}
	return nil
}
