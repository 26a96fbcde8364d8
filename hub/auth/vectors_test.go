package auth

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"battlehub/hub"
)

//go:embed testdata/usersig.json
var vectorFile []byte

// vector is a ticket made with Tencent's own library.
type vector struct {
	Name          string
	App           hub.App    `json:"sdkappid"`
	Key           hub.Secret `json:"secret_key"`
	User          string     `json:"userid"`
	UserSig       string     `json:"usersig"`
	PrivateMapKey string     `json:"private_map_key"`
	Room          string     `json:"private_map_key_room"`
	Privileges    uint32     `json:"private_map_key_privileges"`
	Issued        int64      `json:"issued_unix"`
	Expire        int64      `json:"expire_seconds"`
}

func vectors(tb testing.TB) []vector {
	tb.Helper()
	var all []vector
	if err := json.Unmarshal(vectorFile, &all); err != nil || len(all) == 0 {
		tb.Fatalf("%d vectors: %v", len(all), err)
	}
	return all
}

// text is the credential that a client would send.
func (v *vector) text() hub.Secret {
	text := v.App.String() + "." + v.User + "." + v.UserSig
	if v.PrivateMapKey != "" {
		text += "." + v.PrivateMapKey
	}
	return hub.Secret(text)
}

func (v *vector) issued() time.Time { return time.Unix(v.Issued, 0).UTC() }

func (v *vector) valid() time.Duration { return time.Duration(v.Expire) * time.Second }

// grant is what the vector must grant while it is valid.
func (v *vector) grant() hub.Grant {
	g := hub.Grant{User: v.User, Apps: []hub.App{v.App}, Rooms: []string{}, Owns: true,
		Issued: v.issued(), Expires: v.issued().Add(v.valid())}
	if v.PrivateMapKey != "" {
		g.Host = &hub.Hosting{Room: v.Room, Since: v.issued()}
	}
	return g
}

// vectorKeys are the keys of all the vectors.
func vectorKeys(tb testing.TB) UserSigKeys {
	keys := UserSigKeys{}
	for _, v := range vectors(tb) {
		keys[v.App] = []hub.Secret{v.Key}
	}
	return keys
}

// What the other tests sign with and for.
const (
	testApp  hub.App    = 1400000001
	otherApp hub.App    = 1400000002
	testKey  hub.Secret = "the key of the app"
	otherKey hub.Secret = "the key of another app"
)

var (
	testKeys = UserSigKeys{testApp: {testKey}, otherApp: {otherKey}}
	noon     = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
)

// credential joins a userid, as it is sent, and tickets.
func credential(app hub.App, userid string, tickets ...hub.Secret) hub.Secret {
	text := app.String() + "." + userid
	for _, t := range tickets {
		text += "." + string(t)
	}
	return hub.Secret(text)
}

// sigOf is brennan's UserSig, issued at noon for a day.
func sigOf(user string) hub.Secret { return SignUserSig(testKey, testApp, user, noon, 24*time.Hour) }

// keyOf is a PrivateMapKey for pk-3, issued at noon for five minutes.
func keyOf(user string) hub.Secret {
	return SignPrivateMapKey(testKey, testApp, user, "pk-3", 255, noon, 5*time.Minute)
}

// wantTicketRefused checks an error: a refusal for that reason, with a detail that holds the
// words, and nothing of the credential beyond what anybody may know.
func wantTicketRefused(t *testing.T, grant hub.Grant, err error, text hub.Secret, reason hub.RefusalReason, words string) {
	t.Helper()
	refusal, ok := errors.AsType[*hub.Refusal](err)
	if !ok {
		t.Fatalf("granted %+v, %v; want a refusal: %s", grant, err, reason)
	}
	if refusal.Reason != reason || !strings.Contains(refusal.Detail, words) {
		t.Errorf("refused: %s: %s; want %s: …%s…", refusal.Reason, refusal.Detail, reason, words)
	}
	for _, piece := range strings.Split(string(text), ".") {
		if len(piece) > 16 && strings.Contains(fmt.Sprintf("%#v", refusal), piece) {
			t.Errorf("the refusal repeats what was sent: %s", refusal.Detail)
		}
	}
}
