package auth

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

var errNotObject = errors.New("write a JSON object")

// members takes a JSON object apart. Names count exactly and once: encoding/json would let
// "SUB" stand for sub, and the last of two win, where another reader of the same token may
// take the first (RFC 7519 §4).
func members(object []byte) (map[string]json.RawMessage, error) {
	dec := json.NewDecoder(bytes.NewReader(object))
	if begin, err := dec.Token(); err != nil || begin != json.Delim('{') {
		return nil, errNotObject
	}
	values := map[string]json.RawMessage{}
	for dec.More() {
		token, err := dec.Token()
		if err != nil {
			return nil, errNotObject
		}
		name, _ := token.(string) // nothing else can stand here
		if _, twice := values[name]; twice {
			return nil, fmt.Errorf("%.40q is there twice", name)
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return nil, errNotObject
		}
		values[name] = value
	}
	if _, err := dec.Token(); err != nil {
		return nil, errNotObject
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errNotObject
	}
	return values, nil
}
