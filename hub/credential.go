package hub

import "context"

// Credential is what a client shows to prove what it may see.
type Credential struct {
	Scheme CredentialScheme
	Text   Secret
}

// CredentialScheme says what a credential is. Its text is a metric label.
type CredentialScheme string

// The schemes.
const (
	// CredentialBearer is a JWT (RFC 6750): "Authorization: Bearer …", the subprotocol
	// bearer.…, or the dashboard's cookie.
	CredentialBearer CredentialScheme = "bearer"
	// CredentialUserSig is <sdkappid>.<userid>.<usersig>[.<privatemapkey>]: "Authorization:
	// UserSig …" or the subprotocol usersig.….
	CredentialUserSig CredentialScheme = "usersig"
)

// Authorizer finds out what a credential grants. An error that is a *Refusal says why it
// grants nothing; any other means that this cannot be known now.
type Authorizer func(context.Context, Credential) (Grant, error)

// Refusal says why a credential grants nothing.
type Refusal struct {
	Reason RefusalReason
	Detail string // for whoever sent it; names the remedy, and repeats nothing secret
}

// Error returns the detail.
func (r *Refusal) Error() string { return r.Detail }

// RefusalReason says why a credential grants nothing. Its text is a metric label.
type RefusalReason string

// The reasons.
const (
	RefusedMissing   RefusalReason = "missing"   // none was shown
	RefusedMalformed RefusalReason = "malformed" // it cannot be read, or is too long
	RefusedScheme    RefusalReason = "scheme"    // this hub takes none of that kind
	RefusedSignature RefusalReason = "signature" // signed by nobody whom this hub trusts
	RefusedExpired   RefusalReason = "expired"   // it was valid once
	RefusedEarly     RefusalReason = "early"     // it is not valid yet
	RefusedClaims    RefusalReason = "claims"    // issuer, audience, app, role or rooms are not in order
	RefusedRevoked   RefusalReason = "revoked"   // an operator took it back
	RefusedTicket    RefusalReason = "ticket"    // it was used, or 30 s have passed
)

// RefusalReasons lists every reason.
var RefusalReasons = []RefusalReason{RefusedMissing, RefusedMalformed, RefusedScheme, RefusedSignature,
	RefusedExpired, RefusedEarly, RefusedClaims, RefusedRevoked, RefusedTicket}
