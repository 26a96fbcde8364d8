package hub

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// checkSource refuses requests that another site's page makes in a visitor's browser. The
// WebSocket handshake is not subject to the same-origin policy, so the server must check
// (OWASP, cross-site WebSocket hijacking). Requests without an Origin do not come from a
// page.
func (h *Hub) checkSource(w http.ResponseWriter, r *http.Request) *problem {
	if h.opts.LocalOnly && !LoopbackHost(r.Host) && !h.allowsHost(r.Host) {
		// DNS rebinding: a hostile name that resolves to 127.0.0.1 makes Origin and Host
		// agree, and the page could read a hub that is open to this machine only.
		return &problem{status: http.StatusForbidden, reason: refusedOrigin,
			detail: "this hub answers to the names of this machine only; to serve it under another, name its origin with --allow-origin"}
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		return nil
	}
	if h.allowOrigin(w, origin) || h.isOwnOrigin(origin, r) {
		return nil
	}
	return &problem{status: http.StatusForbidden, reason: refusedOrigin,
		detail: "pages of this origin may not connect; name it with --allow-origin"}
}

// allowsHost reports whether an allowed origin has this host.
func (h *Hub) allowsHost(host string) bool {
	return slices.ContainsFunc(h.opts.AllowOrigins, func(origin string) bool {
		u, err := url.Parse(origin)
		return err == nil && strings.EqualFold(u.Host, host)
	})
}

// LoopbackHost reports whether a Host header names this machine, by name or address.
func LoopbackHost(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	name = strings.Trim(name, "[]")
	if strings.EqualFold(name, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(name)
	return err == nil && addr.IsLoopback()
}

// OwnOrigin reports whether the origin that a request names is exactly the hub's own. Unless
// the hub was told its own, the host tells; the scheme may be either then, since a proxy may
// have ended TLS.
func OwnOrigin(own, origin string, r *http.Request) bool {
	if own != "" {
		return origin == own
	}
	host, ok := strings.CutPrefix(origin, "https://")
	if !ok {
		host, ok = strings.CutPrefix(origin, "http://")
	}
	return ok && strings.EqualFold(host, r.Host)
}

// ClientAddr is the address that a request comes from, or the zero address if that cannot
// be told. X-Forwarded-For counts only as far as trusted proxies wrote it: from the right,
// the first address that is not theirs. An IPv4 address in IPv6 form counts as IPv4.
func ClientAddr(r *http.Request, proxies []netip.Prefix) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	addr := peer.Addr().Unmap()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		if !Within(addr, proxies) {
			break
		}
		next, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			break
		}
		addr = next.Unmap()
	}
	return addr
}

// Within reports whether the address is in any of the networks. The zero address is in none.
func Within(addr netip.Addr, networks []netip.Prefix) bool {
	return slices.ContainsFunc(networks, func(n netip.Prefix) bool { return n.Contains(addr) })
}
