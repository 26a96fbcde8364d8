package faulttest

import (
	"bytes"
	"strconv"
	"strings"
	"testing"
)

// role is what a node uses a connection to Redis for. It has a client for each.
type role string

const (
	unknown    role = ""           // so far, only the handshake has been seen
	appender   role = "appender"   // scripts
	reader     role = "reader"     // the stream, the board
	subscriber role = "subscriber" // the channel
)

// roles tells a connection's role by the first command that is not part of a handshake.
var roles = map[string]role{
	"EVAL": appender, "EVALSHA": appender,
	"SUBSCRIBE": subscriber, "SSUBSCRIBE": subscriber,
	"XRANGE": reader, "XREVRANGE": reader, "XINFO": reader, "HMGET": reader, "HGETALL": reader,
	"GET": reader, "MGET": reader, "LRANGE": reader,
}

// roleOf reads what a client sends: arrays of texts, whole commands at the beginning of a
// connection, since go-redis writes each at once.
func roleOf(chunk []byte) role {
	for len(chunk) > 0 {
		name, rest, ok := cutCommand(chunk)
		if r := roles[strings.ToUpper(name)]; r != unknown {
			return r
		}
		if !ok {
			return unknown
		}
		chunk = rest
	}
	return unknown
}

// cutCommand splits off the first command and names it, as far as it is there.
func cutCommand(chunk []byte) (name string, rest []byte, whole bool) {
	n, rest, ok := cutNumber(chunk, '*')
	for i := range n {
		var size int
		if size, rest, ok = cutNumber(rest, '$'); !ok || len(rest) < size+2 {
			return name, nil, false
		}
		if i == 0 {
			name = string(rest[:size])
		}
		rest = rest[size+2:]
	}
	return name, rest, ok
}

// cutNumber splits off a line of a mark and a number.
func cutNumber(chunk []byte, mark byte) (n int, rest []byte, ok bool) {
	line, rest, ok := bytes.Cut(chunk, []byte("\r\n"))
	if !ok || len(line) < 2 || line[0] != mark {
		return 0, nil, false
	}
	n, err := strconv.Atoi(string(line[1:]))
	return n, rest, err == nil && n >= 0
}

func TestRoleOf(t *testing.T) {
	t.Parallel()
	const hello = "*2\r\n$5\r\nhello\r\n$1\r\n3\r\n*1\r\n$4\r\nrole\r\n"
	for text, want := range map[string]role{
		"":    unknown,
		hello: unknown,
		hello + "*2\r\n$9\r\nsubscribe\r\n$4\r\nlive\r\n": subscriber,
		"*2\r\n$10\r\nssubscribe\r\n$4\r\nlive\r\n":       subscriber,
		hello + "*3\r\n$7\r\nevalsha\r\n$4\r\nab":         appender,
		"*4\r\n$6\r\nXRANGE\r\n":                          reader,
		"*1\r\n$4\r\nping\r\n":                            unknown,
		"*1\r\n$-4\r\nping\r\n":                           unknown,
		"EVAL":                                            unknown,
	} {
		if got := roleOf([]byte(text)); got != want {
			t.Errorf("%q is taken for %q, want %q", text, got, want)
		}
	}
}
