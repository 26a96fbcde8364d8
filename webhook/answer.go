package webhook

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"

	"battlehub/hub"
)

// result is what became of a webhook. It decides the status of the answer, and its text
// is a metric label.
type result string

const (
	resultFresh        = result(hub.Fresh)
	resultDuplicate    = result(hub.Duplicate)
	resultConflict     = result(hub.Conflict)
	resultSpooled      = result(Spooled)
	resultIgnored      = result("ignored") // a command that is not ours
	resultBadRequest   = result("bad_request")
	resultUnauthorized = result("unauthorized")
	resultWrongApp     = result("wrong_app")
	resultWrongMethod  = result("wrong_method")
	resultTooLarge     = result("too_large")
	resultWrongType    = result("wrong_type")
	resultUnavailable  = result("unavailable") // neither the log nor the spool took it
	resultBusy         = result("busy")        // too many at once
)

// statuses gives every result its HTTP status. Tencent counts any other than 200 as a
// failure (trtc.io/document/64412).
var statuses = map[result]int{
	resultFresh:        http.StatusOK,
	resultDuplicate:    http.StatusOK,
	resultConflict:     http.StatusOK, // sending it again would change nothing
	resultSpooled:      http.StatusOK,
	resultIgnored:      http.StatusOK, // lets the gift or message pass that it may ask about
	resultBadRequest:   http.StatusBadRequest,
	resultUnauthorized: http.StatusUnauthorized,
	resultWrongApp:     http.StatusForbidden,
	resultWrongMethod:  http.StatusMethodNotAllowed,
	resultTooLarge:     http.StatusRequestEntityTooLarge,
	resultWrongType:    http.StatusUnsupportedMediaType,
	resultUnavailable:  http.StatusServiceUnavailable,
	resultBusy:         http.StatusServiceUnavailable,
}

// refusal is the error of a webhook that is not taken.
type refusal struct {
	result result
	info   string // tells the sender which field is wrong and what to do
	cause  error  // for the log only
}

// refuse returns a refusal whose cause the sender may know.
func refuse(res result, info string) error { return &refusal{result: res, info: info} }

// Error is the text for the log.
func (r *refusal) Error() string {
	if r.cause == nil {
		return r.info
	}
	return r.info + ": " + r.cause.Error()
}

// Unwrap returns the cause.
func (r *refusal) Unwrap() error { return r.cause }

// refused returns the refusal in err. Every error of this package's is one.
func refused(err error) *refusal {
	r, _ := errors.AsType[*refusal](err)
	return r
}

// reply is the answer's body: these three keys, in every answer (trtc.io/document/64412).
type reply struct {
	ActionStatus string
	ErrorInfo    string
	ErrorCode    int
}

// text is the body's JSON.
func (r reply) text() []byte {
	text, _ := json.Marshal(r) // strings and a number: cannot fail
	return text
}

// What nearly all answers have is made once. Nobody changes a header's values in place.
var (
	okText = reply{ActionStatus: "OK"}.text()
	always = http.Header{
		"Content-Type":           {"application/json"},
		"X-Content-Type-Options": {"nosniff"},
		"Cache-Control":          {"no-store"},
	}
)

// answer writes the answer. A sender that has gone meanwhile is not told.
func answer(w http.ResponseWriter, res result, err error) {
	status, text := statuses[res], okText
	if err != nil {
		text = reply{ActionStatus: "FAIL", ErrorInfo: refused(err).info, ErrorCode: status}.text()
	}
	header := w.Header()
	maps.Copy(header, always)
	switch status {
	case http.StatusMethodNotAllowed:
		header.Set("Allow", http.MethodPost)
	case http.StatusServiceUnavailable:
		header.Set("Retry-After", "1")
	}
	w.WriteHeader(status)
	_, _ = w.Write(text)
}
