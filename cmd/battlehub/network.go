package main

import (
	"fmt"
	"net/netip"
)

// networks reads the values of a flag that names networks. A single address stands for
// itself. IPv4 in IPv6 form is refused as a network, since no IPv4 address would be in it.
func networks(flag string, texts []string) ([]netip.Prefix, error) {
	prefixes := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		if addr, err := netip.ParseAddr(text); err == nil && addr.Zone() == "" {
			addr = addr.Unmap()
			prefixes[i] = netip.PrefixFrom(addr, addr.BitLen())
			continue
		}
		prefix, err := netip.ParsePrefix(text)
		if err != nil || prefix.Addr().Is4In6() {
			return nil, fmt.Errorf("%s %q: write a network such as 10.0.0.0/8, or an address", flag, text)
		}
		prefixes[i] = prefix
	}
	return prefixes, nil
}
