package webhook

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// TestMembers checks what is found of an object, however it is written.
func TestMembers(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{}`:                                 ` `,
		" {\n} ":                             ` `,
		`{"a":1}`:                            `1 `,
		"\t{ \"a\" : 1 ,\r\n\"b\" : \"x\" }": `1 "x"`,
		`{"a":[1,{"b":"]}"}],"c":{"b":[]}}`:  `[1,{"b":"]}"}] `,
		`{"b\"":1,"b":"c\\","a":"\\\""}`:     `"\\\"" "c\\"`,
		`{"\u0041":null}`:                    `null `,
		`{"A":-1.5e+3,"a":true,"":[]}`:       `true `,
		`{"Ä":1,"B":"ß, \u2028"}`:            ` "ß, \u2028"`,
	} {
		o, err := parse([]byte(text))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		var first, second json.RawMessage
		o.fill(slot{"A", &first}, slot{"b", &second})
		if got := string(first) + " " + string(second); got != want {
			t.Errorf("%s reads as %s, want %s", text, got, want)
		}
	}
}

// FuzzObject reads anything as an object, and compares what it finds with what
// encoding/json does.
func FuzzObject(f *testing.F) {
	for _, k := range fuzzKinds {
		for _, packet := range k.packets {
			f.Add([]byte(packetFile(f, packet)))
		}
	}
	f.Add([]byte(" {\"a\\\"\\\\\" : [ {\"b]\":\"\\\\\"} , -0.5e7 ] , \"<\u2028&\":\"\\u003c\"}\n"))
	f.Fuzz(func(t *testing.T, body []byte) {
		var want map[string]json.RawMessage
		var compact, escaped bytes.Buffer
		_ = json.Compact(&compact, body)
		invalid := json.Unmarshal(body, &want) != nil || json.Unmarshal(compact.Bytes(), &want) != nil || want == nil
		o, err := parse(body)
		if (err != nil) != invalid && !strings.Contains(err.Error(), "UTF-8") {
			t.Fatalf("%v, and encoding/json makes it %v", err, want)
		}
		if err != nil {
			return
		}
		checkMembers(t, o, want)
		json.HTMLEscape(&escaped, compact.Bytes())
		if got := o.canonical(); !bytes.Equal(got, escaped.Bytes()) {
			t.Errorf("canonical\n%s, want\n%s", got, escaped.Bytes())
		}
	})
}

// checkMembers compares the members, those apart whose names differ in case only.
func checkMembers(t *testing.T, o object, want map[string]json.RawMessage) {
	alike := map[string]int{}
	for name := range want {
		alike[folded(name)]++
	}
	for name, value := range want {
		var got json.RawMessage
		o.fill(slot{name, &got})
		if got == nil || alike[folded(name)] == 1 && !bytes.Equal(got, value) {
			t.Errorf("%q is %s, want %s", name, got, value)
		}
	}
}

// folded is the same text for all that differ in case only.
func folded(name string) string { return strings.ToLower(strings.ToUpper(name)) }
