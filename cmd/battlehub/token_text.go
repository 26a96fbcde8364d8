package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"battlehub/hub"
)

// reading is what a credential says of itself, which proves nothing.
type reading struct {
	credential hub.Credential
	header     json.RawMessage // of a JWT
	claims     json.RawMessage // of a JWT; of a UserSig, app and user
}

// readCredential tells JWTs from UserSigs, which begin with an SDKAppID, and takes them
// apart.
func readCredential(text hub.Secret) (*reading, error) {
	parts := strings.Split(string(text), ".")
	if _, err := strconv.ParseUint(parts[0], 10, 64); err == nil && len(parts) >= 3 {
		claims, err := json.Marshal(map[string]string{"sdkappid": parts[0], "userid": parts[1]})
		return &reading{hub.Credential{Scheme: hub.CredentialUserSig, Text: text}, nil, claims}, err
	}
	if len(parts) == 3 {
		header, err1 := base64.RawURLEncoding.DecodeString(parts[0])
		claims, err2 := base64.RawURLEncoding.DecodeString(parts[1])
		if err1 == nil && err2 == nil && json.Valid(header) && json.Valid(claims) {
			return &reading{hub.Credential{Scheme: hub.CredentialBearer, Text: text}, header, claims}, nil
		}
	}
	return nil, errors.New("this is neither a JWT (three parts of base64url between dots, the first two JSON) nor a UserSig (sdkappid.userid.usersig)")
}

// appendJSON writes one line of JSON.
func (r *reading) appendJSON(b []byte, v *verdict, _ time.Time) []byte {
	text, err := json.Marshal(struct {
		Kind    hub.CredentialScheme `json:"kind"`
		Header  json.RawMessage      `json:"header,omitempty"`
		Claims  json.RawMessage      `json:"claims"`
		Verdict *verdict             `json:"verdict,omitempty"`
	}{r.credential.Scheme, r.header, r.claims, v})
	if err != nil {
		return b // both are valid JSON
	}
	return appendJSONLine(b, text)
}

// appendText writes lines for people.
func (r *reading) appendText(b []byte, v *verdict, now time.Time) []byte {
	kind := map[hub.CredentialScheme]string{hub.CredentialBearer: "JWT", hub.CredentialUserSig: "UserSig"}[r.credential.Scheme]
	b = fmt.Appendf(b, "%s\n", kind)
	b = appendMembers(b, r.header, now)
	b = append(b, "says, whether it is true or not:\n"...)
	b = appendMembers(b, r.claims, now)
	switch {
	case v == nil:
		b = append(b, "\nNot checked. Give a hub's keys to hear whether it takes this: --jwt-secret-file, --jwks-url, --usersig-key-file or --config.\n"...)
	case v.Accepted:
		b = fmt.Appendf(b, "\nA hub with these keys takes it: %s\n", v.Detail)
	}
	return b
}

// appendMembers writes a line for each member of an object, as they come, so that one that
// is there twice shows.
func appendMembers(b []byte, object json.RawMessage, now time.Time) []byte {
	dec := json.NewDecoder(bytes.NewReader(object))
	if begin, err := dec.Token(); err != nil || begin != json.Delim('{') {
		return appendJSONLine(b, object) // nothing, or no object
	}
	for dec.More() {
		name, err := dec.Token()
		var value json.RawMessage
		if err != nil || dec.Decode(&value) != nil {
			return b // it is valid JSON
		}
		b = fmt.Appendf(b, "  %s  ", pad(printable(fmt.Sprint(name)), len("battlehub")))
		b = append(b, bytes.TrimSuffix(appendJSONLine(nil, value), []byte("\n"))...)
		b = append(append(b, instantInWords(fmt.Sprint(name), value, now)...), '\n')
	}
	return b
}

// instantInWords explains a claim that is a time; "" if it is none.
func instantInWords(name string, value json.RawMessage, now time.Time) string {
	seconds, err := strconv.ParseFloat(string(value), 64)
	if name != "exp" && name != "nbf" && name != "iat" || err != nil || seconds < 0 || seconds > 253402300799 {
		return ""
	}
	at := time.Unix(int64(seconds), 0)
	if left := at.Sub(now).Round(time.Second); left >= 0 {
		return fmt.Sprintf(": %v, in %v", hub.At(at), left)
	}
	return fmt.Sprintf(": %v, %v ago", hub.At(at), now.Sub(at).Round(time.Second))
}

// grantInWords says who sees what, and until when.
func grantInWords(g *hub.Grant) string {
	var rooms []string
	for _, room := range g.Rooms {
		rooms = append(rooms, printable(room))
	}
	if g.Moderator() {
		rooms = append(rooms, "every room")
	}
	if g.Owns {
		rooms = append(rooms, "the rooms of which it is the owner")
	}
	if g.Host != nil {
		rooms = append(rooms, printable(g.Host.Room)+", as its host")
	}
	apps := "every app"
	if g.Apps != nil {
		apps = "app " + strings.Trim(fmt.Sprint(g.Apps), "[]")
	}
	words := fmt.Sprintf("%s sees %s of %s", printable(g.User), strings.Join(rooms, ", "), apps)
	if !g.Expires.IsZero() {
		words += fmt.Sprintf(" until %v", hub.At(g.Expires))
	}
	return words
}
