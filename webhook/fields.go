package webhook

import (
	"bytes"
	"encoding/json"
	"iter"

	"battlehub/hub/jsonscan"
)

// fields reads the scalars of a packet and remembers the first that is wrong, so that
// the code that lists the fields is not drowned in checks. After an error it returns
// values that mean nothing.
type fields struct{ err error }

// refuse notes what is wrong with a field. It never repeats the value, which is long or
// private as the sender likes.
func (f *fields) refuse(name, problem string) {
	if f.err == nil {
		f.err = refuse(resultBadRequest, name+" "+problem)
	}
}

// present tells a value from a missing one and from null, which counts as missing.
func present(raw json.RawMessage) bool {
	return len(raw) > 0 && !bytes.Equal(raw, []byte("null"))
}

// object reads an object. Missing is one without members.
func (f *fields) object(name string, raw json.RawMessage) object {
	return object(f.container(name, raw, "{}", "must be an object"))
}

// list yields a list's elements and their indices. Missing is one without elements.
func (f *fields) list(name string, raw json.RawMessage) iter.Seq2[int, []byte] {
	return jsonscan.Elements(f.container(name, raw, "[]", "must be a list"))
}

// container returns what begins as the empty one does, and else the empty one.
func (f *fields) container(name string, raw json.RawMessage, empty, problem string) json.RawMessage {
	if present(raw) && raw[0] == empty[0] {
		return raw
	}
	if present(raw) {
		f.refuse(name, problem)
	}
	return json.RawMessage(empty)
}

// quoted reads a string. Missing is "".
func (f *fields) quoted(name string, raw json.RawMessage) string {
	switch {
	case !present(raw):
		return ""
	case raw[0] != '"':
		f.refuse(name, "must be a string")
		return ""
	}
	return jsonscan.Unquote(raw)
}

// flag reads true or false. Missing is nil.
func (f *fields) flag(name string, raw json.RawMessage) *bool {
	if !present(raw) {
		return nil
	}
	if raw[0] != 't' && raw[0] != 'f' {
		f.refuse(name, "must be true or false")
	}
	yes := raw[0] == 't'
	return &yes
}
