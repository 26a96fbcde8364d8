package hub_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"battlehub/hub"
)

// knows is an Authorizer of two tokens; whatever else it is shown cannot be judged or is
// refused.
func knows(issued time.Time) hub.Authorizer {
	return func(_ context.Context, c hub.Credential) (hub.Grant, error) {
		switch c.Text {
		case "anns":
			return hub.Grant{User: "ann", TokenID: "1", Issued: issued, Rooms: []string{"pk-1"}}, nil
		case "mods":
			return hub.Grant{User: "mod", TokenID: "2", Issued: issued}, nil
		case "later":
			return hub.Grant{}, errors.New("not now")
		default:
			return hub.Grant{}, &hub.Refusal{Reason: hub.RefusedSignature, Detail: "unknown"}
		}
	}
}

func TestIdentify(t *testing.T) {
	t.Parallel()
	n := startNode(t, hub.Options{Authorize: knows(time.Now())})
	cookie := hub.SessionCookie + "=anns"
	for name, test := range map[string]struct {
		headers []string
		user    string
		refused hub.RefusalReason
	}{
		"nothing":              {nil, "", hub.RefusedMissing},
		"header":               {[]string{"Authorization", "Bearer mods"}, "mod", ""},
		"cookie_of_own_page":   {[]string{"Cookie", cookie, "Sec-Fetch-Site", "same-origin"}, "ann", ""},
		"cookie_of_own_origin": {[]string{"Cookie", cookie, "Origin", "https://hub.example"}, "ann", ""},
		"cookie_cross_site":    {[]string{"Cookie", cookie, "Sec-Fetch-Site", "cross-site"}, "", hub.RefusedMissing},
		"cookie_other_origin":  {[]string{"Cookie", cookie, "Origin", "https://evil.example"}, "", hub.RefusedMissing},
		"header_over_cookie":   {[]string{"Cookie", cookie, "Sec-Fetch-Site", "same-origin", "Authorization", "Bearer mods"}, "mod", ""},
		"unknown":              {[]string{"Authorization", "Bearer x"}, "", hub.RefusedSignature},
		"not_now":              {[]string{"Authorization", "Bearer later"}, "", ""},
	} {
		r := httptest.NewRequest(http.MethodGet, "https://hub.example/v1/session", nil)
		for i := 0; i < len(test.headers); i += 2 {
			r.Header.Set(test.headers[i], test.headers[i+1])
		}
		grant, err := n.hub.Identify(r)
		refusal, refused := errors.AsType[*hub.Refusal](err)
		if grant.User != test.user || (test.user == "") != (err != nil) || refused != (test.refused != "") || refused && refusal.Reason != test.refused {
			t.Errorf("%s: %+v, %v", name, grant, err)
		}
	}
}

// TestIdentifyKnowsWhatWasRevoked: unlike the authorizer of the options, which knows no log.
func TestIdentifyKnowsWhatWasRevoked(t *testing.T) {
	t.Parallel()
	n := startNode(t, hub.Options{Authorize: knows(time.Now().Add(-time.Hour))})
	if err := n.hub.Revoke(t.Context(), hub.Revocation{Token: "1"}); err != nil {
		t.Fatal(err)
	}
	show := func(token hub.Secret) error {
		_, err := n.hub.Authorize(t.Context(), hub.Credential{Scheme: hub.CredentialBearer, Text: token})
		return err
	}
	n.eventually("revoked", func() bool {
		refusal, ok := errors.AsType[*hub.Refusal](show("anns"))
		return ok && refusal.Reason == hub.RefusedRevoked
	})
	if err := show("mods"); err != nil {
		t.Errorf("another token: %v", err)
	}
}

func TestIdentifyOnAnOpenHub(t *testing.T) {
	t.Parallel()
	n := startNode(t, hub.Options{})
	grant, err := n.hub.Identify(httptest.NewRequest(http.MethodGet, "/v1/session", nil))
	if err != nil || !grant.Moderator() || grant.User != "" {
		t.Errorf("%+v, %v", grant, err)
	}
	if grant, err = n.hub.Authorize(t.Context(), hub.Credential{}); err != nil || !grant.Moderator() {
		t.Errorf("%+v, %v", grant, err)
	}
}

func TestOwnOrigin(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		own, origin, host string
		want              bool
	}{
		{"", "https://hub.example", "hub.example", true},
		{"", "http://hub.example", "HUB.example", true}, // a proxy ended TLS
		{"", "https://hub.example:8443", "hub.example", false},
		{"", "https://evil.example", "hub.example", false},
		{"", "https://hub.example.evil.example", "hub.example", false},
		{"", "null", "hub.example", false},
		{"", "", "hub.example", false},
		{"", "hub.example", "hub.example", false},
		{"https://hub.example", "https://hub.example", "node-1:8080", true},
		{"https://hub.example", "http://hub.example", "hub.example", false},
		{"https://hub.example", "https://evil.example", "evil.example", false},
	} {
		r := &http.Request{Host: test.host}
		if got := hub.OwnOrigin(test.own, test.origin, r); got != test.want {
			t.Errorf("%+v: %t", test, got)
		}
	}
}
