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

// revocations are those that count in an app. A log that lost its history cannot undo them:
// a node keeps what it has heard.
type revocations struct {
	tokens map[string]Revocation
	users  map[string]Revocation
	all    Revocation
}

func newRevocations() revocations {
	return revocations{tokens: map[string]Revocation{}, users: map[string]Revocation{}}
}

// add takes a revocation up. Of several for a user, the latest counts.
func (v *revocations) add(r Revocation) {
	switch {
	case r.Token != "":
		v.tokens[r.Token] = r
	case r.User != "":
		if old := v.users[r.User]; r.Before.After(old.Before.Time) {
			v.users[r.User] = r
		}
	case r.All && r.Before.After(v.all.Before.Time):
		v.all = r
	}
}

// cover reports whether the grant was taken back.
func (v *revocations) cover(g *Grant) bool {
	if _, ok := v.tokens[g.TokenID]; ok && g.TokenID != "" {
		return true
	}
	r, ok := v.users[g.User]
	return (ok && g.Issued.Before(r.Before.Time)) || (v.all.All && g.Issued.Before(v.all.Before.Time))
}

// list returns them in no order.
func (v *revocations) list() []Revocation {
	var list []Revocation
	for _, m := range []map[string]Revocation{v.tokens, v.users} {
		for _, r := range m {
			list = append(list, r)
		}
	}
	if v.all.All {
		list = append(list, v.all)
	}
	return list
}

// sweep forgets the revocations of credentials that have expired anyway.
func (v *revocations) sweep(now time.Time) {
	for id, r := range v.tokens {
		if !r.Until.IsZero() && now.After(r.Until.Time) {
			delete(v.tokens, id)
		}
	}
}
