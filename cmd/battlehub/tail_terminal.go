package main

import (
	"strconv"
	"strings"
	"unicode"
)

// palette paints text for a terminal, or leaves it as it is.
type palette bool

// SGR parameters (ECMA-48 §8.3.117).
const (
	sgrBold    = "1"
	sgrDim     = "2"
	sgrGreen   = "32"
	sgrYellow  = "33"
	sgrMagenta = "35"
	sgrCyan    = "36"
)

func (p palette) paint(sgr, text string) string {
	if !p || text == "" {
		return text
	}
	return "\x1b[" + sgr + "m" + text + "\x1b[0m"
}

func (p palette) dim(text string) string { return p.paint(sgrDim, text) }

// printable shows text that anyone could have sent: what a terminal might obey instead of
// showing it (escape sequences, line breaks, marks that reverse the direction of writing)
// comes out escaped, as Go would write it.
func printable(text string) string {
	quoted := strconv.Quote(text)
	return strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`)
}

// pad fills text up with spaces to a width in terminal cells.
func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-cells(text)))
}

// cells estimates how wide a terminal shows printable text. Scripts of full width are told
// apart well enough for columns; no terminal agrees with another on the rest.
func cells(text string) int {
	n := 0
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul),
			r >= 0x3000 && r <= 0x303e, r >= 0xff01 && r <= 0xff60, // their punctuation, and Latin of full width
			r >= 0x1f300 && r <= 0x1faff: // emoji
			n += 2
		default:
			n++
		}
	}
	return n
}
