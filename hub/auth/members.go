package auth

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"battlehub/hub/jsonscan"
)

var errNotObject = errors.New("write a JSON object")

// members takes a JSON object apart. Names count exactly and once: encoding/json would let
// "SUB" stand for sub, and the last of two win, where another reader of the same token may
// take the first (RFC 7519 §4). The object must be UTF-8.
func members(object []byte) (map[string]json.RawMessage, error) {
	compact := bytes.NewBuffer(make([]byte, 0, len(object)))
	if json.Compact(compact, object) != nil || compact.Bytes()[0] != '{' {
		return nil, errNotObject
	}
	values := map[string]json.RawMessage{}
	for quoted, value := range jsonscan.Members(compact.Bytes()) {
		name := jsonscan.Unquote(quoted)
		if _, twice := values[name]; twice {
			return nil, fmt.Errorf("%.40q is there twice", name)
		}
		values[name] = value
	}
	return values, nil
}
