package main

import (
	"fmt"
	"strconv"
	"strings"
)

// byteSize is a number of bytes, written as such or with KiB, MiB, GiB or TiB behind it.
type byteSize int64

// UnmarshalText reads a size.
func (s *byteSize) UnmarshalText(text []byte) error {
	number, shift := string(text), 0
	for i, unit := range []string{"KiB", "MiB", "GiB", "TiB"} {
		if rest, ok := strings.CutSuffix(number, unit); ok {
			number, shift = strings.TrimSpace(rest), 10*(i+1)
			break
		}
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n < 0 || n > 1<<62>>shift {
		return fmt.Errorf("%q is not a size; write one such as 512MiB or 4GiB", text)
	}
	*s = byteSize(n << shift)
	return nil
}
