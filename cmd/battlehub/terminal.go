package main

import (
	"io"
	"os"
)

// isTerminal reports whether somebody may be watching what is written to w: it is a
// terminal, or another device of characters, and neither a file nor a pipe.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
