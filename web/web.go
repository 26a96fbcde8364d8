// Package web serves what a browser loads from a hub: the dashboard, the JavaScript
// client and the API descriptions. All of it is embedded, so that a hub is one file.
package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
)

//go:embed dashboard client/*.js examples vendor/*/* api/*.yaml
var files embed.FS

// asset is an embedded file, ready to be served.
type asset struct {
	body        []byte
	contentType string
	etag        string
	shared      bool // pages of other origins may load it
}

// handler serves assets by URL path.
type handler map[string]asset

// Handler serves the dashboard at /, with its files below /dashboard/ and /vendor/, the
// JavaScript client at /client/battlehub.js, pages that use it below /examples/, /openapi.yaml
// and /asyncapi.yaml. Any other path is answered 404, whatever the method, and any other method than GET and HEAD
// 405, both as application/problem+json (RFC 9457).
func Handler() http.Handler {
	h := handler{}
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		body, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		h[urlPath(name)] = newAsset(name, body)
		return nil
	})
	if err != nil {
		panic("web: reading the embedded files: " + err.Error()) // a defect of the build
	}
	return h
}

// urlPath is where a file is served.
func urlPath(name string) string {
	if name == "dashboard/index.html" {
		return "/"
	}
	return "/" + strings.TrimPrefix(name, "api/")
}

func newAsset(name string, body []byte) asset {
	sum := sha256.Sum256(body)
	return asset{
		body:        body,
		contentType: contentType(name),
		etag:        `"` + hex.EncodeToString(sum[:16]) + `"`,
		shared:      strings.HasPrefix(name, "client/") || strings.HasPrefix(name, "api/"),
	}
}

// contentType goes by the name alone: Go's mime package reads the machine's tables,
// and a module that is not JavaScript by its type does not run.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".yaml":
		return "application/yaml" // RFC 9512
	default:
		return "text/plain; charset=utf-8"
	}
}

func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	Secure(w.Header())
	a, ok := h[r.URL.Path]
	if !ok {
		refuse(w, http.StatusNotFound, "nothing is served here; the dashboard is at /")
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		refuse(w, http.StatusMethodNotAllowed, "use GET or HEAD")
		return
	}
	header := w.Header()
	header.Set("Content-Type", a.contentType)
	header.Set("ETag", a.etag)
	// Ask every time: a new binary shows at once, and no page mixes modules of two.
	header.Set("Cache-Control", "no-cache")
	if a.shared {
		header.Set("Access-Control-Allow-Origin", "*")
		header.Set("Cross-Origin-Resource-Policy", "cross-origin")
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(a.body))
}

// refuse answers with a problem document.
func refuse(w http.ResponseWriter, status int, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(struct { // the client may be gone; there is no one else to tell
		Title  string `json:"title"`
		Status int    `json:"status"`
		Detail string `json:"detail"`
	}{http.StatusText(status), status, detail})
}
