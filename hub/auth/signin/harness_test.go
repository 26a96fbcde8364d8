package signin

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"battlehub/hub"
	"battlehub/hub/auth"
)

const testSecret hub.Secret = "test-0123456789abcdef0123456789abcdef"

// hubOrigin is where httptest.NewRequest's requests go.
const hubOrigin = "https://example.com"

// judge takes the tokens of testSecret, as a hub would.
func judge(t testing.TB) hub.Authorizer {
	t.Helper()
	j, err := auth.New(auth.Options{Secrets: []hub.Secret{testSecret}})
	if err != nil {
		t.Fatal(err)
	}
	return j.Authorize
}

// mint makes a token of testSecret.
func mint(t testing.TB, g hub.Grant) hub.Secret {
	t.Helper()
	if g.Expires.IsZero() {
		g.Expires = time.Now().Add(time.Hour)
	}
	token, err := auth.Mint(testSecret, g)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// options are those of a hub with real judging and its own metrics. Its identify, as the
// hub's, takes the cookie from the hub's own pages only.
func options(t testing.TB) Options {
	o := Options{Authorize: judge(t), Tokens: true, Registerer: prometheus.NewRegistry()}
	h := hub.New(nil, hub.Options{Authorize: o.Authorize})
	t.Cleanup(h.Close)
	o.Identify = h.Identify
	return o
}

// request is one of the dashboard's, unless a header says otherwise. An empty header is none.
func request(method, target, body string, headers ...string) *http.Request {
	r := httptest.NewRequest(method, hubOrigin+target, strings.NewReader(body))
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if method != http.MethodGet {
		r.Header.Set("Origin", hubOrigin)
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		if r.Header.Set(headers[i], headers[i+1]); headers[i+1] == "" {
			r.Header.Del(headers[i])
		}
	}
	return r
}

func serve(h http.Handler, r *http.Request) *http.Response {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func bodyOf(t testing.TB, resp *http.Response) string {
	t.Helper()
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// cookie returns one that an answer sets; nil if it does not.
func cookie(resp *http.Response, name string) *http.Cookie {
	for _, c := range resp.Cookies() {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// counted returns how many attempts had a result.
func counted(t testing.TB, o Options, by method, r result) float64 {
	t.Helper()
	vec := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "battlehub_sign_ins_total",
		Help: "Attempts to sign in to the dashboard, by method and by what came of them."}, []string{"method", "result"})
	registered, ok := errors.AsType[prometheus.AlreadyRegisteredError](o.Registerer.Register(vec))
	if !ok {
		t.Fatal("it is not registered")
	}
	return testutil.ToFloat64(registered.ExistingCollector.(*prometheus.CounterVec).WithLabelValues(string(by), string(r)))
}

// down is an authorizer that cannot judge now.
func down(context.Context, hub.Credential) (hub.Grant, error) { return hub.Grant{}, errors.New("down") }
