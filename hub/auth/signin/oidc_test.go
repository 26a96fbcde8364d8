package signin

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"battlehub/hub"
)

var moderator = person{"groups": []string{"staff", "mods"}}

func TestSignInByOIDC(t *testing.T) {
	t.Parallel()
	s := startSite(t, nil)
	b := s.browser()
	if code, _ := b.session(); code != http.StatusUnauthorized {
		t.Fatalf("signed in before: %d", code)
	}
	s.provider.QueueUser(moderator)
	resp, _ := b.get(s.url + "/v1/signin/oidc")
	there, err := resp.Location()
	if err != nil {
		t.Fatal(err)
	}
	asked := there.Query()
	if resp.StatusCode != http.StatusSeeOther || !strings.HasPrefix(there.String(), s.provider.AuthorizationEndpoint()) ||
		asked.Get("code_challenge_method") != "S256" || len(asked.Get("code_challenge")) != 43 || len(asked.Get("state")) < 26 || len(asked.Get("nonce")) < 26 ||
		asked.Get("state") == asked.Get("nonce") || asked.Get("redirect_uri") != s.url+"/v1/signin/callback" || asked.Get("response_type") != "code" ||
		asked.Get("scope") != "openid profile email groups" {
		t.Errorf("%d %s", resp.StatusCode, there)
	}
	if c := cookie(resp, flowCookie); c == nil || !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.MaxAge != 600 {
		t.Errorf("flow cookie %+v", c)
	}

	resp, _ = b.get(b.goTo(there.String()).String())
	home, err := resp.Location()
	if err != nil || resp.StatusCode != http.StatusSeeOther || home.String() != s.url+"/" {
		t.Fatalf("%d %v, %v", resp.StatusCode, home, err)
	}
	if c := cookie(resp, hub.SessionCookie); c == nil || !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Domain != "" || c.MaxAge < 43_190 || c.MaxAge > 43_200 {
		t.Errorf("session cookie %+v", c)
	}
	code, who := b.session()
	if code != http.StatusOK || who.User != "sub-1" || who.Role != "moderator" || who.Rooms != nil || who.SignIn.OIDC.Name != "Example" {
		t.Errorf("%d %+v", code, who)
	}
	claims := jwt.MapClaims{}
	if _, _, err := jwt.NewParser().ParseUnverified(b.cookies()[hub.SessionCookie], claims); err != nil || len(claims["jti"].(string)) < 26 {
		t.Errorf("%v, %v: no id to revoke it by", claims, err)
	}
	if _, left := b.cookies()[flowCookie]; left {
		t.Error("the flow cookie is left behind")
	}
	if n := counted(t, s.options, byOIDC, resultOK); n != 1 {
		t.Errorf("counted %v times", n)
	}
}

// TestWhoMayDoWhat: what claims make of people.
func TestWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	s := startSite(t, func(o *OIDC) { o.Roles.Claim, o.Roles.User = "realm_access.roles", "email" })
	roles := func(values ...any) map[string]any { return map[string]any{"roles": values} }
	for name, test := range map[string]struct {
		who person
		as  answer
	}{
		"moderator":          {person{"email": "a@example.com", "realm_access": roles("mods")}, answer{User: "a@example.com", Role: "moderator"}},
		"owner":              {person{"email": "a@example.com", "email_verified": true, "realm_access": roles("hosts", 7), "rooms": []string{"pk-3", "pk-5"}}, answer{User: "a@example.com", Role: "owner", Rooms: []string{"pk-3", "pk-5"}}},
		"owner_of_one":       {person{"email": "a@example.com", "realm_access": map[string]any{"roles": "hosts"}, "rooms": "pk-3"}, answer{User: "a@example.com", Role: "owner", Rooms: []string{"pk-3"}}},
		"both_is_the_higher": {person{"email": "a@example.com", "realm_access": roles("hosts", "mods"), "rooms": "pk-3"}, answer{User: "a@example.com", Role: "moderator"}},
	} {
		b := s.browser()
		if to := b.goTo(b.visit(test.who).String()); to.String() != s.url+"/" {
			t.Errorf("%s: %s", name, to)
		}
		code, got := b.session()
		if code != http.StatusOK || got.User != test.as.User || got.Role != test.as.Role || !slices.Equal(got.Rooms, test.as.Rooms) || (got.Rooms == nil) != (test.as.Rooms == nil) {
			t.Errorf("%s: %d %+v", name, code, got)
		}
	}
	for name, test := range map[string]struct {
		who  person
		says string
	}{
		"no_group":       {person{"email": "a@example.com"}, "realm_access.roles"},
		"other_group":    {person{"email": "a@example.com", "realm_access": roles("mod", "MODS", "")}, "a@example.com"},
		"flat_group":     {person{"email": "a@example.com", "roles": "mods"}, "realm_access.roles"},
		"group_no_text":  {person{"email": "a@example.com", "realm_access": roles(1, nil, true, []string{"mods"})}, "realm_access.roles"},
		"no_rooms":       {person{"email": "a@example.com", "realm_access": roles("hosts")}, "rooms"},
		"rooms_no_texts": {person{"email": "a@example.com", "realm_access": roles("hosts"), "rooms": []int{3}}, "rooms"},
		"no_name":        {person{"realm_access": roles("mods")}, "email"},
		"empty_name":     {person{"email": "", "realm_access": roles("mods")}, "email"},
		"two_names":      {person{"email": []string{"a", "b"}, "realm_access": roles("mods")}, "email"},
		"unverified":     {person{"email": "a@example.com", "email_verified": false, "realm_access": roles("mods")}, "not verified"},
		"unverified_too": {person{"email": "a@example.com", "email_verified": "false", "realm_access": roles("mods")}, "not verified"},
	} {
		t.Log(name)
		b := s.browser()
		b.mustFail(b.visit(test.who).String(), http.StatusForbidden, "You may not see this hub", test.says)
	}
	if n := counted(t, s.options, byOIDC, resultForbidden); n != 11 {
		t.Errorf("counted %v times", n)
	}
}

func TestTheProviderMayEndASessionEarlier(t *testing.T) {
	t.Parallel()
	s := startSite(t, nil)
	soon := time.Now().Add(time.Hour).Truncate(time.Second)
	for name, test := range map[string]struct {
		says any
		want time.Time // zero: sessionTime
	}{
		"earlier":  {soon.Unix(), soon},
		"later":    {time.Now().Add(100 * time.Hour).Unix(), time.Time{}},
		"not_said": {nil, time.Time{}},
		"no_time":  {"soon", time.Time{}},
	} {
		b := s.browser()
		b.goTo(b.visit(person{"groups": "mods", "session_expiry": test.says}).String())
		_, got := b.session()
		if test.want.IsZero() {
			test.want = time.Now().Add(sessionTime)
		}
		if off := test.want.Sub(got.Expires.Time); off < -time.Second || off > time.Minute {
			t.Errorf("%s: until %v, want %v", name, got.Expires, test.want)
		}
	}
	b := s.browser()
	b.mustFail(b.visit(person{"groups": "mods", "session_expiry": 1}).String(), http.StatusBadGateway)
}

// TestOnlyWhoBeganMayFinish: without what the browser was given at the beginning, a callback
// is worth nothing. So nobody is made to sign in as the attacker, whose own code it is.
func TestOnlyWhoBeganMayFinish(t *testing.T) {
	t.Parallel()
	s := startSite(t, nil)
	attacker := s.browser()
	callback := attacker.visit(moderator).String()
	stolen := attacker.cookies()[flowCookie]
	change := func(param, value string) string {
		u, err := url.Parse(callback)
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		if q.Set(param, value); value == "" {
			q.Del(param)
		}
		u.RawQuery = q.Encode()
		return u.String()
	}

	victim := s.browser()
	victim.mustFail(callback, http.StatusBadRequest, "This browser began no such sign-in", s.url)
	victim.visit(moderator) // began one of its own
	victim.mustFail(callback, http.StatusBadRequest)
	for name, state := range map[string]string{"other": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "none": "", "half": stolen[11:20]} {
		t.Log(name)
		attacker.plant(flowCookie, stolen)
		attacker.mustFail(change("state", state), http.StatusBadRequest)
	}
	for name, cookie := range map[string]string{"empty": "", "garbage": "x", "no_state": "9999999999..a.b", "no_time": "x" + stolen, "more": stolen + ".x"} {
		t.Log(name)
		attacker.plant(flowCookie, cookie)
		attacker.mustFail(callback, http.StatusBadRequest)
	}
	attacker.plant(flowCookie, stolen)
	if to := attacker.goTo(callback); to.String() != s.url+"/" {
		t.Errorf("who began it cannot finish it: %s", to)
	}
	if n := counted(t, s.options, byOIDC, resultStale); n != 10 {
		t.Errorf("counted %v times", n)
	}
}

// TestACallbackIsGoodForOnce, for the browser and, should it have kept its cookie, for the
// provider.
func TestACallbackIsGoodForOnce(t *testing.T) {
	t.Parallel()
	s := startSite(t, nil)
	b := s.browser()
	callback, flow := b.visit(moderator).String(), b.cookies()[flowCookie]
	b.goTo(callback)
	other := s.browser()
	other.mustFail(callback, http.StatusBadRequest, "This browser began no such sign-in")
	other.plant(flowCookie, flow)
	other.mustFail(callback, http.StatusBadRequest, "used already")
	if n := counted(t, s.options, byOIDC, resultRefused); n != 1 {
		t.Errorf("counted %v times", n)
	}
}

// TestTheVerifierIsChecked by the provider: a code alone is not enough (PKCE).
func TestTheVerifierIsChecked(t *testing.T) {
	t.Parallel()
	s := startSite(t, nil)
	b := s.browser()
	callback := b.visit(moderator).String()
	parts := strings.Split(b.cookies()[flowCookie], ".")
	parts[3] = strings.Repeat("A", 43)
	b.plant(flowCookie, strings.Join(parts, "."))
	b.mustFail(callback, http.StatusBadRequest)
	if !strings.Contains(s.logged(), "invalid_grant") {
		t.Errorf("log: %s", s.logged())
	}
}

// TestIDTokensOfOthersAreRefused: each is signed by the provider, and wrong in one point.
func TestIDTokensOfOthersAreRefused(t *testing.T) {
	t.Parallel()
	s := startSite(t, nil)
	for name, test := range map[string]struct {
		claim string
		value any
		log   string
	}{
		"nonce_of_another": {"nonce", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "nonce"},
		"no_nonce":         {"nonce", nil, "nonce"},
		"foreign_issuer":   {"iss", "https://evil.example", "issued by a different provider"},
		"other_audience":   {"aud", "another-client", "audience"},
		"other_party":      {"azp", "another-client", "azp"},
		"expired":          {"exp", time.Now().Add(-time.Hour).Unix(), "expired"},
		"not_yet":          {"nbf", time.Now().Add(time.Hour).Unix(), "nbf"},
	} {
		b := s.browser()
		callback := b.visit(person{"groups": "mods", test.claim: test.value}).String()
		body := b.mustFail(callback, http.StatusBadGateway, "could not be verified")
		if !strings.Contains(s.logged(), test.log) || strings.Contains(body, "evil") {
			t.Errorf("%s: log %s\npage %s", name, s.logged(), body)
		}
	}
	if n := counted(t, s.options, byOIDC, resultRefused); n != 7 {
		t.Errorf("counted %v times", n)
	}
}

func TestAForeignIssuerOfTheCallbackIsRefused(t *testing.T) {
	t.Parallel()
	s := startSite(t, nil)
	b := s.browser()
	b.mustFail(b.visit(moderator).String()+"&iss=https%3A%2F%2Fevil.example", http.StatusBadRequest, "another provider")
	if to := b.goTo(b.visit(moderator).String() + "&iss=" + url.QueryEscape(s.provider.Issuer())); to.String() != s.url+"/" {
		t.Errorf("%s", to)
	}
}

// TestNobodyIsSentElsewhere, whatever the request says.
func TestNobodyIsSentElsewhere(t *testing.T) {
	t.Parallel()
	s := startSite(t, nil)
	b := s.browser()
	s.provider.QueueUser(moderator)
	const evil = "redirect_uri=https%3A%2F%2Fevil.example&redirect=https%3A%2F%2Fevil.example&next=%2F%2Fevil.example&rd=%2Fevil.example"
	there := b.goTo(s.url + "/v1/signin/oidc?" + evil)
	if got := there.Query().Get("redirect_uri"); got != s.url+"/v1/signin/callback" || strings.Contains(there.String(), "evil") {
		t.Errorf("%s", there)
	}
	if to := b.goTo(b.goTo(there.String()).String() + "&" + evil); to.String() != s.url+"/" {
		t.Errorf("%s", to)
	}
}

// TestWhatTheProviderSaysIsText, and only shown to a browser that asked it something.
func TestWhatTheProviderSaysIsText(t *testing.T) {
	t.Parallel()
	s := startSite(t, nil)
	b := s.browser()
	says := url.Values{"error": {"access_denied"}, "error_description": {`<script>alert(1)</script> & "no"` + "\n\u202e" + strings.Repeat("x", 1000)}}
	if body := b.mustFail(s.url+"/v1/signin/callback?"+says.Encode(), http.StatusBadRequest); strings.Contains(body, "alert") {
		t.Errorf("anybody can put words into the page:\n%s", body)
	}
	says.Set("state", b.visit(moderator).Query().Get("state"))
	body := b.mustFail(s.url+"/v1/signin/callback?"+says.Encode(), http.StatusForbidden,
		"Example did not let you in", `access_denied: &lt;script&gt;alert(1)&lt;/script&gt; &amp; &#34;no&#34; `)
	if strings.Contains(body, "<script") || strings.Contains(body, "\u202e") || strings.Contains(body, strings.Repeat("x", 500)) {
		t.Errorf("%s", body)
	}
}
