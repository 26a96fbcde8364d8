package redislog

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"battlehub/hub"
)

// written is a message as the scripts write it.
func written(m message) string {
	var b strings.Builder
	for _, r := range m.records {
		fmt.Fprintf(&b, "entry %v %s %d %d %d\n%s%s", r.position, hex8(r.prev), r.at,
			len(r.event), len(r.raw), r.event, r.raw)
	}
	if !m.beat.IsZero() {
		fmt.Fprintf(&b, "beat %v\n", m.beat)
	}
	return b.String()
}

func TestMessages(t *testing.T) {
	t.Parallel()
	at := hub.Position{Epoch: 1795600000000, Seq: 7, Tag: 0x9f3a12cd}
	cases := map[string]message{
		"Empty":    {},
		"Beat":     {beat: at},
		"Epoch":    {records: []record{{position: hub.Position{Epoch: 5, Tag: 1}, at: 3}}},
		"Event":    {records: []record{{position: at, prev: 0xff, at: 12, event: `{"id":"x"}`, raw: `{"a":"1"}`}}},
		"Newlines": {records: []record{{position: at, prev: 1, event: "a\nentry b", raw: "\nbeat 1-1-00000001\n"}}},
		"Several":  {records: []record{{position: at, prev: 1, event: "a", raw: "b"}, {position: at, prev: 1}}, beat: at},
	}
	for name, m := range cases {
		got, err := parseMessage(written(m))
		if err != nil || !reflect.DeepEqual(got, m) {
			t.Errorf("%s: %+v, %v: want %+v", name, got, err, m)
		}
	}
	for _, bad := range []string{
		"x", "beat", "beat 1-1-00000001", "beat 1-1-00000000\n", "beat 0-1-00000001\n", "beat 1-1-zzzzzzzz\n", "beat 1-1-00000001 x\n", "entry\n",
		"entry 1-1-00000001 00000000 0 5 0\nabc", "entry 1-1-00000001 00000000 0 -1 0\n", "entry 1-1-00000001 0 x 0 0\n",
		"entry 1-1-00000001 00000000 0 2147483647 2147483647\n", "entry 1-1-00000001 00000000 0 9999999999999999999999 0\n",
	} {
		if m, err := parseMessage(bad); !errors.Is(err, errRecord) {
			t.Errorf("%q is read as %+v, %v", bad, m, err)
		}
	}
}

// FuzzParseMessage: whatever is published on the channel, it is read or refused; and what
// is read is what a script would have written.
func FuzzParseMessage(f *testing.F) {
	f.Add("")
	f.Add("beat 1795600000000-7-9f3a12cd\n")
	f.Add("entry 5-0-00000001 00000000 3 0 0\nentry 5-1-00000002 00000001 4 2 3\n{}raw")
	f.Fuzz(func(t *testing.T, text string) {
		m, err := parseMessage(text)
		if err != nil {
			return
		}
		again, err := parseMessage(written(m))
		if err != nil || !reflect.DeepEqual(again, m) {
			t.Errorf("%q reads as %+v, which is written as %q", text, m, written(m))
		}
	})
}
