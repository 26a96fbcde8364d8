package main

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"battlehub/hub"
	"battlehub/hub/client"
)

// decodeFrame decodes a frame as a client would.
func decodeFrame(t *testing.T, text string) client.Frame {
	t.Helper()
	f, err := client.Decode([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

const eventText = `{"type":"event","cursor":"1-42-9f3a12cd","id":"e","kind":"started","at":"2026-11-22T10:00:00.123Z",` +
	`"battle":{"id":"b","state":"live","from":{"room":"新年 <pk>","score":9007199254740993},"to":[],"newer":[1.50,null]}}`

func TestJSONLines(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ frame, want string }{
		"event":        {eventText, eventText + "\n"},
		"event-spaced": {strings.ReplaceAll(eventText, `","`, "\" ,\n \""), eventText + "\n"},
		"snapshot": {
			`{"type":"snapshot","cursor":"1-42-9f3a12cd","battles":[{"id":"a"}, {"id":"b","newer":1.0}],"done":true}`,
			`{"type":"snapshot","battle":{"id":"a"}}` + "\n" + `{"type":"snapshot","battle":{"id":"b","newer":1.0}}` + "\n",
		},
		"snapshot-empty": {`{"type":"snapshot","cursor":"1-42-9f3a12cd","battles":[],"done":true}`, ""},
		"gap":            {`{"type":"gap","reason":"lagged"}`, `{"type":"gap","reason":"lagged"}` + "\n"},
		"bookmark":       {`{"type":"bookmark","cursor":"1-42-9f3a12cd"}`, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := string(jsonLines(decodeFrame(t, test.frame))); got != test.want {
				t.Errorf("got\n%swant\n%s", got, test.want)
			}
		})
	}
}

// Escaping must change how a character is written and nothing else.
func TestJSONLinesAreHarmlessAndTheSame(t *testing.T) {
	t.Parallel()
	// As a hub may write it: only what JSON forbids is escaped.
	text := "{\"type\":\"event\",\"cursor\":\"1-42-9f3a12cd\",\"id\":\"e\",\"battle\":{\"id\":\"b\",\"from\":" +
		"{\"room\":\"\\u001b[2J\x7f\u009b31m\u202eroom\u2066\u200b\ufeff\U000e0001 🎉 \\ud83c\\udf89\"}}}"
	line := jsonLines(decodeFrame(t, text))
	checkHarmless(t, line)
	if got, want := value(t, line), value(t, []byte(text)); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	checkHarmless(t, jsonLines(&hub.Gap{Reason: hostile}))
}

// value is what a JSON text means, with numbers as they are written.
func value(t *testing.T, text []byte) (v any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return v
}

func TestJSONLinesOfInvalidUTF8(t *testing.T) {
	t.Parallel()
	line := jsonLines(decodeFrame(t, "{\"type\":\"event\",\"cursor\":\"1-42-9f3a12cd\",\"id\":\"e\",\"battle\":{\"id\":\"a\xffb\"}}"))
	if want := `{"id":"a\ufffdb"}`; !strings.Contains(string(line), want) {
		t.Errorf("%s has no %s", line, want)
	}
}

func FuzzJSONLine(f *testing.F) {
	f.Add([]byte(eventText))
	f.Add([]byte("\"\u009b\U000e0001\xff\""))
	f.Fuzz(func(t *testing.T, text []byte) {
		line := appendJSONLine(nil, text)
		if !json.Valid(text) {
			if len(line) > 0 {
				t.Errorf("%q became %q", text, line)
			}
			return
		}
		if !reflect.DeepEqual(value(t, line), value(t, text)) {
			t.Errorf("%q became %q", text, line)
		}
		checkHarmless(t, line)
	})
}
