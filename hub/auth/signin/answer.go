package signin

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	"battlehub/hub"
	"battlehub/hub/auth"
)

// answer is who is signed in.
type answer struct {
	User    string    `json:"user"`
	Role    string    `json:"role"`
	Rooms   []string  `json:"rooms"` // null: every room
	Apps    []hub.App `json:"apps"`  // null: every app of this hub
	Expires hub.Time  `json:"expires,omitzero"`
	Open    bool      `json:"open"` // nobody needs to sign in

	SignIn *ways `json:"sign_in,omitempty"` // for when the session ends; absent from an open hub
}

// ways tells how one may sign in.
type ways struct {
	Token bool     `json:"token"` // with a token from elsewhere
	OIDC  *oidcWay `json:"oidc,omitempty"`
}

type oidcWay struct {
	Name string `json:"name"` // of the provider
}

func (h *handler) ways() *ways {
	w := &ways{Token: h.opts.Tokens}
	if h.opts.OIDC != nil {
		w.OIDC = &oidcWay{h.opts.OIDC.Name}
	}
	return w
}

func (h *handler) answer(g hub.Grant) answer {
	a := answer{User: g.User, Role: roleOf(&g), Apps: g.Apps, SignIn: h.ways()}
	if !g.Moderator() {
		a.Rooms = append([]string{}, g.Rooms...) // never null, even if they only follow from the log
	}
	if !g.Expires.IsZero() {
		a.Expires = hub.At(g.Expires)
	}
	return a
}

func roleOf(g *hub.Grant) string {
	if g.Moderator() {
		return auth.RoleModerator
	}
	return auth.RoleOwner
}

func writeSession(w http.ResponseWriter, a answer) {
	writeJSON(w, "application/json", http.StatusOK, a)
}

// problem is an error answer (RFC 9457).
type problem struct {
	Title  string            `json:"title"`
	Status int               `json:"status"`
	Detail string            `json:"detail"`
	Reason hub.RefusalReason `json:"reason,omitempty"` // why a credential grants nothing
	SignIn *ways             `json:"sign_in,omitempty"`

	retry  time.Duration // Retry-After, if not zero
	result result        // of an attempt to sign in
}

func (p *problem) write(w http.ResponseWriter) {
	p.Title = http.StatusText(p.Status)
	setRetry(w, p.retry)
	writeJSON(w, "application/problem+json", p.Status, p)
}

// unauthenticated says why somebody is not signed in, and how to.
func (h *handler) unauthenticated(err error) *problem {
	refusal, ok := errors.AsType[*hub.Refusal](err)
	if !ok {
		h.unjudged.Do(func() { h.opts.Log.Error("tokens cannot be judged", "err", err) })
		return &problem{Status: http.StatusServiceUnavailable, Detail: "tokens cannot be judged now; try again later",
			retry: time.Second + rand.N(4*time.Second), result: resultUnavailable}
	}
	return &problem{Status: http.StatusUnauthorized, Detail: refusal.Detail, Reason: refusal.Reason, SignIn: h.ways(), result: resultRefused}
}

func malformed(status int, detail string) *problem {
	return &problem{Status: status, Detail: detail, result: resultMalformed}
}

func setRetry(w http.ResponseWriter, after time.Duration) {
	if after > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int((after+time.Second-1)/time.Second)))
	}
}

func writeJSON(w http.ResponseWriter, kind string, status int, v any) {
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client may be gone; there is no one else to tell
}
