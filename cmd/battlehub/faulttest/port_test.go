package faulttest

import (
	"fmt"
	"math/rand/v2"
	"net"
	"testing"
)

// The nodes' ports are below the range from which the kernel takes the ports of outgoing
// connections (32768 on Linux, 49152 elsewhere), so that none of those takes the port of
// a node that is down for a moment, and below those of the tests' Redis servers
// (redistest) for the same reason.
const (
	firstPort = 10000
	ports     = 2000
)

// reserveAddr finds an address that no one else takes until the test ends. The claim is a
// UDP socket of the same number, which battlehub has no use for.
func reserveAddr(t *testing.T) string {
	t.Helper()
	for range ports {
		addr := fmt.Sprintf("127.0.0.1:%d", firstPort+rand.IntN(ports))
		claim, err := net.ListenPacket("udp", addr)
		if err != nil {
			continue
		}
		if ln, err := net.Listen("tcp", addr); err == nil {
			ln.Close()
			t.Cleanup(func() { claim.Close() })
			return addr
		}
		claim.Close()
	}
	t.Fatal("no free port")
	return ""
}
