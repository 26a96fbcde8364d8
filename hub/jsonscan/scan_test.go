package jsonscan

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestElements(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`[]`:                       ``,
		`[1,"a,]",null]`:           `1|"a,]"|null`,
		`[[],[1,2],{"a":[3]},0.5]`: `[]|[1,2]|{"a":[3]}|0.5`,
	} {
		var got []string
		for i, v := range Elements([]byte(text)) {
			if i != len(got) {
				t.Errorf("%s: element %d comes as number %d", text, len(got), i)
			}
			got = append(got, string(v))
		}
		if s := strings.Join(got, "|"); s != want {
			t.Errorf("%s reads as %s, want %s", text, s, want)
		}
	}
}

// FuzzScan takes anything apart, and compares what it finds with what encoding/json does.
func FuzzScan(f *testing.F) {
	for _, text := range []string{`{}`, `[]`, ` { "a\u0022\\" : [ {"b]":"\\"} , -0.5e7 ] , "" : "" }`, `[[[]],{"a":{}},"]",null]`, `{"a":1,"a":2}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var compact bytes.Buffer
		if !utf8.Valid(text) || json.Compact(&compact, text) != nil {
			return
		}
		check(t, compact.Bytes())
	})
}

// check compares one value, and all that is in it.
func check(t *testing.T, text []byte) {
	switch text[0] {
	case '{':
		var want, got map[string]json.RawMessage
		_ = json.Unmarshal(text, &want)
		got = map[string]json.RawMessage{}
		for name, value := range Members(text) {
			got[Unquote(name)] = value
		}
		if len(got) != len(want) {
			t.Fatalf("%q has %d members, want %d", text, len(got), len(want))
		}
		for name, value := range want {
			if !bytes.Equal(got[name], value) && !strings.ContainsRune(name, '\uFFFD') { // several names may become one
				t.Errorf("%q: %q is %q, want %q", text, name, got[name], value)
			}
			check(t, got[name])
		}
	case '[':
		var want []json.RawMessage
		_ = json.Unmarshal(text, &want)
		n := 0
		for i, value := range Elements(text) {
			if i != n || n >= len(want) || !bytes.Equal(value, want[n]) {
				t.Fatalf("%q: element %d is %q", text, i, value)
			}
			n++
			check(t, value)
		}
		if n != len(want) {
			t.Errorf("%q has %d elements, want %d", text, n, len(want))
		}
	}
}
