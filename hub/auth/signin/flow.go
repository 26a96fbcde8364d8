package signin

import (
	"crypto/rand"
	"crypto/subtle"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/oauth2"
)

// flowCookie holds what ties the way back from the provider to the way there. It is Lax, since
// the way back comes from the provider's site; its prefix keeps sibling hosts from planting
// one, so that it needs no signature: whoever changes their own only fails to sign in.
const flowCookie = "__Host-battlehub-oidc"

// flowTime is how long somebody may take at the provider.
const flowTime = 10 * time.Minute

// flow is a sign-in that is under way.
type flow struct {
	begun    time.Time
	state    string // that this browser began it (RFC 6749 §10.12)
	nonce    string // that the ID token is for it (OpenID Connect Core §15.5.2)
	verifier string // that whoever has the code is who began it (RFC 7636)
}

func newFlow(now time.Time) flow {
	return flow{begun: now, state: rand.Text(), nonce: rand.Text(), verifier: oauth2.GenerateVerifier()}
}

func (f flow) cookie() *http.Cookie {
	value := strings.Join([]string{strconv.FormatInt(f.begun.Unix(), 10), f.state, f.nonce, f.verifier}, ".")
	return &http.Cookie{Name: flowCookie, Value: value, Path: "/", MaxAge: int(flowTime / time.Second),
		Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode}
}

func forgetFlow() *http.Cookie {
	c := flow{}.cookie()
	c.Value, c.MaxAge = "", -1
	return c
}

// parseFlow reads what cookie wrote.
func parseFlow(value string) (f flow, ok bool) {
	parts := strings.Split(value, ".")
	if len(parts) != 4 || parts[1] == "" || parts[2] == "" || parts[3] == "" {
		return f, false
	}
	begun, err := strconv.ParseInt(parts[0], 10, 64)
	return flow{time.Unix(begun, 0), parts[1], parts[2], parts[3]}, err == nil
}

// readFlow returns the sign-in that a browser comes back from.
func (h *handler) readFlow(r *http.Request) (flow, *failure) {
	stale := &failure{status: http.StatusBadRequest, result: resultStale, title: notSignedIn,
		text: "This browser began no such sign-in at " + h.opts.OIDC.PublicURL + ", or it took more than ten minutes, or began another since. Try again."}
	cookie, err := r.Cookie(flowCookie)
	if err != nil {
		return flow{}, stale
	}
	f, ok := parseFlow(cookie.Value)
	if !ok || time.Since(f.begun) > flowTime || !same(f.state, r.URL.Query().Get("state")) {
		return flow{}, stale
	}
	return f, nil
}

// same compares two texts in a time that tells nothing of where they differ.
func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
