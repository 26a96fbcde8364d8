package auth

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"battlehub/hub"
	"battlehub/hub/jsonscan"
)

// leeway is how far the clocks of the hub and of who signs may be apart (R53).
const leeway = time.Minute

// readGrant turns the claims of a verified token into what they grant now.
func (j *Judge) readGrant(payload []byte, now time.Time) (hub.Grant, error) {
	c := readClaims(payload)
	g := hub.Grant{User: c.text("sub"), TokenID: c.text("jti"), Issued: c.instant("iat"), Expires: c.instant("exp")}
	begins, issuer, audience := c.instant("nbf"), c.text("iss"), c.texts("aud")
	g.Apps, g.Rooms = c.scope()
	switch {
	case c.err != nil:
		return hub.Grant{}, refuse(hub.RefusedClaims, "the token's claims: %v", c.err)
	case g.User == "":
		return hub.Grant{}, refuse(hub.RefusedClaims, "the token's claims: sub is missing; name the user")
	case g.Expires.IsZero():
		return hub.Grant{}, refuse(hub.RefusedClaims, "the token's claims: exp is missing; every token must end")
	case !now.Before(g.Expires.Add(leeway)):
		return hub.Grant{}, refuse(hub.RefusedExpired, "the token expired at %v; get a new one", hub.At(g.Expires))
	case now.Add(leeway).Before(begins):
		return hub.Grant{}, refuse(hub.RefusedEarly, "the token is not valid before %v (nbf)", hub.At(begins))
	case now.Add(leeway).Before(g.Issued):
		return hub.Grant{}, refuse(hub.RefusedEarly, "the token was issued in the future, at %v (iat); are the clocks right?", hub.At(g.Issued))
	case j.issuer != "" && issuer != j.issuer:
		return hub.Grant{}, refuse(hub.RefusedClaims, "the token's claims: iss must be %q", j.issuer)
	case j.audience != "" && !slices.Contains(audience, j.audience):
		return hub.Grant{}, refuse(hub.RefusedClaims, "the token's claims: aud must be or contain %q", j.audience)
	}
	return g, nil
}

// claims reads claims and remembers the first that is wrong, so that the code that lists
// them is not drowned in checks. Null counts as missing, but for the battlehub claim.
type claims struct {
	values map[string]json.RawMessage
	err    error
}

func readClaims(payload []byte) *claims {
	if !utf8.Valid(payload) { // encoding/json would put U+FFFD into names, and make two users one
		return &claims{err: errors.New("they are not UTF-8")}
	}
	values, err := members(payload)
	return &claims{values, err}
}

// refuse notes what is wrong with a claim. It never repeats the value.
func (c *claims) refuse(name, problem string) {
	if c.err == nil {
		c.err = fmt.Errorf("%s: %s", name, problem)
	}
}

// value returns a claim; nil if it is missing.
func (c *claims) value(name string) json.RawMessage {
	if value := c.values[name]; string(value) != "null" {
		return value
	}
	return nil
}

// text returns a claim that is a string; "" if it is missing.
func (c *claims) text(name string) string {
	value := c.value(name)
	switch {
	case value == nil:
		return ""
	case value[0] != '"':
		c.refuse(name, "write a string")
		return ""
	}
	return jsonscan.Unquote(value)
}

// texts returns a claim that is a string or a list of them (RFC 7519 §4.1.3).
func (c *claims) texts(name string) (texts []string) {
	value := c.value(name)
	if value == nil {
		return nil
	}
	var one string
	if json.Unmarshal(value, &one) == nil {
		return []string{one}
	}
	if json.Unmarshal(value, &texts) != nil {
		c.refuse(name, "write a string or a list of strings")
	}
	return texts
}

// year10000 is where RFC 3339, and so the hub's own times, end.
const year10000 = 253402300800

// instant returns a claim that is a NumericDate (RFC 7519 §2): seconds since 1970, with a
// fraction or without. The zero time means that it is missing. The bounds matter: to turn a
// float that is too big into an integer gives whatever the processor likes.
func (c *claims) instant(name string) time.Time {
	value := c.value(name)
	if value == nil {
		return time.Time{}
	}
	seconds, err := strconv.ParseFloat(string(value), 64) // of a JSON text: neither NaN nor hexadecimal
	if err != nil || seconds < 0 || seconds >= year10000 {
		c.refuse(name, "write a number of seconds since 1970, before the year 10000")
		return time.Time{}
	}
	whole, fraction := math.Modf(seconds)
	return time.Unix(int64(whole), int64(fraction*1e9)).UTC()
}
