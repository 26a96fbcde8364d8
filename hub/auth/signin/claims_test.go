package signin

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

func TestClaimPaths(t *testing.T) {
	t.Parallel()
	const token = `{"groups":["a","b"],"one":"x","realm_access":{"roles":["mods"]},"https://example.com/roles":["y"],
		"resource_access":{"battle.hub":{"roles":["z"]},"battle":{"hub":{"other":"w"}}},"a.b":{"c":"deep"},"a":{"b":{"d":"deeper"}},
		"number":7,"null":null,"empty":[],"mixed":["m",1,null,{"x":"y"}],"":"nameless"}`
	var c claims
	if err := json.Unmarshal([]byte(token), &c); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"groups": "a b", "one": "x", "realm_access.roles": "mods", "https://example.com/roles": "y",
		"resource_access.battle.hub.roles": "z", "resource_access.battle.hub.other": "w", "a.b.c": "deep", "a.b.d": "deeper",
		"number": "", "null": "", "empty": "", "mixed": "m", "realm_access": "", "missing": "", "groups.0": "", "one.x": "",
		"realm_access.": "", ".roles": "", ".": "", "..": "", "": "nameless",
	} {
		if got := strings.Join(c.texts(path), " "); got != want {
			t.Errorf("%q: %q, want %q", path, got, want)
		}
	}
}

// FuzzGrant: whatever an ID token says, nobody becomes a moderator who has not that value,
// and no owner has every room.
func FuzzGrant(f *testing.F) {
	for _, seed := range []string{`{"sub":"a","groups":["mods"]}`, `{"sub":"a","groups":"hosts","rooms":["pk-3"]}`, `{"sub":"a","groups":["hosts"]}`,
		`{"sub":"a","g.h":{"i":"mods"},"groups":{"mods":true}}`, `{"sub":["a"],"groups":[["mods"]]}`, `{"sub":null}`, `[]`, `{"session_expiry":1e300}`} {
		f.Add([]byte(seed), "groups")
	}
	f.Add([]byte(`{"sub":"a","realm_access":{"roles":["mods"]}}`), "realm_access.roles")
	f.Fuzz(func(t *testing.T, token []byte, path string) {
		var c claims
		if json.Unmarshal(token, &c) != nil {
			return
		}
		r := Roles{Claim: path, Moderator: []string{"mods"}, Owner: []string{"hosts"}, Rooms: "rooms", User: "sub"}
		g, failed := r.grant(c)
		if failed != nil {
			return
		}
		values := c.texts(path)
		if g.User == "" || g.Moderator() != slices.Contains(values, "mods") || !g.Moderator() && (len(g.Rooms) == 0 || !slices.Contains(values, "hosts")) {
			t.Errorf("%s: %+v", token, g)
		}
	})
}

// FuzzFlow: no cookie is read as another than the one that was written.
func FuzzFlow(f *testing.F) {
	f.Add("1795456311.ABCDEFGHIJKLMNOPQRSTUVWXYZ.ZYXWVUTSRQPONMLKJIHGFEDCBA.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
	f.Add("...")
	f.Add("-9223372036854775808.a.b.c")
	f.Fuzz(func(t *testing.T, value string) {
		flow, ok := parseFlow(value)
		if !ok {
			return
		}
		if flow.state == "" || flow.nonce == "" || flow.verifier == "" {
			t.Errorf("%q: %+v", value, flow)
		}
		if again, ok := parseFlow(flow.cookie().Value); !ok || again != flow {
			t.Errorf("%q: %+v, then %+v", value, flow, again)
		}
	})
}
