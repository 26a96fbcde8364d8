package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"battlehub/hub"
	"battlehub/hub/client"
)

// jsonLines returns what a frame tells of battles, an object a line. A battle of a
// snapshot has no cursor: only the end of a snapshot is a place to resume from.
func jsonLines(f client.Frame) []byte {
	switch f := f.(type) {
	case *client.Event:
		return appendJSONLine(nil, f.JSON)
	case *hub.Gap:
		reason, err := json.Marshal(f.Reason)
		if err != nil {
			return nil // a string always encodes
		}
		return appendJSONLine(nil, fmt.Appendf(nil, `{"type":"gap","reason":%s}`, reason))
	case *client.Snapshot:
		var lines []byte
		for _, battle := range f.JSON {
			lines = appendJSONLine(lines, fmt.Appendf(nil, `{"type":"snapshot","battle":%s}`, battle))
		}
		return lines
	}
	return nil
}

// appendJSONLine appends a JSON text as one line. What a terminal might obey instead of
// showing it is escaped; it can stand only inside strings, so the value stays the same.
func appendJSONLine(lines, text []byte) []byte {
	var compact bytes.Buffer
	if err := json.Compact(&compact, text); err != nil {
		return lines // not JSON: the client would not have decoded it
	}
	for rest := compact.Bytes(); len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		switch {
		case r == utf8.RuneError && size == 1: // not UTF-8
			lines = append(lines, `\ufffd`...)
		case unicode.IsPrint(r):
			lines = append(lines, rest[:size]...)
		default:
			lines = appendEscaped(lines, r)
		}
		rest = rest[size:]
	}
	return append(lines, '\n')
}

// appendEscaped writes a character as JSON escapes it (RFC 8259 §7).
func appendEscaped(b []byte, r rune) []byte {
	if high, low := utf16.EncodeRune(r); high != unicode.ReplacementChar {
		return fmt.Appendf(b, `\u%04x\u%04x`, high, low)
	}
	return fmt.Appendf(b, `\u%04x`, r)
}
