package hub

import "time"

// Revocation takes grants back. Exactly one of Token, User and All says which; all but Token
// count for the grants that were issued before Before.
type Revocation struct {
	Token string `json:"token,omitempty"` // the id of one credential
	User  string `json:"user,omitempty"`  // all that a user got
	All   bool   `json:"all,omitempty"`   // everything

	Before Time `json:"before,omitzero"`
	// Until is when the revoked credential expires anyway; zero: never, as far as is known.
	Until Time `json:"until,omitzero"`
}

// covers reports whether the revocation takes the grant back.
func (r *Revocation) covers(g *Grant) bool {
	switch {
	case r.Token != "":
		return g.TokenID == r.Token
	case r.User != "" && g.User != r.User:
		return false
	default:
		return g.Issued.Before(r.Before.Time)
	}
}

// over reports whether nothing that it revokes can still be valid.
func (r *Revocation) over(now time.Time) bool { return !r.Until.IsZero() && now.After(r.Until.Time) }
