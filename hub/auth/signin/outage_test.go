package signin

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/oauth2-proxy/mockoidc"
)

// inMemory is a network in which only the provider is, and which may be down.
type inMemory struct {
	http.Handler
	down  atomic.Bool
	asked atomic.Int32
}

func (n *inMemory) RoundTrip(r *http.Request) (*http.Response, error) {
	if n.asked.Add(1); n.down.Load() {
		return nil, errors.New("connection refused")
	}
	w := httptest.NewRecorder()
	n.ServeHTTP(w, r)
	return w.Result(), nil
}

// network puts a provider into one, for tests whose clock is synctest's.
func (s *site) network() *inMemory {
	s.url, s.provider = hubOrigin, newProvider(s.t)
	s.provider.Server = &http.Server{Addr: "127.0.0.1:1"} // for its issuer; it is not started
	mux := http.NewServeMux()
	mux.HandleFunc(mockoidc.DiscoveryEndpoint, s.provider.Discovery)
	mux.HandleFunc(mockoidc.TokenEndpoint, s.provider.Token)
	mux.HandleFunc(mockoidc.JWKSEndpoint, s.provider.JWKS)
	return &inMemory{Handler: mux}
}

// TestTheProviderIsLookedForAgain: a hub starts without it, and has it once it is there. Many
// who want to sign in meanwhile do not become many requests.
func TestTheProviderIsLookedForAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &site{t: t}
		net := s.network()
		net.down.Store(true)
		h := s.handler(func(o *OIDC) { o.Transport = net })
		begin := func() int { return serve(h, request(http.MethodGet, "/v1/signin/oidc", "")).StatusCode }
		for range 5 {
			if code := begin(); code != http.StatusBadGateway {
				t.Errorf("%d while it is down", code)
			}
		}
		net.down.Store(false)
		if code, asked := begin(), net.asked.Load(); code != http.StatusBadGateway || asked != 1 {
			t.Errorf("right after: %d, asked %d times", code, asked)
		}
		<-time.After(pause + time.Millisecond)
		for range 5 {
			if code := begin(); code != http.StatusSeeOther {
				t.Errorf("%d once it is up", code)
			}
		}
		if asked := net.asked.Load(); asked != 2 {
			t.Errorf("asked %d times", asked)
		}
		if n := counted(t, s.options, byOIDC, resultUnavailable); n != 6 {
			t.Errorf("counted %v times", n)
		}
	})
}

// TestAFlowTakesTenMinutes, and what comes after it does not reach the provider. Should that be
// down in the middle of it, it can be tried again.
func TestAFlowTakesTenMinutes(t *testing.T) {
	for name, test := range map[string]struct {
		wait   time.Duration
		down   bool
		status int
	}{
		"in_time":  {flowTime, false, http.StatusSeeOther},
		"too_late": {flowTime + time.Second, false, http.StatusBadRequest},
		"down":     {time.Second, true, http.StatusBadGateway},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &site{t: t}
				net := s.network()
				h := s.handler(func(o *OIDC) { o.Transport = net })
				begun := serve(h, request(http.MethodGet, "/v1/signin/oidc", ""))
				there, err := begun.Location()
				if err != nil {
					t.Fatal(err)
				}
				s.provider.QueueUser(moderator)
				w := httptest.NewRecorder()
				s.provider.Authorize(w, httptest.NewRequest(http.MethodGet, there.String(), nil))
				callback, err := w.Result().Location()
				if err != nil {
					t.Fatal(err)
				}
				<-time.After(test.wait)
				net.down.Store(test.down)
				c := cookie(begun, flowCookie)
				resp := serve(h, request(http.MethodGet, callback.RequestURI(), "", "Cookie", c.Name+"="+c.Value))
				if resp.StatusCode != test.status {
					t.Errorf("%d %s", resp.StatusCode, bodyOf(t, resp))
				}
				if asked := net.asked.Load(); test.status == http.StatusBadRequest && asked != 1 {
					t.Errorf("asked %d times", asked)
				}
			})
		})
	}
}

// TestCallbacksAreBounded: they make the hub ask the provider.
func TestCallbacksAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &site{t: t}
		net := s.network()
		h := s.handler(func(o *OIDC) { o.Transport = net })
		last := 0
		for range attemptsBurst + 1 {
			begun := serve(h, request(http.MethodGet, "/v1/signin/oidc", ""))
			there, err := begun.Location()
			if err != nil {
				t.Fatal(err)
			}
			c := cookie(begun, flowCookie)
			callback := "/v1/signin/callback?code=made-up&state=" + url.QueryEscape(there.Query().Get("state"))
			last = serve(h, request(http.MethodGet, callback, "", "Cookie", c.Name+"="+c.Value)).StatusCode
		}
		if last != http.StatusTooManyRequests {
			t.Errorf("the last: %d", last)
		}
		if asked := net.asked.Load(); asked != attemptsBurst+1 {
			t.Errorf("asked %d times", asked)
		}
	})
}
