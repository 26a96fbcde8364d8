// Package jsonscan finds the parts of a JSON text where they stand, without reflection and
// without a copy.
//
// All of it expects UTF-8, and what encoding/json's Compact returned: the syntax is checked,
// and between the tokens is no white space. Of anything else it may panic.
package jsonscan

import (
	"bytes"
	"encoding/json"
	"iter"
)

// Members yields the members of an object: the name, in its quotes, and the value.
func Members(object []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(name, value []byte) bool) {
		for rest := inside(object); len(rest) > 0; {
			n := stringSpan(rest)
			name := rest[:n]
			rest = rest[n+1:] // the colon
			n = valueSpan(rest)
			if !yield(name, rest[:n]) {
				return
			}
			rest = next(rest[n:])
		}
	}
}

// Elements yields the values of a list and their indices.
func Elements(list []byte) iter.Seq2[int, []byte] {
	return func(yield func(int, []byte) bool) {
		rest := inside(list)
		for i := 0; len(rest) > 0; i++ {
			n := valueSpan(rest)
			if !yield(i, rest[:n]) {
				return
			}
			rest = next(rest[n:])
		}
	}
}

// Unquote returns what a string stands for.
func Unquote(quoted []byte) (s string) {
	if bytes.IndexByte(quoted, '\\') < 0 {
		return string(quoted[1 : len(quoted)-1]) // nearly always
	}
	_ = json.Unmarshal(quoted, &s) // its syntax is checked
	return s
}

// inside returns what stands between a list's or an object's brackets.
func inside(text []byte) []byte { return text[1 : len(text)-1] }

// next returns what follows a comma, or nothing if the text is over.
func next(text []byte) []byte { return text[min(1, len(text)):] }

// valueSpan is the length of the value that the text begins with.
func valueSpan(text []byte) int {
	switch text[0] {
	case '"':
		return stringSpan(text)
	case '{', '[':
		return bracketSpan(text)
	}
	if i := bytes.IndexByte(text, ','); i >= 0 {
		return i
	}
	return len(text)
}

// bracketSpan is the length of the list or object that the text begins with.
func bracketSpan(text []byte) int {
	for i, depth := 0, 0; ; i++ {
		switch text[i] {
		case '"':
			i += stringSpan(text[i:]) - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
}

// stringSpan is the length of the string that the text begins with, quotes included.
func stringSpan(text []byte) int {
	for i := 1; ; i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
}
