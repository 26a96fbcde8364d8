package signin

import (
	"encoding/binary"
	"net/netip"
	"testing"
	"testing/synctest"
)

func TestNetworks(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b string
		same bool
	}{
		{"192.0.2.1", "192.0.2.1", true},
		{"192.0.2.1", "192.0.2.2", false},
		{"2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true}, // one subscriber has them all
		{"2001:db8:1:2::1", "2001:db8:1:3::1", false},
	} {
		if same := network(netip.MustParseAddr(test.a)) == network(netip.MustParseAddr(test.b)); same != test.same {
			t.Errorf("%s and %s: %t", test.a, test.b, same)
		}
	}
	if network(netip.Addr{}) != (netip.Prefix{}) {
		t.Error("no address is one")
	}
}

// TestAddressesRememberedAreBounded, and one that keeps trying is not among the forgotten.
func TestAddressesRememberedAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // whose time stands still
		a := newAttempts()
		busy := netip.MustParseAddr("192.0.2.1")
		for range attemptsBurst {
			a.take(busy)
		}
		for i := range uint32(5 * maxAddrs) {
			var bytes [4]byte
			binary.BigEndian.PutUint32(bytes[:], 0x0a000000+i)
			a.take(netip.AddrFrom4(bytes))
			if i%(maxAddrs/2) == 0 && a.take(busy) == 0 {
				t.Fatalf("after %d others, who keeps trying was forgotten", i)
			}
		}
		if n := len(a.young) + len(a.old); n > 2*maxAddrs {
			t.Errorf("%d are remembered", n)
		}
	})
}
