package web

import (
	"net/http"
	"strings"
)

// contentPolicy lets a page load scripts, styles, images and data from its own origin
// only, run nothing inline, and be framed by no one. Room ids and accounts are foreign
// text: should one ever reach the page as markup, it would still not run. 'self' covers
// WebSockets to the own origin as well. The one policy of trusted types makes one constant:
// the address of the worker that holds the connection.
var contentPolicy = strings.Join([]string{
	"default-src 'none'",
	"script-src 'self'",
	"style-src 'self'",
	"img-src 'self'",
	"connect-src 'self'",
	"worker-src 'self'",
	"base-uri 'none'",
	"form-action 'none'",
	"frame-ancestors 'none'",
	"require-trusted-types-for 'script'",
	"trusted-types battlehub-worker",
}, "; ")

// permissionsPolicy switches off what the page never asks for, also for whatever might
// run in it.
const permissionsPolicy = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"

// Secure sets the headers that every answer to a browser has (OWASP, HTTP Headers Cheat Sheet).
func Secure(h http.Header) {
	h.Set("Content-Security-Policy", contentPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", permissionsPolicy)
}
