package auth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"battlehub/hub"
)

// liveToken is a token of the signer that is good for a day of the bubble's clock.
func (s signer) liveToken(t *testing.T, kid string) hub.Credential {
	t.Helper()
	payload := fmt.Sprintf(`{"sub":"ann","exp":%d,"battlehub":{"role":"moderator"}}`, time.Now().Add(24*time.Hour).Unix())
	return hub.Credential{Scheme: hub.CredentialBearer, Text: hub.Secret(s.published(t, kid, payload))}
}

// wantUnknown checks that a credential was neither taken nor refused.
func wantUnknown(t *testing.T, g hub.Grant, err error) {
	t.Helper()
	if refusal, refused := errors.AsType[*hub.Refusal](err); err == nil || refused {
		t.Errorf("%+v, %v: want that it cannot be checked now", g, refusal)
	}
}

func publishing(text string) func(*endpoint) { return func(e *endpoint) { e.publish(text) } }

func TestEndpointDownAtStart(t *testing.T) {
	s := signers()["ES256"]
	bubble(t, (*endpoint).fail, func(t *testing.T, e *endpoint, j *Judge, reg *prometheus.Registry) {
		token := s.liveToken(t, "k")
		g, err := j.Authorize(t.Context(), token)
		wantUnknown(t, g, err)
		if !strings.Contains(err.Error(), "--jwks-url") || !strings.Contains(err.Error(), "connection refused") {
			t.Errorf("%q says neither what is missing nor why", err)
		}
		g, err = j.Authorize(t.Context(), hub.Credential{Scheme: hub.CredentialBearer, Text: hub.Secret(hs256(t, secret, claimsOK))})
		wantRefusal(t, g, err, hub.RefusedSignature, "signature") // no published key could change that
		if err := testutil.GatherAndCompare(reg, strings.NewReader("# HELP battlehub_jwks_age_seconds How long ago the published keys in use were fetched; infinite while there are none.\n"+
			"# TYPE battlehub_jwks_age_seconds gauge\nbattlehub_jwks_age_seconds +Inf\n"), "battlehub_jwks_age_seconds"); err != nil {
			t.Error(err)
		}
		e.publish(keySetJSON(t, s.jwk(t, "k")))
		wait(refreshSpacing)
		if _, err := j.Authorize(t.Context(), token); err != nil {
			t.Error(err)
		}
		if n := e.fetches(); n != 2 {
			t.Errorf("%d fetches, want one that failed and one more", n)
		}
	})
}

// TestStaleKeysServe: whatever becomes of the endpoint, the keys that it gave still count.
func TestStaleKeysServe(t *testing.T) {
	s := signers()["ES256"]
	answers := map[string]struct {
		spoil  func(*endpoint)
		result fetchResult
	}{
		"unreachable": {(*endpoint).fail, fetchUnreachable},
		"status": {func(e *endpoint) {
			e.says(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
		}, fetchStatus},
		"page":  {publishing("<html>login</html>"), fetchContent},
		"error": {publishing(`{"error":"busy"}`), fetchContent},
		"huge":  {publishing(`{"keys":[` + strings.Repeat(" ", maxKeySet) + `]}`), fetchContent},
		"endless": {func(e *endpoint) {
			e.says(func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, zeros{}) })
		}, fetchContent},
		"silent": {func(e *endpoint) { e.says(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }) }, fetchUnreachable},
		"dripping": {func(e *endpoint) {
			e.says(func(w http.ResponseWriter, r *http.Request) {
				for r.Context().Err() == nil {
					_, _ = io.WriteString(w, " ")
					_ = http.NewResponseController(w).Flush()
					<-time.After(time.Second)
				}
			})
		}, fetchUnreachable},
		"redirect": {func(e *endpoint) {
			e.says(http.RedirectHandler("http://other.example/jwks.json", http.StatusFound).ServeHTTP)
		}, fetchUnreachable},
	}
	for name, a := range answers {
		t.Run(name, func(t *testing.T) {
			bubble(t, publishing(keySetJSON(t, s.jwk(t, "k"))), func(t *testing.T, e *endpoint, j *Judge, _ *prometheus.Registry) {
				known, unknown := s.liveToken(t, "k"), s.liveToken(t, "new")
				if _, err := j.Authorize(t.Context(), known); err != nil {
					t.Fatal(err)
				}
				a.spoil(e)
				wait(20 * time.Minute)
				if _, err := j.Authorize(t.Context(), known); err != nil {
					t.Error(err)
				}
				g, err := j.Authorize(t.Context(), unknown) // perhaps it is published by now: who knows
				wantUnknown(t, g, err)
				if refreshes(t, j, a.result) < 2 || refreshes(t, j, fetchOK) != 1 {
					t.Errorf("%v fetches %s, %v ok", refreshes(t, j, a.result), a.result, refreshes(t, j, fetchOK))
				}
				if age, _ := j.keys.age(); age < 20*time.Minute || age > 21*time.Minute {
					t.Errorf("keys of %v ago", age)
				}
				e.publish(keySetJSON(t, s.jwk(t, "new")))
				wait(refreshSpacing + fetchTimeout)
				if _, err := j.Authorize(t.Context(), unknown); err != nil {
					t.Error(err)
				}
				g, err = j.Authorize(t.Context(), known)
				wantRefusal(t, g, err, hub.RefusedSignature, "signature") // it was taken back
			})
		})
	}
}

// zeros is a body without an end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// TestRefreshes: keys are fetched every quarter of an hour, without anybody asking.
func TestRefreshes(t *testing.T) {
	bubble(t, publishing(`{"keys":[]}`), func(t *testing.T, e *endpoint, j *Judge, _ *prometheus.Registry) {
		wait(time.Hour + time.Minute)
		if n := e.fetches(); n != 5 || refreshes(t, j, fetchOK) != 5 {
			t.Errorf("%d fetches, want 5", n)
		}
	})
}

// TestNewKeyIsFoundAtOnce: the first token that a new key signed makes the hub ask for it.
func TestNewKeyIsFoundAtOnce(t *testing.T) {
	s := signers()["ES256"]
	bubble(t, publishing(keySetJSON(t, s.jwk(t, "old"))), func(t *testing.T, e *endpoint, j *Judge, _ *prometheus.Registry) {
		wait(time.Minute)
		e.publish(keySetJSON(t, s.jwk(t, "old"), s.jwk(t, "new")))
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				if _, err := j.Authorize(t.Context(), s.liveToken(t, "new")); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if n := e.fetches(); n != 2 {
			t.Errorf("%d fetches, want 2: everybody waits for the same one", n)
		}
	})
}

// TestUnknownKidFlood: whatever tokens come, the endpoint is asked at most every 30 s, and
// those of known keys are not held up.
func TestUnknownKidFlood(t *testing.T) {
	s := signers()["ES256"]
	bubble(t, publishing(keySetJSON(t, s.jwk(t, "k"))), func(t *testing.T, e *endpoint, j *Judge, _ *prometheus.Registry) {
		known, forged := s.liveToken(t, "k"), s.liveToken(t, "forged")
		const lasts = 10 * time.Minute
		for began := time.Now(); time.Since(began) < lasts; wait(500 * time.Millisecond) {
			g, err := j.Authorize(t.Context(), forged)
			wantRefusal(t, g, err, hub.RefusedSignature, "signature")
			before := time.Now()
			if _, err := j.Authorize(t.Context(), known); err != nil || !time.Now().Equal(before) {
				t.Fatalf("a good token: %v after %v", err, time.Since(before))
			}
		}
		if n, most := e.fetches(), 1+int(lasts/refreshSpacing); n > most || n < most/2 {
			t.Errorf("%d fetches in %v, want about %d", n, lasts, most)
		}
	})
}

// TestClientsThatLeave do not end the fetch that others wait for.
func TestClientsThatLeave(t *testing.T) {
	s := signers()["ES256"]
	slow := func(e *endpoint) {
		e.says(func(w http.ResponseWriter, _ *http.Request) {
			<-time.After(2 * time.Second)
			_, _ = io.WriteString(w, keySetJSON(t, s.jwk(t, "k")))
		})
	}
	bubble(t, slow, func(t *testing.T, e *endpoint, j *Judge, _ *prometheus.Registry) {
		token := s.liveToken(t, "k")
		impatient, leave := context.WithTimeout(t.Context(), time.Second)
		defer leave()
		var both sync.WaitGroup
		both.Go(func() {
			g, err := j.Authorize(impatient, token)
			wantUnknown(t, g, err)
		})
		both.Go(func() {
			if _, err := j.Authorize(t.Context(), token); err != nil {
				t.Error(err)
			}
		})
		both.Wait()
		if e.fetches() != 1 {
			t.Errorf("%d fetches", e.fetches())
		}
	})
}

// TestCloseEndsAFetch: it does not wait for an endpoint that says nothing, and afterwards
// the keys stay what they were.
func TestCloseEndsAFetch(t *testing.T) {
	s := signers()["ES256"]
	bubble(t, publishing(keySetJSON(t, s.jwk(t, "k"))), func(t *testing.T, e *endpoint, j *Judge, _ *prometheus.Registry) {
		known, unknown := s.liveToken(t, "k"), s.liveToken(t, "new")
		wait(time.Minute)
		e.says(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		var waiting sync.WaitGroup
		waiting.Go(func() {
			g, err := j.Authorize(t.Context(), unknown)
			wantUnknown(t, g, err)
		})
		synctest.Wait()
		before := time.Now()
		if err := j.Close(); err != nil || !time.Now().Equal(before) {
			t.Errorf("%v after %v", err, time.Since(before))
		}
		waiting.Wait()
		if _, err := j.Authorize(t.Context(), known); err != nil {
			t.Error(err)
		}
		asked := e.fetches()
		wait(time.Hour)
		if _, _ = j.Authorize(t.Context(), unknown); e.fetches() != asked {
			t.Error("it fetches after Close")
		}
	})
}
