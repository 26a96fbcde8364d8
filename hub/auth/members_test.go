package auth

import (
	"bytes"
	"encoding/json"
	"io"
	"reflect"
	"testing"
	"unicode/utf8"
)

// decoded takes an object apart by encoding/json's own tokens, as slowly as it is plain.
func decoded(object []byte) (map[string]json.RawMessage, bool) {
	dec := json.NewDecoder(bytes.NewReader(object))
	if begin, err := dec.Token(); err != nil || begin != json.Delim('{') {
		return nil, false
	}
	values := map[string]json.RawMessage{}
	for dec.More() {
		token, err := dec.Token()
		name, _ := token.(string)
		var value json.RawMessage
		if _, twice := values[name]; err != nil || twice || dec.Decode(&value) != nil {
			return nil, false
		}
		var compact bytes.Buffer
		_ = json.Compact(&compact, value)
		values[name] = compact.Bytes()
	}
	if _, err := dec.Token(); err != nil {
		return nil, false
	}
	_, err := dec.Token()
	return values, err == io.EOF
}

// FuzzMembers: what is found at speed must be what is found plainly, and nothing else.
func FuzzMembers(f *testing.F) {
	for _, seed := range []string{claimsOK, `{}`, `{"a":1,"a":2}`, `{"a":1,"\u0061":2}`, ` { "b" : [ 1 , {} ] } `, `{"a":1} x`, `{"a":1,}`, `[]`, `{"a"}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, object []byte) {
		if !utf8.Valid(object) { // readClaims has refused it
			return
		}
		got, err := members(object)
		want, ok := decoded(object)
		if ok != (err == nil) {
			t.Fatalf("%q: %v, want %v", object, err, want)
		}
		if ok && !reflect.DeepEqual(got, want) {
			t.Errorf("%q is %q, want %q", object, got, want)
		}
	})
}
