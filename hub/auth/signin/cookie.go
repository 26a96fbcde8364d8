package signin

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"battlehub/hub"
)

// maxCookie is how many bytes of name and value browsers keep; a longer cookie they drop in
// silence (RFC 6265bis §5.6).
const maxCookie = 4096

// keep judges a token and, if it grants anything, has the browser keep it for as long.
func (h *handler) keep(w http.ResponseWriter, r *http.Request, token hub.Secret) (hub.Grant, error) {
	if size := len(hub.SessionCookie) + len(token); size > maxCookie {
		return hub.Grant{}, &hub.Refusal{Reason: hub.RefusedMalformed,
			Detail: fmt.Sprintf("the token is too long for a cookie, by %d bytes; get one that lists fewer rooms", size-maxCookie)}
	}
	if strings.ContainsFunc(string(token), notInCookies) {
		return hub.Grant{}, &hub.Refusal{Reason: hub.RefusedMalformed, Detail: "the token has characters that no token has; copy it anew"}
	}
	grant, err := h.opts.Authorize(r.Context(), hub.Credential{Scheme: hub.CredentialBearer, Text: token})
	if err != nil {
		return hub.Grant{}, err
	}
	http.SetCookie(w, tokenCookie(token, grant.Expires))
	return grant, nil
}

// notInCookies is what a cookie's value cannot hold (RFC 6265 §4.1.1). net/http would leave it
// out, and tell the standard log.
func notInCookies(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`",;\`, r) }

// tokenCookie keeps a token. Scripts cannot read it, and no other site's page has it sent.
func tokenCookie(token hub.Secret, expires time.Time) *http.Cookie {
	c := &http.Cookie{Name: hub.SessionCookie, Value: string(token), Path: "/",
		Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode}
	if !expires.IsZero() {
		c.MaxAge = max(1, int(time.Until(expires)/time.Second)) // net/http takes 0 for: no limit
	}
	return c
}

func forgetToken() *http.Cookie {
	c := tokenCookie("", time.Time{})
	c.MaxAge = -1
	return c
}
