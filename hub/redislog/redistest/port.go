package redistest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"strings"
	"testing"
)

// Ports are taken from below the range of which the kernel gives ports to clients, so
// that no connection takes the port of a server that is to be restarted. A cluster node
// talks to the others on another port, which is the first one plus busOffset: the ranges
// of both do not overlap.
const (
	firstPort = 12000
	ports     = 10000
	busOffset = 10000
)

// reservePort returns a port that no other test has, in this process or another one,
// until the test ends. Its claim is a UDP socket of the same number: Redis has no use for
// it, and the kernel gives it back when the test binary ends, in whatever way.
func reservePort(t testing.TB) int {
	t.Helper()
	for range ports {
		port := firstPort + rand.IntN(ports)
		claim, err := net.ListenPacket("udp", address(port))
		if err != nil {
			continue
		}
		if canListen(port) && canListen(port+busOffset) {
			t.Cleanup(func() { claim.Close() })
			return port
		}
		claim.Close()
	}
	t.Fatal("redistest: no free port")
	return 0
}

func canListen(port int) bool {
	l, err := net.Listen("tcp", address(port))
	if err != nil {
		return false
	}
	return l.Close() == nil
}

func address(port int) string { return fmt.Sprintf("127.0.0.1:%d", port) }

// lostPort tells whether the server ended because another process had its port.
func (s *Server) lostPort() bool {
	text, err := os.ReadFile(s.logPath())
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		s.t.Fatalf("redistest: %v", err)
	}
	return strings.Contains(string(text), "Address already in use")
}
