package signin

import (
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"battlehub/hub"
)

// OIDC says how people sign in with the account that they have elsewhere, by the
// authorization code flow of OpenID Connect with PKCE.
type OIDC struct {
	Issuer       string     // exactly as the provider's own metadata name it
	ClientID     string     // that the provider gave the hub
	ClientSecret hub.Secret // "": a public client; PKCE still binds the code to the hub
	Name         string     // of the provider, for the button
	PublicURL    string     // where browsers find the hub, without a slash at the end
	Roles        Roles

	// Mint makes the token that the browser keeps. Authorize must take it.
	Mint func(hub.Grant) (hub.Secret, error)

	Transport http.RoundTripper // to the provider; default: direct, or by the environment's proxy
}

// CallbackURL is where the provider must be told to send people back to.
func CallbackURL(publicURL string) string { return publicURL + "/v1/signin/callback" }

// sessionTime is how long a sign-in lasts: a long shift.
const sessionTime = 12 * time.Hour

// begin sends a browser to the provider, with what it must come back with.
func (h *handler) begin(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet {
		h.fail(w, wrongMethod(w))
		return
	}
	p, failed := h.provider.get(r.Context())
	if failed != nil {
		h.fail(w, failed)
		return
	}
	f := newFlow(time.Now())
	http.SetCookie(w, f.cookie())
	http.Redirect(w, r, p.oauth.AuthCodeURL(f.state, oidc.Nonce(f.nonce), oauth2.S256ChallengeOption(f.verifier)), http.StatusSeeOther)
}

// finish signs in whoever the provider sent back.
//
// It ends in a redirect, although this request came from another site and so will the one
// that follows, which browsers send without a cookie that is SameSite=Strict: the dashboard
// is the same page for everybody, and what it then asks for by itself comes from its own
// site, with the cookie. The redirect also keeps the code out of the history.
func (h *handler) finish(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet {
		h.fail(w, wrongMethod(w))
		return
	}
	http.SetCookie(w, forgetFlow()) // it is good for once, whatever comes of it
	grant, failed := h.complete(w, r)
	if failed != nil {
		h.fail(w, failed)
		return
	}
	h.metrics.count(byOIDC, resultOK)
	h.opts.Log.Info("signed in", "method", byOIDC, "role", roleOf(&grant), "token_id", grant.TokenID)
	http.Redirect(w, r, h.opts.OIDC.PublicURL+"/", http.StatusSeeOther)
}

// complete turns what the provider sent along into a cookie. That the browser began this
// sign-in comes first: before, nothing in the request is worth a look, and nobody can be
// made to sign in as somebody else (login CSRF).
func (h *handler) complete(w http.ResponseWriter, r *http.Request) (hub.Grant, *failure) {
	f, failed := h.readFlow(r)
	if failed != nil {
		return hub.Grant{}, failed
	}
	if failed := h.readError(r.URL.Query()); failed != nil {
		return hub.Grant{}, failed
	}
	if refused := h.limit(r); refused != nil {
		return hub.Grant{}, &failure{status: refused.Status, result: refused.result, retry: refused.retry,
			title: "Too many attempts", text: "Too many people tried to sign in from your address. Wait a little and try again."}
	}
	p, failed := h.provider.get(r.Context())
	if failed != nil {
		return hub.Grant{}, failed
	}
	claims, failed := p.redeem(r.Context(), r.URL.Query().Get("code"), f)
	if failed != nil {
		return hub.Grant{}, failed
	}
	return h.admit(w, r, claims)
}

// readError looks for what the provider has against it (RFC 6749 §4.1.2.1). An issuer, if
// one is named, must be ours (RFC 9207).
func (h *handler) readError(query url.Values) *failure {
	if issuer := query.Get("iss"); issuer != "" && issuer != h.opts.OIDC.Issuer {
		return &failure{status: http.StatusBadRequest, result: resultRefused, title: notSignedIn,
			text: "The answer came from another provider than the one that was asked.", cause: errors.New("iss of the callback is foreign")}
	}
	code := query.Get("error")
	if code == "" {
		return nil
	}
	f := &failure{status: http.StatusForbidden, result: resultRefused, title: notSignedIn,
		text: h.opts.OIDC.Name + " did not let you in.", quote: brief(code), cause: errors.New("the provider answered " + brief(code))}
	if description := query.Get("error_description"); description != "" {
		f.quote += ": " + brief(description)
	}
	return f
}

// admit mints the token of whoever the claims are about.
func (h *handler) admit(w http.ResponseWriter, r *http.Request, claims claims) (hub.Grant, *failure) {
	granted, failed := h.opts.OIDC.Roles.grant(claims)
	if failed != nil {
		return hub.Grant{}, failed
	}
	now := time.Now()
	granted.TokenID, granted.Issued, granted.Expires = rand.Text(), now, claims.sessionEnd(now)
	if !granted.Expires.After(now) {
		return hub.Grant{}, unproven(errors.New("by the ID token's session_expiry, the session is over"))
	}
	token, err := h.opts.OIDC.Mint(granted)
	if err != nil {
		return hub.Grant{}, &failure{status: http.StatusInternalServerError, result: resultRefused, title: notSignedIn,
			text: "The hub could not make a token for what you may see. Its log says why.", cause: err}
	}
	grant, err := h.keep(w, r, token)
	if err != nil {
		p := h.unauthenticated(err)
		return hub.Grant{}, &failure{status: http.StatusInternalServerError, result: p.result, retry: p.retry, title: notSignedIn,
			text: "The hub does not take the token that it made for you.", quote: p.Detail, cause: err}
	}
	return grant, nil
}
