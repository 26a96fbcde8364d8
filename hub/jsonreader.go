package hub

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// jsonReader reads what jsonWriter wrote, if it is asked for the members in the order in
// which they stand. By anything else, valid or not, it is lost: then encoding/json must read
// the whole again. What it returns are parts of the text, not copies.
type jsonReader struct {
	rest string
	lost bool
}

// literal takes s, if it comes next.
func (r *jsonReader) literal(s string) bool {
	rest, found := strings.CutPrefix(r.rest, s)
	if found {
		r.rest = rest
	}
	return found
}

// member takes the name of a member, if it comes next; first: its object begins with it.
func (r *jsonReader) member(name string, first bool) bool {
	before := byte(',')
	if first {
		before = '{'
	}
	n, s := len(name), r.rest
	if len(s) < n+4 || s[0] != before || s[1] != '"' || s[2:2+n] != name || s[2+n:4+n] != `":` {
		return false
	}
	r.rest = s[4+n:]
	return true
}

// must takes the name of a member.
func (r *jsonReader) must(name string, first bool) { r.expect(r.member(name, first)) }

// expect notes that something is not as jsonWriter writes it.
func (r *jsonReader) expect(well bool) {
	if !well {
		r.rest, r.lost = "", true
	}
}

// plain takes a string without escapes, and returns what it stands for.
func (r *jsonReader) plain() (s string, is bool) {
	if !strings.HasPrefix(r.rest, `"`) {
		return "", false
	}
	for i := 1; i < len(r.rest); i++ {
		switch c := r.rest[i]; {
		case c == '"':
			s, r.rest = r.rest[1:i], r.rest[i+1:]
			return s, true
		case !plain(c):
			return "", false
		}
	}
	return "", false
}

// text takes a string.
func (r *jsonReader) text() string {
	if s, is := r.plain(); is {
		return s
	}
	end := 1
	for end < len(r.rest) && r.rest[end] != '"' {
		if r.rest[end] == '\\' {
			end++
		}
		end++
	}
	var s string
	if end >= len(r.rest) || json.Unmarshal([]byte(r.rest[:end+1]), &s) != nil {
		r.expect(false)
		return ""
	}
	r.rest = r.rest[end+1:]
	return s
}

// digits takes a whole number, and returns it as it stands.
func (r *jsonReader) digits() string {
	n := 0
	for n < len(r.rest) && (r.rest[n] >= '0' && r.rest[n] <= '9' || r.rest[n] == '-') {
		n++
	}
	s := r.rest[:n]
	r.rest = r.rest[n:]
	magnitude := strings.TrimPrefix(s, "-")
	r.expect(s == "0" || magnitude != "" && magnitude[0] != '0') // JSON has no 007
	return s
}

func (r *jsonReader) number() int64 {
	n, err := strconv.ParseInt(r.digits(), 10, 64)
	r.expect(err == nil)
	return n
}

func (r *jsonReader) time() Time {
	s, is := r.plain()
	var t time.Time
	r.expect(is && t.UnmarshalText([]byte(s)) == nil)
	return At(t)
}

// The optional ones return zero for a member that does not come next.

func (r *jsonReader) optionalText(name string) (v string) {
	if r.member(name, false) {
		v = r.text()
	}
	return v
}

func (r *jsonReader) optionalNumber(name string) (v int64) {
	if r.member(name, false) {
		v = r.number()
	}
	return v
}

func (r *jsonReader) optionalTime(name string) (v Time) {
	if r.member(name, false) {
		v = r.time()
	}
	return v
}

func (r *jsonReader) optionalFlag(name string) *bool {
	if !r.member(name, false) {
		return nil
	}
	v := r.literal("true")
	r.expect(v || r.literal("false"))
	return &v
}
