package auth

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"battlehub/hub"
)

// withClaim is claimsOK with a claim replaced, or added before the others.
func withClaim(name, value string) string {
	var claims []string
	for _, claim := range []string{`"sub":"ann"`, `"exp":1795345200`, `"battlehub":{"role":"moderator"}`} {
		if !strings.HasPrefix(claim, `"`+name+`":`) {
			claims = append(claims, claim)
		}
	}
	if value != "" {
		claims = append(claims, fmt.Sprintf("%q:%s", name, value))
	}
	return "{" + strings.Join(claims, ",") + "}"
}

func TestGrants(t *testing.T) {
	t.Parallel()
	end := now.Add(time.Hour)
	room256 := strings.Repeat("é", 128)
	for name, test := range map[string]struct {
		payload string
		want    hub.Grant
	}{
		"moderator":    {claimsOK, hub.Grant{User: "ann", Expires: end}},
		"id_and_issue": {withClaim("jti", `"t1","iat":1795341600.25,"nbf":1795341600`), hub.Grant{User: "ann", TokenID: "t1", Issued: now.Add(time.Second / 4), Expires: end}},
		"clocks_apart": {withClaim("nbf", `1795341660,"iat":1795341660`), hub.Grant{User: "ann", Issued: now.Add(time.Minute), Expires: end}},
		"just_expired": {withClaim("exp", "1795341541"), hub.Grant{User: "ann", Expires: now.Add(-59 * time.Second)}},
		"exp_exponent": {withClaim("exp", "1.7953452e9"), hub.Grant{User: "ann", Expires: end}},
		"null_is_none": {withClaim("nbf", `null,"jti":null,"iat":null`), hub.Grant{User: "ann", Expires: end}},
		"other_claims": {withClaim("email", `"a@b","SUB":"eve","Exp":1,"amr":[{"deep":[[[{}]]]}]`), hub.Grant{User: "ann", Expires: end}},
		"app":          {withClaim("battlehub", `{"role":"moderator","app":1400000000}`), hub.Grant{User: "ann", Apps: []hub.App{1400000000}, Expires: end}},
		"app_text":     {withClaim("battlehub", `{"role":"moderator","app":"1400000000"}`), hub.Grant{User: "ann", Apps: []hub.App{1400000000}, Expires: end}},
		"apps":         {withClaim("battlehub", `{"role":"moderator","app":[ 1 , "2"]}`), hub.Grant{User: "ann", Apps: []hub.App{1, 2}, Expires: end}},
		"owner":        {withClaim("battlehub", `{"role":"owner","rooms":["pk-3","房间"]}`), hub.Grant{User: "ann", Rooms: []string{"pk-3", "房间"}, Expires: end}},
		"owner_longest": {withClaim("battlehub", fmt.Sprintf(`{"role":"owner","rooms":[%q]}`, room256)),
			hub.Grant{User: "ann", Rooms: []string{room256}, Expires: end}},
		"owner_most": {withClaim("battlehub", `{"role":"owner","rooms":["r"`+strings.Repeat(`,"r"`, 255)+`]}`),
			hub.Grant{User: "ann", Rooms: slices.Repeat([]string{"r"}, 256), Expires: end}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := judgeOf(nil, secret).judgeJWT(t.Context(), hs256(t, secret, test.payload), now)
			if err != nil || !reflect.DeepEqual(got, test.want) {
				t.Errorf("%+v, %v\nwant %+v", got, err, test.want)
			}
		})
	}
}

func TestRefusedClaims(t *testing.T) {
	t.Parallel()
	scope := func(value string) string { return withClaim("battlehub", value) }
	for name, test := range map[string]struct {
		payload string
		reason  hub.RefusalReason
		says    string
	}{
		"expired":            {withClaim("exp", "1795341540"), hub.RefusedExpired, "expired at 2026-11-22T09:59:00.000Z"},
		"exp_zero":           {withClaim("exp", "0"), hub.RefusedExpired, "1970"},
		"exp_missing":        {withClaim("exp", ""), hub.RefusedClaims, "exp is missing"},
		"exp_null":           {withClaim("exp", "null"), hub.RefusedClaims, "exp is missing"},
		"exp_text":           {withClaim("exp", `"1795345200"`), hub.RefusedClaims, "exp: write a number"},
		"exp_list":           {withClaim("exp", `[1795345200]`), hub.RefusedClaims, "exp: write a number"},
		"exp_true":           {withClaim("exp", `true`), hub.RefusedClaims, "exp: write a number"},
		"exp_negative":       {withClaim("exp", `-1`), hub.RefusedClaims, "exp: write a number"},
		"exp_milliseconds":   {withClaim("exp", `1795345200000`), hub.RefusedClaims, "before the year 10000"},
		"exp_beyond_int64":   {withClaim("exp", `9223372036854775808`), hub.RefusedClaims, "before the year 10000"},
		"exp_beyond_float64": {withClaim("exp", `1e999`), hub.RefusedClaims, "exp: write a number"},
		"exp_twice":          {withClaim("exp", `1795345200,"exp":1795345200`), hub.RefusedClaims, `"exp" is there twice`},
		"exp_other_case":     {strings.Replace(claimsOK, "exp", "EXP", 1), hub.RefusedClaims, "exp is missing"},
		"not_yet":            {withClaim("nbf", "1795341661"), hub.RefusedEarly, "not valid before 2026-11-22T10:01:01.000Z"},
		"nbf_text":           {withClaim("nbf", `"now"`), hub.RefusedClaims, "nbf"},
		"issued_later":       {withClaim("iat", "1795341661"), hub.RefusedEarly, "issued in the future"},
		"iat_text":           {withClaim("iat", `"now"`), hub.RefusedClaims, "iat"},
		"sub_missing":        {withClaim("sub", ""), hub.RefusedClaims, "sub is missing"},
		"sub_empty":          {withClaim("sub", `""`), hub.RefusedClaims, "sub is missing"},
		"sub_number":         {withClaim("sub", `7`), hub.RefusedClaims, "sub: write a string"},
		"sub_twice":          {withClaim("sub", `"ann","sub":"eve"`), hub.RefusedClaims, `"sub" is there twice`},
		"sub_twice_escaped":  {withClaim("sub", `"ann","s\u0075b":"eve"`), hub.RefusedClaims, `"sub" is there twice`},
		"sub_other_case":     {strings.Replace(claimsOK, "sub", "Sub", 1), hub.RefusedClaims, "sub is missing"},
		"jti_number":         {withClaim("jti", `7`), hub.RefusedClaims, "jti: write a string"},
		"iss_list":           {withClaim("iss", `["a"]`), hub.RefusedClaims, "iss: write a string"},
		"aud_number":         {withClaim("aud", `7`), hub.RefusedClaims, "aud: write a string or a list"},
		"aud_mixed":          {withClaim("aud", `["a",7]`), hub.RefusedClaims, "aud: write a string or a list"},
		"not_utf8":           {withClaim("sub", "\"an\xffn\""), hub.RefusedClaims, "not UTF-8"},
		"a_list":             {`[` + claimsOK + `]`, hub.RefusedClaims, "write a JSON object"},
		"null":               {`null`, hub.RefusedClaims, "write a JSON object"},
		"empty":              {`{}`, hub.RefusedClaims, "battlehub: it is missing"},

		"scope_missing":   {withClaim("battlehub", ""), hub.RefusedClaims, `battlehub: it is missing`},
		"scope_null":      {scope(`null`), hub.RefusedClaims, "battlehub: it is missing"},
		"scope_text":      {scope(`"moderator"`), hub.RefusedClaims, "battlehub: write a JSON object"},
		"scope_empty":     {scope(`{}`), hub.RefusedClaims, "role"},
		"scope_twice":     {scope(`{"role":"moderator"},"battlehub":{"role":"owner","rooms":["a"]}`), hub.RefusedClaims, "twice"},
		"unknown_key":     {scope(`{"role":"moderator","room":["a"]}`), hub.RefusedClaims, `"room" means nothing`},
		"role_case":       {scope(`{"role":"Moderator"}`), hub.RefusedClaims, "role"},
		"role_key_case":   {scope(`{"Role":"moderator"}`), hub.RefusedClaims, `"Role" means nothing`},
		"role_unknown":    {scope(`{"role":"admin"}`), hub.RefusedClaims, "role"},
		"role_list":       {scope(`{"role":["moderator"]}`), hub.RefusedClaims, "role"},
		"role_twice":      {scope(`{"role":"owner","role":"moderator","rooms":["a"]}`), hub.RefusedClaims, `"role" is there twice`},
		"moderator_rooms": {scope(`{"role":"moderator","rooms":["a"]}`), hub.RefusedClaims, "rooms: leave them out"},
		"moderator_empty": {scope(`{"role":"moderator","rooms":[]}`), hub.RefusedClaims, "rooms: leave them out"},
		"moderator_null":  {scope(`{"role":"moderator","rooms":null}`), hub.RefusedClaims, "rooms: leave them out"},
		"owner_no_rooms":  {scope(`{"role":"owner"}`), hub.RefusedClaims, "rooms: list"},
		"owner_empty":     {scope(`{"role":"owner","rooms":[]}`), hub.RefusedClaims, "rooms: list"},
		"owner_null":      {scope(`{"role":"owner","rooms":null}`), hub.RefusedClaims, "rooms: list"},
		"owner_text":      {scope(`{"role":"owner","rooms":"a"}`), hub.RefusedClaims, "rooms: list"},
		"owner_number":    {scope(`{"role":"owner","rooms":[7]}`), hub.RefusedClaims, "rooms: list"},
		"owner_too_many":  {scope(`{"role":"owner","rooms":["r"` + strings.Repeat(`,"r"`, 256) + `]}`), hub.RefusedClaims, "rooms: list"},
		"room_empty":      {scope(`{"role":"owner","rooms":["a",""]}`), hub.RefusedClaims, "1 to 256 bytes"},
		"room_null":       {scope(`{"role":"owner","rooms":["a",null]}`), hub.RefusedClaims, "1 to 256 bytes"},
		"room_long":       {scope(`{"role":"owner","rooms":["` + strings.Repeat("é", 128) + `x"]}`), hub.RefusedClaims, "1 to 256 bytes"},
		"app_zero":        {scope(`{"role":"moderator","app":0}`), hub.RefusedClaims, "battlehub.app: write SDKAppIDs"},
		"app_negative":    {scope(`{"role":"moderator","app":-1}`), hub.RefusedClaims, "battlehub.app"},
		"app_fraction":    {scope(`{"role":"moderator","app":1.5}`), hub.RefusedClaims, "battlehub.app"},
		"app_overflow":    {scope(`{"role":"moderator","app":18446744073709551616}`), hub.RefusedClaims, "battlehub.app"},
		"app_words":       {scope(`{"role":"moderator","app":"all"}`), hub.RefusedClaims, "battlehub.app"},
		"app_empty_text":  {scope(`{"role":"moderator","app":""}`), hub.RefusedClaims, "battlehub.app"},
		"app_null":        {scope(`{"role":"moderator","app":null}`), hub.RefusedClaims, "battlehub.app"},
		"app_none":        {scope(`{"role":"moderator","app":[]}`), hub.RefusedClaims, "leave it out for every app"},
		"app_nested":      {scope(`{"role":"moderator","app":[[1]]}`), hub.RefusedClaims, "battlehub.app"},
		"app_object":      {scope(`{"role":"moderator","app":{"id":1}}`), hub.RefusedClaims, "battlehub.app"},
		"app_true":        {scope(`{"role":"moderator","app":true}`), hub.RefusedClaims, "battlehub.app"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, err := judgeOf(nil, secret).judgeJWT(t.Context(), hs256(t, secret, test.payload), now)
			wantRefusal(t, g, err, test.reason, test.says)
			// Whoever does not have the secret learns nothing of that.
			g, err = judgeOf(nil, secret).judgeJWT(t.Context(), hs256(t, otherSecret, test.payload), now)
			wantRefusal(t, g, err, hub.RefusedSignature, "no key that this hub has")
		})
	}
}

func TestIssuerAndAudience(t *testing.T) {
	t.Parallel()
	const both = `"iss":"https://id.example","aud":`
	for name, test := range map[string]struct {
		claims string
		says   string // "": granted
	}{
		"as_configured":   {both + `"battlehub"`, ""},
		"one_of_several":  {both + `["account","battlehub"]`, ""},
		"nothing":         {`"email":"a@b"`, `iss must be "https://id.example"`},
		"other_issuer":    {`"iss":"https://id.example/","aud":"battlehub"`, "iss must be"},
		"other_audience":  {both + `"battlehub2"`, `aud must be or contain "battlehub"`},
		"no_audience":     {both + `[]`, "aud must be"},
		"audience_in_two": {both + `["battle","hub"]`, "aud must be"},
		"null_audience":   {both + `null`, "aud must be"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := judgeOf(nil, secret)
			j.issuer, j.audience = "https://id.example", "battlehub"
			g, err := j.judgeJWT(t.Context(), hs256(t, secret, "{"+test.claims+","+claimsOK[1:]), now)
			if test.says != "" {
				wantRefusal(t, g, err, hub.RefusedClaims, test.says)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}
