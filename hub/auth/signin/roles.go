package signin

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode"

	"battlehub/hub"
)

// Roles say what the claims of an ID token make of somebody. Claims may be texts or lists of
// texts; a dot in a claim's name leads into an object.
type Roles struct {
	Claim     string   // that lists a person's groups or roles
	Moderator []string // values of Claim; one of them makes a moderator, who sees every room
	Owner     []string // values of Claim; one of them makes an owner, who sees those of RoomsClaim
	Rooms     string   // the claim that lists an owner's rooms
	User      string   // the claim that is the person's name here, and by which they are revoked
}

// maxUser bounds a name; a hub takes no longer ids.
const maxUser = 256

// grant says what somebody may see.
func (r *Roles) grant(c claims) (hub.Grant, *failure) {
	user, failed := r.user(c)
	if failed != nil {
		return hub.Grant{}, failed
	}
	has := func(values []string) bool {
		return slices.ContainsFunc(c.texts(r.Claim), func(value string) bool { return slices.Contains(values, value) })
	}
	rooms := c.texts(r.Rooms)
	switch {
	case has(r.Moderator):
		return hub.Grant{User: user}, nil
	case !has(r.Owner):
		return hub.Grant{}, forbidden(user, fmt.Sprintf("nothing in your %q lets you in", r.Claim))
	case len(rooms) == 0: // a nil list would be every room
		return hub.Grant{}, forbidden(user, fmt.Sprintf("you may see your own rooms, but your %q lists none", r.Rooms))
	default:
		return hub.Grant{User: user, Rooms: rooms}, nil
	}
}

// user returns the person's name here. An address that the provider has not verified is no
// name: anybody could have entered it.
func (r *Roles) user(c claims) (string, *failure) {
	names := c.texts(r.User)
	if len(names) != 1 || names[0] == "" || len(names[0]) > maxUser || strings.ContainsFunc(names[0], unicode.IsControl) {
		return "", forbidden("", fmt.Sprintf("your %q does not say who you are", r.User))
	}
	switch c["email_verified"] {
	case false, "false": // some write it as a text
		if r.User == "email" {
			return "", forbidden("", "your e-mail address is not verified there")
		}
	}
	return names[0], nil
}

// forbidden is the failure of somebody who is known and has no part here.
func forbidden(user, why string) *failure {
	f := &failure{status: http.StatusForbidden, result: resultForbidden, title: "You may not see this hub",
		text: "Your account is good, but " + why + ". Ask whoever runs this hub, or sign in with another account."}
	if user != "" {
		f.quote = "Your account: " + brief(user)
	}
	return f
}
