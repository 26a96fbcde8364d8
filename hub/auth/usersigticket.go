package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"battlehub/hub"
)

// maxName is how long a userid or a room may be, in bytes: what webhooks may say too, and
// clients may ask for. Tencent documents 32 and 64.
const maxName = 256

// latestUnix is the last second of the year 9999, the last that RFC 3339 can write.
const latestUnix = 253402300799

// userSig is a UserSig as trtc.io/document/35166 and Tencent's tls-sig-api-v2 make it. With
// a userbuf that names a room it is a PrivateMapKey. The fields are in the order of
// Tencent's own texts.
type userSig struct {
	Version string  `json:"TLS.ver"`
	User    string  `json:"TLS.identifier"`
	App     hub.App `json:"TLS.sdkappid"`
	Expire  int64   `json:"TLS.expire"` // seconds after Time
	Time    int64   `json:"TLS.time"`   // Unix seconds
	UserBuf []byte  `json:"TLS.userbuf,omitzero"`
	Sig     []byte  `json:"TLS.sig"`
}

// userSigVersion is the one that signs by HMAC. Those before it signed with key pairs.
const userSigVersion = "2.0"

// readUserSig unpacks a ticket and checks its form. Its errors repeat nothing of it.
func readUserSig(text string) (*userSig, error) {
	doc, err := unpack(text)
	if err != nil {
		return nil, err
	}
	var s userSig
	if err := json.Unmarshal(doc, &s); err != nil {
		return nil, misread(err)
	}
	return &s, s.check()
}

// misread says what is wrong with the JSON of a ticket. The package's own errors may quote it.
func misread(err error) error {
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && wrong.Field != "" {
		return errors.New(wrong.Field + " is of the wrong type or out of range")
	}
	if _, ok := errors.AsType[base64.CorruptInputError](err); ok {
		return errors.New("TLS.sig or TLS.userbuf is not base64")
	}
	return errors.New("inflates to something else than the JSON of a UserSig")
}

// check refuses what no server signs in earnest, before anything reckons with it.
func (s *userSig) check() error {
	switch {
	case s.Version != userSigVersion:
		return errors.New("TLS.ver is not 2.0; sign with HMAC-SHA256, as the newer of Tencent's libraries do")
	case !isName(s.User):
		return errors.New("TLS.identifier is missing, too long, or holds control characters")
	case s.Time <= 0 || s.Time > latestUnix:
		return errors.New("TLS.time is missing or out of range; it is in Unix seconds")
	case s.Expire <= 0:
		return errors.New("TLS.expire is missing or out of range; it is in seconds after TLS.time")
	}
	return nil
}

// isName reports whether text can be a userid or a room, by the rule of the webhooks: what
// they cannot name would never match. It also keeps line feeds out of what is signed, so
// that no userid can stand for one more line of it.
func isName(text string) bool {
	return text != "" && len(text) <= maxName && utf8.ValidString(text) &&
		!strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || r == utf8.RuneError })
}

func (s *userSig) issued() time.Time { return time.Unix(s.Time, 0).UTC() }

// expires is the last moment at which it is valid. The sum cannot overflow.
func (s *userSig) expires() time.Time {
	return time.Unix(s.Time+min(s.Expire, latestUnix-s.Time), 0).UTC()
}

// signature signs what Tencent does: lines, of which the last is there only if there is a
// userbuf, be it empty. It takes the values as they were read, never their text in the JSON.
func (s *userSig) signature(key hub.Secret) []byte {
	lines := "TLS.identifier:" + s.User + "\nTLS.sdkappid:" + s.App.String() +
		"\nTLS.time:" + strconv.FormatInt(s.Time, 10) + "\nTLS.expire:" + strconv.FormatInt(s.Expire, 10) + "\n"
	if s.UserBuf != nil {
		lines += "TLS.userbuf:" + base64.StdEncoding.EncodeToString(s.UserBuf) + "\n"
	}
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(lines))
	return mac.Sum(nil)
}

// signedByAny tries all the keys, even after one fits, so that the time it takes tells
// nothing.
func (s *userSig) signedByAny(keys []hub.Secret) bool {
	signed := false
	for _, key := range keys {
		same := hmac.Equal(s.Sig, s.signature(key))
		signed = signed || same && key != ""
	}
	return signed
}
