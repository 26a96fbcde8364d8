package webhook

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"battlehub/hub/jsonscan"
)

const (
	maxID        = 256      // bytes of a BattleId, a RoomId or an account
	maxExtension = 16 << 10 // bytes of ExtensionInfo
)

// text reads a string, or a whole number of any size as its digits: Owner_Account is
// documented as a string, but End has been seen with 144115245353757792, which a
// float64 would turn into another account (trtc.io/document/68261). Missing is "".
func (f *fields) text(name string, raw json.RawMessage, limit int) string {
	s := ""
	switch {
	case !present(raw):
		return ""
	case raw[0] == '"':
		s = jsonscan.Unquote(raw)
	case isInteger(raw):
		s = string(raw)
	default:
		f.refuse(name, "must be a string or a whole number")
	}
	if len(s) > limit {
		f.refuse(name, fmt.Sprintf("is longer than %d bytes", limit))
	}
	return s
}

// isInteger reports whether the JSON value is a number without fraction and exponent.
func isInteger(raw json.RawMessage) bool {
	return len(bytes.Trim(bytes.TrimPrefix(raw, []byte("-")), "0123456789")) == 0
}

// id reads a text that names something. Names end up in logs, terminals and keys, so
// they hold no control characters, and nothing that encoding/json put in place of half
// a surrogate pair: two names could become one. Missing is "".
func (f *fields) id(name string, raw json.RawMessage) string {
	s := f.text(name, raw, maxID)
	if strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || r == utf8.RuneError }) {
		f.refuse(name, "holds a character that is not text; send it without control characters")
	}
	return s
}

// required reads an id that must be there.
func (f *fields) required(name string, raw json.RawMessage) string {
	s := f.id(name, raw)
	if s == "" {
		f.refuse(name, "is missing or empty; send it as Tencent documents it")
	}
	return s
}
