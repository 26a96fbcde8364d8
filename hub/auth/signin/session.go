package signin

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"

	"battlehub/hub"
)

// maxBody bounds what a browser may send: twice the longest token that a hub reads.
const maxBody = 16 << 10

// serveSession tells who is signed in, signs in with a token, and signs out.
func (h *handler) serveSession(w http.ResponseWriter, r *http.Request) {
	switch {
	case !allow(w, r, http.MethodGet, http.MethodHead, http.MethodPost, http.MethodDelete):
	case r.Method == http.MethodPost:
		h.signIn(w, r)
	case r.Method == http.MethodDelete:
		h.signOut(w, r)
	default:
		h.tell(w, r)
	}
}

// tell answers who sent the request, or how to sign in.
func (h *handler) tell(w http.ResponseWriter, r *http.Request) {
	if h.opts.Authorize == nil {
		writeSession(w, answer{Role: roleOf(&hub.Everything), Open: true})
		return
	}
	grant, err := h.opts.Identify(r)
	if err != nil {
		h.unauthenticated(err).write(w)
		return
	}
	writeSession(w, h.answer(grant))
}

// signIn lets the browser keep the token that it sent.
func (h *handler) signIn(w http.ResponseWriter, r *http.Request) {
	grant, refused := h.takeToken(w, r)
	if refused != nil {
		h.metrics.count(byToken, refused.result)
		refused.write(w)
		return
	}
	h.metrics.count(byToken, resultOK)
	h.opts.Log.Info("signed in", "method", byToken, "role", roleOf(&grant), "token_id", grant.TokenID)
	writeSession(w, h.answer(grant))
}

// takeToken judges the token in a request. What costs nothing is checked first.
func (h *handler) takeToken(w http.ResponseWriter, r *http.Request) (hub.Grant, *problem) {
	if refused := h.checkOrigin(r); refused != nil {
		return hub.Grant{}, refused
	}
	if h.opts.Authorize == nil {
		return hub.Grant{}, malformed(http.StatusBadRequest, "this hub is open: there is nothing to sign in to")
	}
	if refused := h.limit(r); refused != nil {
		return hub.Grant{}, refused
	}
	token, refused := readToken(w, r)
	if refused != nil {
		return hub.Grant{}, refused
	}
	grant, err := h.keep(w, r, token)
	if err != nil {
		return hub.Grant{}, h.unauthenticated(err)
	}
	return grant, nil
}

// checkOrigin refuses requests of other sites' pages, which could sign a visitor in as
// somebody else, or out (login CSRF). Browsers send Origin with every POST and DELETE, so
// whoever sends none is no page and can use the token itself.
func (h *handler) checkOrigin(r *http.Request) *problem {
	if hub.OwnOrigin(h.opts.Origin, r.Header.Get("Origin"), r) {
		return nil
	}
	return malformed(http.StatusForbidden, "Origin must be the hub's own: only its dashboard signs in and out here "+
		"(behind a proxy that changes Host, set --public-url); other clients send their token with each request")
}

// readToken reads {"token": "…"}. A type that no form can have makes other sites' pages ask
// first, which nobody answers.
func readToken(w http.ResponseWriter, r *http.Request) (hub.Secret, *problem) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return "", malformed(http.StatusUnsupportedMediaType, "Content-Type must be application/json")
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if _, big := errors.AsType[*http.MaxBytesError](err); big {
		return "", malformed(http.StatusRequestEntityTooLarge, "the body is over 16 KiB; a token is shorter")
	}
	var sent struct {
		Token string `json:"token"`
	}
	if err != nil || json.Unmarshal(body, &sent) != nil || sent.Token == "" {
		return "", malformed(http.StatusBadRequest, `send {"token":"…"}`)
	}
	return hub.Secret(sent.Token), nil
}

// signOut has the browser forget its token. The token itself stays good until it expires or
// is revoked.
func (h *handler) signOut(w http.ResponseWriter, r *http.Request) {
	if refused := h.checkOrigin(r); refused != nil {
		refused.write(w)
		return
	}
	http.SetCookie(w, forgetToken())
	w.WriteHeader(http.StatusNoContent)
}
