package auth

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

func TestCheckJWKSURL(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"https://id.example.com/.well-known/jwks.json", "https://id.example.com", "https://10.0.0.1:8443/k?tenant=1",
		"http://localhost:8080/jwks", "http://127.0.0.1/", "http://[::1]:9/jwks"} {
		if err := CheckJWKSURL(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for bad, says := range map[string]string{
		"":                                  "write a URL",
		"id.example.com/jwks":               "write a URL",
		"file:///etc/passwd":                "write a URL",
		"https:///jwks":                     "write a URL",
		"https://h/%zz":                     "write a URL",
		"http://id.example.com/jwks":        "use https",
		"http://localhost.example.com/jwks": "use https",
		"http://10.0.0.1/jwks":              "use https",
		"https://user:s3cret@id.example/":   "without user",
		"https://id.example/#keys":          "fragment",
	} {
		if err := CheckJWKSURL(bad); err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v, want …%s…", bad, err, says)
		}
	}
}

// serve runs a real server, TLS or not.
func serve(t *testing.T, start func(http.Handler) *httptest.Server, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := start(h)
	t.Cleanup(s.Close)
	return s
}

// TestRedirects are followed on the same host only: who controls a page there may not hand
// the hub keys from anywhere, or make it ask an address inside the operator's network.
func TestRedirects(t *testing.T) {
	t.Parallel()
	text := keySetJSON(t, signers()["ES256"].jwk(t, "k"))
	elsewhere := serve(t, httptest.NewServer, func(w http.ResponseWriter, _ *http.Request) {
		t.Error("another host was asked")
		_, _ = w.Write([]byte(text))
	})
	home := serve(t, httptest.NewServer, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/keys":
			_, _ = w.Write([]byte(text))
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		default:
			http.Redirect(w, r, r.URL.Query().Get("to"), http.StatusTemporaryRedirect)
		}
	})
	for name, test := range map[string]struct {
		path string
		says string // "": the keys come
	}{
		"none":         {"/keys", ""},
		"same_host":    {"/?to=/keys", ""},
		"other_port":   {"/?to=" + url.QueryEscape(elsewhere.URL), "another host"},
		"other_name":   {"/?to=" + url.QueryEscape(strings.Replace(home.URL, "127.0.0.1", "localhost", 1)+"/keys"), "another host"},
		"other_scheme": {"/?to=" + url.QueryEscape(strings.Replace(home.URL, "http:", "https:", 1)+"/keys"), "another host"},
		"metadata":     {"/?to=" + url.QueryEscape("http://169.254.169.254/latest"), "another host"},
		"loop":         {"/loop", "too often"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			set, result, err := fetchKeySet(t.Context(), newFetchClient(), home.URL+test.path)
			switch {
			case test.says == "" && (err != nil || result != fetchOK || len(set.keys) != 1):
				t.Errorf("%s: %v", result, err)
			case test.says != "" && (err == nil || result != fetchUnreachable || !strings.Contains(err.Error(), test.says)):
				t.Errorf("%s: %v, want …%s…", result, err, test.says)
			}
		})
	}
}

// TestAnswersThatAreNoKeys: bounded, named, and without the URL, whose query may be private.
func TestAnswersThatAreNoKeys(t *testing.T) {
	t.Parallel()
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	for range 8 {
		if _, err := z.Write(make([]byte, 1<<20)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		result fetchResult
		says   string
	}{
		"not_found":  {http.NotFound, fetchStatus, "404"},
		"no_content": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }, fetchStatus, "204"},
		"page":       {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }, fetchContent, "not a JWKS"},
		"gzip_bomb": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(bomb.Bytes())
		}, fetchContent, "over 1048576 bytes"},
		"header_bomb": {func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X", strings.Repeat("x", 1<<20)) }, fetchUnreachable, "no answer"},
		"broken_off": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte(`{"keys":`))
		}, fetchUnreachable, "broke off"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, httptest.NewServer, test.answer)
			set, result, err := fetchKeySet(t.Context(), newFetchClient(), s.URL+"/?key=s3cret")
			if err == nil || set != nil || result != test.result || !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "s3cret") {
				t.Errorf("%s: %v; want %s: …%s…", result, err, test.result, test.says)
			}
		})
	}
	t.Run("certificate_of_nobody", func(t *testing.T) {
		t.Parallel()
		s := serve(t, httptest.NewTLSServer, func(http.ResponseWriter, *http.Request) { t.Error("it was asked") })
		s.Config.ErrorLog = nil
		if _, result, err := fetchKeySet(t.Context(), newFetchClient(), s.URL); result != fetchUnreachable || err == nil {
			t.Errorf("%s: %v", result, err)
		}
	})
}
