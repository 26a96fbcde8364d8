package signin

import (
	"net/netip"
	"testing"
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
