package hub

import (
	"context"
	"net/http"
)

// Identify returns what the sender of a request is granted, by the credential or the cookie
// that it shows. A ticket does not count, since it would be spent. Errors are those of an
// [Authorizer]. It blocks for as long as a credential takes to judge, at most signInTime.
func (h *Hub) Identify(r *http.Request) (Grant, error) {
	if h.opts.Authorize == nil {
		return Everything, nil
	}
	c, err := h.credential(r)
	if err != nil {
		return Grant{}, err
	}
	return h.Authorize(r.Context(), c)
}

// Authorize is an [Authorizer]: that of the options, which knows no log, with what the logs
// say was revoked taken off.
func (h *Hub) Authorize(ctx context.Context, c Credential) (Grant, error) {
	if h.opts.Authorize == nil {
		return Everything, nil
	}
	grant, err := h.authorize(ctx, c)
	if err != nil {
		return Grant{}, err
	}
	if h.tookBack(&grant) {
		return Grant{}, &Refusal{RefusedRevoked, "this credential was revoked; get a new one"}
	}
	return grant, nil
}

// tookBack reports whether an app's log revoked the grant. Each log has every revocation.
func (h *Hub) tookBack(g *Grant) bool {
	for app, f := range h.feeds {
		if g.covers(app) && f.revokes(g) {
			return true
		}
	}
	return false
}

func (f *feed) revokes(g *Grant) bool {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.revoked.cover(g)
}
