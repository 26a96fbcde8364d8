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
		`{}`:                                 ``,
		" {\n} ":                             ``,
		`{"a":1}`:                            `a=1`,
		"\t{ \"a\" : 1 ,\r\n\"b\" : \"x\" }": `a=1 b="x"`,
		`{"a":[1,{"b":"]}"}],"c":{"d":[]}}`:  `a=[1,{"b":"]}"}] c={"d":[]}`,
		`{"a\"b":"c\\","d":"\\\""}`:          `a"b="c\\" d="\\\""`,
		`{"Battle\u0049d":null}`:             `battleid=null`,
		`{"A":-1.5e+3,"a":true,"":[ ]}`:      `a=-1.5e+3 a=true =[ ]`,
		`{"Ä":"ß, \u2028"}`:                  `Ä="ß, \u2028"`,
	} {
		o, err := parse([]byte(text))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		var got []string
		var value json.RawMessage
		add := func() {
			if value != nil {
				got[len(got)-1] += string(value)
			}
		}
		o.fill(func(name []byte) *json.RawMessage {
			add()
			got = append(got, string(name)+"=")
			return &value
		})
		add()
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%s reads as %s, want %s", text, s, want)
		}
	}
}

// TestElements does the same for a list.
func TestElements(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`[]`:                       ``,
		"[ \n]":                    ``,
		"[1 ,\t\"a,]\", null]":     `1|"a,]"|null`,
		`[[],[1,2],{"a":[3]},0.5]`: `[]|[1,2]|{"a":[3]}|0.5`,
	} {
		var got []string
		for i, v := range elements([]byte(text)) {
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
		invalid := json.Unmarshal(body, &want) != nil || want == nil
		o, err := parse(body)
		if (err != nil) != invalid && !strings.Contains(err.Error(), "UTF-8") {
			t.Fatalf("%v, and encoding/json makes it %v", err, want)
		}
		if err != nil {
			return
		}
		checkMembers(t, o, want)
		var compact, escaped bytes.Buffer
		_ = json.Compact(&compact, body)
		json.HTMLEscape(&escaped, compact.Bytes())
		if got := o.canonical(); !bytes.Equal(got, escaped.Bytes()) {
			t.Errorf("canonical\n%s, want\n%s", got, escaped.Bytes())
		}
	})
}

// checkMembers compares the members, their names in lower case and the last one counting.
func checkMembers(t *testing.T, o object, want map[string]json.RawMessage) {
	got := map[string]*json.RawMessage{}
	o.fill(func(name []byte) *json.RawMessage {
		got[string(name)] = new(json.RawMessage)
		return got[string(name)]
	})
	lower := map[string]int{}
	for name := range want {
		lower[string(appendLower(nil, quote(name)))]++
	}
	if len(got) != len(lower) {
		t.Fatalf("%d members, want %d", len(got), len(lower))
	}
	for name, value := range want {
		key := appendLower(nil, quote(name))
		v := got[string(key)]
		if v == nil {
			t.Fatalf("%q is not found", name)
		}
		if lower[string(key)] == 1 && !bytes.Equal(*v, value) {
			t.Errorf("%q is %s, want %s", name, *v, value)
		}
	}
}

func quote(name string) []byte {
	quoted, _ := json.Marshal(name) // a string cannot fail
	return quoted
}
