package hub

import (
	"net/http/httptest"
	"net/netip"
	"testing"
)

func TestCheckSource(t *testing.T) {
	t.Parallel()
	open := &Hub{opts: Options{AllowOrigins: []string{"https://mods.example.com"}}}
	local := &Hub{opts: Options{AllowOrigins: []string{"https://mods.example.com"}, LocalOnly: true}}
	tests := map[string]struct {
		hub          *Hub
		host, origin string
		ok           bool
	}{
		"no_origin":                 {open, "hub.example.com", "", true},
		"same_origin":               {open, "hub.example.com", "https://hub.example.com", true},
		"same_host_other_port":      {open, "hub.example.com:8080", "https://hub.example.com", false},
		"allowed":                   {open, "hub.example.com", "https://mods.example.com", true},
		"allowed_by_other_scheme":   {open, "hub.example.com", "http://mods.example.com", false},
		"allowed_as_suffix":         {open, "hub.example.com", "https://mods.example.com.evil.example", false},
		"other":                     {open, "hub.example.com", "https://evil.example", false},
		"null":                      {open, "hub.example.com", "null", false},
		"local_by_name":             {local, "localhost:8080", "http://localhost:8080", true},
		"local_by_v4":               {local, "127.0.0.1:8080", "", true},
		"local_by_v6":               {local, "[::1]:8080", "http://[::1]:8080", true},
		"rebound_name":              {local, "evil.example:8080", "http://evil.example:8080", false},
		"rebound_without_origin":    {local, "evil.example:8080", "", false},
		"local_allowed_host":        {local, "mods.example.com", "https://mods.example.com", true},
		"local_name_as_suffix":      {local, "evil.localhost.example", "", false},
		"local_from_another_server": {local, "localhost:8080", "http://localhost:3000", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest("GET", "/v1/ws", nil)
			r.Host = test.host
			if test.origin != "" {
				r.Header.Set("Origin", test.origin)
			}
			w := httptest.NewRecorder()
			if p := test.hub.checkSource(w, r); (p == nil) != test.ok {
				t.Errorf("refusal %+v, want allowed %v", p, test.ok)
			}
		})
	}
}

func TestClientAddr(t *testing.T) {
	t.Parallel()
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	tests := map[string]struct {
		peer      string
		forwarded []string
		want      string
	}{
		"direct":               {"192.0.2.1:1000", nil, "192.0.2.1"},
		"forged":               {"192.0.2.1:1000", []string{"198.51.100.7"}, "192.0.2.1"},
		"behind_proxy":         {"10.0.0.1:1000", []string{"198.51.100.7"}, "198.51.100.7"},
		"behind_two":           {"10.0.0.1:1000", []string{"198.51.100.7, 10.0.0.2"}, "198.51.100.7"},
		"forged_behind_proxy":  {"10.0.0.1:1000", []string{"203.0.113.9", "198.51.100.7"}, "198.51.100.7"},
		"garbage_behind_proxy": {"10.0.0.1:1000", []string{"unknown"}, "10.0.0.1"},
		"v4_in_v6":             {"[::ffff:10.0.0.1]:1000", []string{"2001:db8::1"}, "2001:db8::1"},
		"no_address":           {"@", nil, "invalid IP"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest("GET", "/v1/ws", nil)
			r.RemoteAddr = test.peer
			for _, f := range test.forwarded {
				r.Header.Add("X-Forwarded-For", f)
			}
			if got := ClientAddr(r, proxies).String(); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
	}
}
