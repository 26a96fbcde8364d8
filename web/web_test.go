package web

import (
	"encoding/json"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// request asks a fresh handler.
func request(method, target string, header http.Header) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	for key, values := range header {
		r.Header[key] = values
	}
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	return w
}

func TestServesWhatIsPromised(t *testing.T) {
	t.Parallel()
	for target, contentType := range map[string]string{
		"/":                           "text/html; charset=utf-8",
		"/?q=pk-3&battle=x%2Fy":       "text/html; charset=utf-8",
		"/client/battlehub.js":        "text/javascript; charset=utf-8",
		"/dashboard/app.js":           "text/javascript; charset=utf-8",
		"/dashboard/page.css":         "text/css; charset=utf-8",
		"/dashboard/icon.svg":         "image/svg+xml",
		"/vendor/preact/preact.js":    "text/javascript; charset=utf-8",
		"/vendor/preact/LICENSE":      "text/plain; charset=utf-8",
		"/vendor/htm/LICENSE":         "text/plain; charset=utf-8",
		"/vendor/signals/LICENSE":     "text/plain; charset=utf-8",
		"/vendor/uplot/LICENSE":       "text/plain; charset=utf-8",
		"/openapi.yaml":               "application/yaml",
		"/asyncapi.yaml":              "application/yaml",
		"/client/battlehub.js?v=none": "text/javascript; charset=utf-8",
		"/examples/owner.html":        "text/html; charset=utf-8",
		"/examples/owner.js":          "text/javascript; charset=utf-8",
	} {
		w := request(http.MethodGet, target, nil)
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != contentType || w.Body.Len() == 0 {
			t.Errorf("GET %s: %d, %q, %d bytes; want 200, %q", target, w.Code, w.Header().Get("Content-Type"), w.Body.Len(), contentType)
		}
	}
}

func TestRefusesTheRest(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, method, target string
		status               int
	}{
		{"unknown", http.MethodGet, "/nothing", http.StatusNotFound},
		{"unknown_api", http.MethodGet, "/v1/nothing", http.StatusNotFound},
		{"folder", http.MethodGet, "/dashboard/", http.StatusNotFound},
		{"second_address_of_the_page", http.MethodGet, "/dashboard/index.html", http.StatusNotFound},
		{"tests", http.MethodGet, "/client/tests/hub.js", http.StatusNotFound},
		{"updating_script", http.MethodGet, "/vendor/update.sh", http.StatusNotFound},
		{"climbing", http.MethodGet, "/client/../web.go", http.StatusNotFound},
		{"escaped_climbing", http.MethodGet, "/client/%2e%2e/web.go", http.StatusNotFound},
		{"post", http.MethodPost, "/", http.StatusMethodNotAllowed},
		{"post_unknown", http.MethodPost, "/nothing", http.StatusNotFound}, // such as a webhook at a wrong path
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := request(c.method, c.target, nil)
			var problem struct {
				Status int
				Title  string
				Detail string
			}
			if err := json.Unmarshal(w.Body.Bytes(), &problem); err != nil {
				t.Fatalf("%q: %v", w.Body, err)
			}
			if w.Code != c.status || problem.Status != c.status || problem.Title == "" || problem.Detail == "" ||
				w.Header().Get("Content-Type") != "application/problem+json" {
				t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
			}
			if allow := w.Header().Get("Allow"); (c.status == http.StatusMethodNotAllowed) != (allow == "GET, HEAD") {
				t.Errorf("Allow: %q", allow)
			}
		})
	}
}

func TestEveryAnswerIsSecured(t *testing.T) {
	t.Parallel()
	for _, target := range []string{"/", "/dashboard/app.js", "/client/battlehub.js", "/examples/owner.html", "/openapi.yaml", "/nothing"} {
		h := request(http.MethodGet, target, nil).Header()
		policy := h.Get("Content-Security-Policy")
		for _, directive := range []string{
			"default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'", "worker-src 'self'",
			"require-trusted-types-for 'script'", "trusted-types battlehub-worker",
			"frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'",
		} {
			if !strings.Contains(policy+";", directive+";") {
				t.Errorf("%s: the policy %q lacks %s", target, policy, directive)
			}
		}
		if strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") {
			t.Errorf("%s: the policy %q is loose", target, policy)
		}
		for key, want := range map[string]string{
			"X-Content-Type-Options":     "nosniff",
			"Referrer-Policy":            "no-referrer",
			"Cross-Origin-Opener-Policy": "same-origin",
		} {
			if got := h.Get(key); got != want {
				t.Errorf("%s: %s is %q, want %q", target, key, got, want)
			}
		}
		if h.Get("Permissions-Policy") == "" {
			t.Errorf("%s: no Permissions-Policy", target)
		}
	}
}

func TestOnlyTheClientAndTheAPIAreForOtherOrigins(t *testing.T) {
	t.Parallel()
	for target, shared := range map[string]bool{
		"/": false, "/dashboard/app.js": false, "/vendor/htm/htm.js": false, "/examples/owner.html": false, "/nothing": false,
		"/client/battlehub.js": true, "/openapi.yaml": true, "/asyncapi.yaml": true,
	} {
		h := request(http.MethodGet, target, nil).Header()
		origin, policy := "", "same-origin"
		if shared {
			origin, policy = "*", "cross-origin"
		}
		if h.Get("Access-Control-Allow-Origin") != origin || h.Get("Cross-Origin-Resource-Policy") != policy {
			t.Errorf("%s: %v", target, h)
		}
	}
}

func TestUnchangedFilesAreNotSentAgain(t *testing.T) {
	t.Parallel()
	first := request(http.MethodGet, "/dashboard/app.js", nil)
	etag := first.Header().Get("ETag")
	if !regexp.MustCompile(`^"[0-9a-f]{32}"$`).MatchString(etag) {
		t.Fatalf("ETag %q is not strong", etag)
	}
	if got := first.Header().Get("Cache-Control"); got != "no-cache" {
		t.Errorf("Cache-Control %q", got)
	}
	again := request(http.MethodGet, "/dashboard/app.js", http.Header{"If-None-Match": {etag}})
	if again.Code != http.StatusNotModified || again.Body.Len() != 0 {
		t.Errorf("with the same ETag: %d, %d bytes", again.Code, again.Body.Len())
	}
	other := request(http.MethodGet, "/dashboard/app.js", http.Header{"If-None-Match": {`"0"`}})
	if other.Code != http.StatusOK {
		t.Errorf("with another ETag: %d", other.Code)
	}
	if sibling := request(http.MethodGet, "/", nil).Header().Get("ETag"); sibling == etag {
		t.Error("two files have one ETag")
	}
}

func TestHeadHasNoBody(t *testing.T) {
	t.Parallel()
	w := request(http.MethodHead, "/", nil)
	if w.Code != http.StatusOK || w.Body.Len() != 0 || w.Header().Get("Content-Length") == "" {
		t.Errorf("%d, %d bytes, %v", w.Code, w.Body.Len(), w.Header())
	}
}

// reference finds what a file loads: imports of modules, and sources and links of pages.
// Inline scripts and styles, which the policy forbids, would have none.
var reference = regexp.MustCompile(`(?:from ?|import ?|src=|href=)["']([^"'#?]+)["']`)

func TestEverythingReferredToIsServed(t *testing.T) {
	t.Parallel()
	found := 0
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || (path.Ext(name) != ".js" && path.Ext(name) != ".html") {
			return err
		}
		body, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		for _, match := range reference.FindAllStringSubmatch(string(body), -1) {
			target := path.Join(path.Dir("/"+name), match[1])
			if path.Ext(name) == ".html" {
				target = path.Join(path.Dir(urlPath(name)), match[1])
			} else if strings.Contains(match[0], "src=") {
				target = path.Join("/", match[1]) // relative to the page, which is at the root
			}
			found++
			if w := request(http.MethodGet, target, nil); w.Code != http.StatusOK {
				t.Errorf("%s refers to %s, which is not served", name, match[1])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found < 40 {
		t.Errorf("only %d references found: does the expression still match?", found)
	}
}

// onDemand are modules that the page loads when they are first needed, if ever.
var onDemand = []string{"/dashboard/plot.js", "/vendor/uplot/uplot.js"}

func TestThePageLoadsEveryModuleAtOnce(t *testing.T) {
	t.Parallel()
	page := request(http.MethodGet, "/", nil).Body.String()
	for served := range Handler().(handler) {
		if strings.HasSuffix(served, "-worker.js") || strings.HasPrefix(served, "/examples/") || slices.Contains(onDemand, served) {
			continue // a worker or another page loads its own
		}
		if path.Ext(served) == ".js" && !strings.Contains(page, `"`+strings.TrimPrefix(served, "/")+`"`) {
			t.Errorf("%s is found only after another module has arrived: preload it", served)
		}
	}
}

// TestTheExampleIsShort: it is there to be read.
func TestTheExampleIsShort(t *testing.T) {
	t.Parallel()
	page := request(http.MethodGet, "/examples/owner.html", nil).Body.String()
	script := request(http.MethodGet, "/examples/owner.js", nil).Body.String()
	if n := strings.Count(page+script, "\n"); n >= 60 {
		t.Errorf("%d lines, want less than 60", n)
	}
}
