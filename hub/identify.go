package hub

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// SessionCookie is the cookie in which the dashboard keeps a bearer token. The prefix makes
// browsers insist on Secure, on Path=/ and on no Domain (RFC 6265bis §4.1.3), so that no
// sibling host can plant one.
const SessionCookie = "__Host-battlehub"

// signInTime bounds how long it may take to find out what a credential grants.
const signInTime = 5 * time.Second

// identify finds out what the sender of a request may see.
func (h *Hub) identify(r *http.Request, values url.Values) (Grant, *problem) {
	if h.opts.Authorize == nil {
		return Everything, nil
	}
	if param := tokenInURL(values); param != "" {
		return Grant{}, badRequest(param + ": tokens do not belong in URLs, which end up in logs and histories; " +
			"send it as Authorization, as a subprotocol, or get a ticket from POST /v1/tickets")
	}
	grant, err := h.grantOf(r, values.Get("ticket"))
	if err != nil {
		return Grant{}, h.unauthenticated(err)
	}
	return grant, nil
}

// grantOf returns what the request's ticket or credential grants.
func (h *Hub) grantOf(r *http.Request, ticket string) (Grant, error) {
	if ticket != "" {
		return h.redeem(r.Context(), ticket)
	}
	c, err := h.credential(r)
	if err != nil {
		return Grant{}, err
	}
	return h.authorize(r.Context(), c)
}

// authorize asks what the credential grants, within signInTime.
func (h *Hub) authorize(ctx context.Context, c Credential) (Grant, error) {
	ctx, cancel := context.WithTimeout(ctx, signInTime)
	defer cancel()
	return h.opts.Authorize(ctx, c)
}

// unauthenticated turns the refusal of a credential into an answer.
func (h *Hub) unauthenticated(err error) *problem {
	refusal, ok := errors.AsType[*Refusal](err)
	if !ok {
		h.unjudged.Do(func() { h.opts.Log.Error("credentials cannot be checked", "err", err) })
		return unavailable(refusedGrant, "credentials cannot be checked now")
	}
	h.metrics.credentialRefused(refusal.Reason)
	return &problem{status: http.StatusUnauthorized, detail: refusal.Detail, close: CloseNoGrant, reason: refusedGrant}
}

// tokenInURL returns the query parameter that looks like a credential, or "".
func tokenInURL(query url.Values) string {
	for _, name := range []string{"token", "access_token", "jwt", "usersig", "authorization"} {
		if query.Has(name) {
			return name
		}
	}
	return ""
}

// The ways to pass a credential in Sec-WebSocket-Protocol, the one header of a handshake
// that a page's script can set.
var subprotocolSchemes = map[string]CredentialScheme{
	"bearer":  CredentialBearer,
	"usersig": CredentialUserSig,
}

// credential finds the credential of a request. What a browser adds by itself counts only
// if nothing else was said, and only for the hub's own pages.
func (h *Hub) credential(r *http.Request) (Credential, error) {
	var found []Credential
	if header := r.Header.Get("Authorization"); header != "" {
		scheme, text, _ := strings.Cut(header, " ")
		c := Credential{CredentialScheme(strings.ToLower(scheme)), Secret(strings.TrimSpace(text))}
		if c.Scheme != CredentialBearer && c.Scheme != CredentialUserSig {
			return c, &Refusal{RefusedScheme, "Authorization: use Bearer or UserSig"}
		}
		found = append(found, c)
	}
	for _, offer := range strings.Split(strings.Join(r.Header.Values("Sec-WebSocket-Protocol"), ","), ",") {
		name, text, _ := strings.Cut(strings.TrimSpace(offer), ".")
		if scheme, ok := subprotocolSchemes[name]; ok {
			found = append(found, Credential{scheme, Secret(text)})
		}
	}
	if len(found) == 0 && h.fromOwnPage(r) {
		if cookie, err := r.Cookie(SessionCookie); err == nil {
			found = append(found, Credential{CredentialBearer, Secret(cookie.Value)})
		}
	}
	switch len(found) {
	case 0:
		return Credential{}, &Refusal{RefusedMissing, "say who you are: Authorization: Bearer or UserSig, " +
			"the subprotocol bearer.… or usersig.…, or a ticket from POST /v1/tickets"}
	case 1:
		return found[0], nil
	default:
		return Credential{}, &Refusal{RefusedMalformed, "several credentials at once; send one"}
	}
}

// fromOwnPage reports whether a request was made by a page of the hub itself. Browsers
// leave out Origin when a page gets something from its own origin; Sec-Fetch-Site, which
// no script can set, then says so (W3C Fetch Metadata).
func (h *Hub) fromOwnPage(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return r.Header.Get("Sec-Fetch-Site") == "same-origin"
	}
	return h.isOwnOrigin(origin, r)
}

// isOwnOrigin reports whether origin is exactly the hub's own.
func (h *Hub) isOwnOrigin(origin string, r *http.Request) bool {
	return OwnOrigin(h.opts.Origin, origin, r)
}
