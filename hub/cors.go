package hub

import (
	"net/http"
	"slices"
	"strings"
)

// allowOrigin lets pages of an origin read the answer if it was configured, and reports
// whether it was (Fetch Standard, CORS protocol). Cookies never cross origins: no answer
// allows credentials, and those in a header are the page's own.
func (h *Hub) allowOrigin(w http.ResponseWriter, origin string) bool {
	w.Header().Add("Vary", "Origin")
	if !slices.Contains(h.opts.AllowOrigins, strings.ToLower(origin)) {
		return false
	}
	w.Header().Set("Access-Control-Allow-Origin", origin)
	w.Header().Set("Access-Control-Expose-Headers", "Retry-After")
	return true
}

// preflight answers what a browser asks before it sends a request with a credential in a
// header for a page of another origin. It carries no credential itself.
func (h *Hub) preflight(w http.ResponseWriter, r *http.Request, methods []string) {
	if refusal := h.checkSource(w, r); refusal != nil {
		refusal.write(w)
		return
	}
	header := w.Header()
	secure(header)
	header.Set("Access-Control-Allow-Methods", strings.Join(methods, ", "))
	header.Set("Access-Control-Allow-Headers", "Authorization, Last-Event-ID")
	header.Set("Access-Control-Max-Age", "600") // 10 min: an origin that is taken off the list is forgotten soon
	w.WriteHeader(http.StatusNoContent)
}
