package signin

import (
	_ "embed"
	"html/template"
	"net/http"
	"strings"
	"time"
	"unicode"
)

// failure is a way by OpenID Connect that led nowhere: what the person is told, who is
// looking at a page then, and what the log is.
type failure struct {
	status      int
	result      result
	title, text string
	quote       string // foreign text, shown as such
	retry       time.Duration
	cause       error // for the log; nil: there is no more to it
}

const notSignedIn = "You are not signed in"

func wrongMethod(w http.ResponseWriter) *failure {
	w.Header().Set("Allow", http.MethodGet)
	return &failure{status: http.StatusMethodNotAllowed, result: resultMalformed, title: notSignedIn, text: "Open this page with a browser."}
}

//go:embed page.html
var pageText string

// page escapes whatever it is given for where it stands.
var page = template.Must(template.New("page").Parse(pageText))

// fail shows why somebody is not signed in, and a way back.
func (h *handler) fail(w http.ResponseWriter, f *failure) {
	h.metrics.count(byOIDC, f.result)
	if f.cause != nil {
		h.opts.Log.Warn("signing in failed", "method", byOIDC, "result", f.result, "err", brief(f.cause.Error()))
	}
	setRetry(w, f.retry)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(f.status)
	_ = page.Execute(w, map[string]string{"Title": f.title, "Text": f.text, "Quote": f.quote}) // as in writeJSON
}

// maxBrief bounds what is shown or logged of foreign text, in runes.
const maxBrief = 300

// brief is foreign text made fit for a line: short and printable.
func brief(text string) string {
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, text)
	if runes := []rune(text); len(runes) > maxBrief {
		text = string(runes[:maxBrief]) + "…"
	}
	return text
}
