package auth

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"battlehub/hub"
)

// TestMintedTokensAreTaken: what is minted is granted.
func TestMintedTokensAreTaken(t *testing.T) {
	t.Parallel()
	issued := time.Now().Truncate(time.Second).UTC()
	for name, grant := range map[string]hub.Grant{
		"moderator":     {User: "ann", TokenID: "t1", Issued: issued, Expires: issued.Add(time.Hour)},
		"of_two_apps":   {User: "ann", TokenID: "t1", Issued: issued, Expires: issued.Add(time.Hour), Apps: []hub.App{1400000000, 1<<64 - 1}},
		"owner":         {User: "<ann> & 安", TokenID: "t\n1", Issued: issued, Expires: issued.Add(time.Hour), Rooms: []string{"pk-3", "房 \"<间>"}},
		"issued_before": {User: "ann", TokenID: "t1", Issued: issued.Add(-time.Hour), Expires: issued.Add(time.Hour)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, m := range []Minter{{Secret: secret}, {secret, "https://id.example", "battlehub"}} {
				token, err := m.Mint(grant)
				if err != nil {
					t.Fatal(err)
				}
				j := newJudge(t, Options{Secrets: []hub.Secret{otherSecret, secret}, Issuer: m.Issuer, Audience: m.Audience})
				got, err := j.Authorize(t.Context(), hub.Credential{Scheme: hub.CredentialBearer, Text: token})
				if err != nil || !reflect.DeepEqual(got, grant) {
					t.Errorf("%+v, %v\nwant %+v", got, err, grant)
				}
			}
		})
	}
}

func TestMintCompletes(t *testing.T) {
	t.Parallel()
	ids := map[string]bool{}
	for range 2 {
		token, err := Mint(secret, hub.Grant{User: "ann", Expires: time.Now().Add(time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		g, err := judgeOf(nil, secret).judgeJWT(t.Context(), string(token), time.Now())
		if err != nil || g.TokenID == "" || ids[g.TokenID] || time.Since(g.Issued) > time.Minute {
			t.Errorf("%+v, %v", g, err)
		}
		ids[g.TokenID] = true
	}
}

func TestMintRefuses(t *testing.T) {
	t.Parallel()
	end := time.Now().Add(time.Hour)
	for name, test := range map[string]struct {
		secret hub.Secret
		g      hub.Grant
		says   string
	}{
		"short_secret": {"s3cret", hub.Grant{User: "ann", Expires: end}, "openssl rand -hex 32"},
		"no_user":      {secret, hub.Grant{Expires: end}, "sub is missing"},
		"no_end":       {secret, hub.Grant{User: "ann"}, "exp is missing"},
		"ended":        {secret, hub.Grant{User: "ann", Expires: time.Now().Add(-time.Hour)}, "expired"},
		"far_future":   {secret, hub.Grant{User: "ann", Expires: time.Unix(year10000, 0)}, "year 10000"},
		"issued_later": {secret, hub.Grant{User: "ann", Issued: end, Expires: end}, "issued in the future"},
		"owns":         {secret, hub.Grant{User: "ann", Owns: true, Expires: end}, "cannot say"},
		"hosts":        {secret, hub.Grant{User: "ann", Host: &hub.Hosting{Room: "r"}, Expires: end}, "cannot say"},
		"no_rooms":     {secret, hub.Grant{User: "ann", Rooms: []string{}, Expires: end}, "rooms"},
		"empty_room":   {secret, hub.Grant{User: "ann", Rooms: []string{""}, Expires: end}, "1 to 256 bytes"},
		"no_apps":      {secret, hub.Grant{User: "ann", Apps: []hub.App{}, Expires: end}, "SDKAppIDs"},
		"app_zero":     {secret, hub.Grant{User: "ann", Apps: []hub.App{0}, Expires: end}, "SDKAppIDs"},
		"user_bytes":   {secret, hub.Grant{User: "an\xff", Expires: end}, "UTF-8"},
		"room_bytes":   {secret, hub.Grant{User: "ann", Rooms: []string{"\xff"}, Expires: end}, "UTF-8"},
		"too_big":      {secret, hub.Grant{User: "ann", Rooms: slices.Repeat([]string{strings.Repeat("r", 256)}, 30), Expires: end}, "fewer rooms"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			token, err := Mint(test.secret, test.g)
			if err == nil || token != "" || !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "s3cret") {
				t.Errorf("%v, want …%s…", err, test.says)
			}
		})
	}
}
