package hub

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// problem is an error answer of the HTTP surface (RFC 9457).
type problem struct {
	status int
	detail string
	retry  time.Duration // Retry-After, if not zero

	close  CloseReason   // what a WebSocket client is told instead, once upgraded
	reason refusalReason // metric label, when a session was refused
}

func (p *problem) write(w http.ResponseWriter) {
	if p.retry > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(seconds(p.retry)))
	}
	w.Header().Set("Content-Type", "application/problem+json")
	secure(w.Header())
	w.WriteHeader(p.status)
	_ = json.NewEncoder(w).Encode(struct { // the client may be gone; there is no one else to tell
		Title  string `json:"title"`
		Status int    `json:"status"`
		Detail string `json:"detail"`
	}{http.StatusText(p.status), p.status, p.detail})
}

// secure sets the headers of every answer that is data: it is not kept, guessed to be a page,
// framed, or told of to other sites (OWASP, REST Security Cheat Sheet).
func secure(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
}
