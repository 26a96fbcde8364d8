package webhook

import (
	"encoding/json"
	"math"
	"strconv"
	"time"

	"battlehub/hub"
)

const (
	// firstMilli tells seconds from milliseconds: as seconds it lies in the year 5138,
	// as milliseconds in 1973, and neither happens.
	firstMilli = 100_000_000_000
	// lastMilli is the end of the year 9999, the last that RFC 3339 can write.
	lastMilli = 253_402_300_799_999
	// maxExact is up to where a float64 holds every whole number.
	maxExact = 1 << 53
	// maxMillis bounds Duration and Timeout: a day.
	maxMillis = int64(24 * time.Hour / time.Millisecond)
)

// whole reads a number that has no fraction, also if it is written as 6e4 or 60000.0,
// as encoders that know only floats do. Missing is 0.
func (f *fields) whole(name string, raw json.RawMessage) int64 {
	if !present(raw) {
		return 0
	}
	if n, err := strconv.ParseInt(string(raw), 10, 64); err == nil {
		return n
	}
	x, err := strconv.ParseFloat(string(raw), 64)
	if err != nil || x != math.Trunc(x) || math.Abs(x) > maxExact {
		f.refuse(name, "must be a whole number of at most 64 bits")
		return 0
	}
	return int64(x)
}

// instant reads a Unix time. EventTime is documented in milliseconds and the others in
// seconds, but the size tells them apart without fail, so that a change of unit at
// Tencent's cannot move a battle to another century. 0 and missing are unknown.
func (f *fields) instant(name string, raw json.RawMessage) hub.Time {
	n := f.whole(name, raw)
	if n == 0 {
		return hub.Time{}
	}
	if n > 0 && n < firstMilli {
		n *= 1000
	}
	if n < 0 || n > lastMilli {
		f.refuse(name, "is no time between 1970 and 9999; send Unix seconds or milliseconds")
		return hub.Time{}
	}
	return hub.UnixMilli(n)
}

// millis reads a length of time in milliseconds. 0 and missing are unknown.
func (f *fields) millis(name string, raw json.RawMessage) int64 {
	n := f.whole(name, raw)
	if n < 0 || n > maxMillis {
		f.refuse(name, "is not between 0 and 24 hours; send milliseconds")
		return 0
	}
	return n
}
