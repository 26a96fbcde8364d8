package webhook

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"sync"

	"battlehub/hub"
)

const (
	maxBody = 1 << 20 // bytes; Tencent's packets have a few hundred
	// largestKept is the largest buffer that is kept for reuse.
	largestKept = 64 << 10
)

// bodies are buffers of requests. What is read of a body is copied, so that it is of no more
// use once the event is there.
var bodies = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// read reads the body, and returns the event that it tells, if it is one of ours.
func (d *delivery) read(w http.ResponseWriter, r *http.Request) (e hub.Event, ours bool, err error) {
	buffer := bodies.Get().(*bytes.Buffer)
	defer func() {
		if buffer.Cap() <= largestKept {
			buffer.Reset()
			bodies.Put(buffer)
		}
	}()
	body, err := readBody(w, r, buffer)
	if err != nil {
		return e, false, err
	}
	kind, ours, err := d.identify(body)
	if err != nil || !ours {
		return e, false, err
	}
	e, err = decode(d.app, kind, body, d.received)
	return e, true, err
}

var errTooLarge = refuse(resultTooLarge, fmt.Sprintf("the body is over %d bytes; send one webhook at a time", maxBody))

// readBody reads the body into the buffer, bounded, and checks its syntax.
func readBody(w http.ResponseWriter, r *http.Request, buffer *bytes.Buffer) (object, error) {
	if r.ContentLength > maxBody {
		return nil, errTooLarge
	}
	_, err := buffer.ReadFrom(http.MaxBytesReader(w, r.Body, maxBody))
	if _, over := errors.AsType[*http.MaxBytesError](err); over {
		return nil, errTooLarge
	}
	if err != nil {
		return nil, &refusal{resultBadRequest, "the body ended early; send it whole", err}
	}
	return parse(buffer.Bytes())
}
