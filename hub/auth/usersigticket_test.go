package auth

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"battlehub/hub"
)

// zipped is what zlib makes of a text at a level.
func zipped(tb testing.TB, text string, level int) []byte {
	tb.Helper()
	var out bytes.Buffer
	w, err := zlib.NewWriterLevel(&out, level)
	if err != nil {
		tb.Fatal(err)
	}
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return out.Bytes()
}

func TestUnpack(t *testing.T) {
	t.Parallel()
	raw := zipped(t, "{}", zlib.BestCompression)
	dictionary := bytes.Clone(raw)
	dictionary[1] |= 0x20
	badSum := bytes.Clone(raw)
	badSum[len(badSum)-1] ^= 1
	for name, c := range map[string]struct {
		text  string
		words string // of the error; "" for none
	}{
		"whole":                  {ticketBase64.EncodeToString(raw), ""},
		"stored":                 {ticketBase64.EncodeToString(zipped(t, "{}", zlib.NoCompression)), ""},
		"largest":                {pack(make([]byte, maxInflated)), ""},
		"a_byte_more":            {pack(make([]byte, maxInflated+1)), "inflates to more"},
		"bomb":                   {pack(make([]byte, 4<<20)), "inflates to more"},
		"empty":                  {"", "zlib"},
		"empty_stream":           {pack(nil), ""},
		"standard_base64":        {base64.StdEncoding.EncodeToString(zipped(t, string(vectorFile), 6)), "not base64"},
		"url_base64":             {base64.RawURLEncoding.EncodeToString(raw), "not base64"},
		"no_padding":             {strings.TrimRight(ticketBase64.EncodeToString(raw), "_"), "not base64"},
		"more_after_padding":     {ticketBase64.EncodeToString(raw) + "AAAA", "not base64"},
		"header_alone":           {"eJw_", "zlib"},
		"bits_after_the_end":     {"eJx_", "not base64"},
		"not_zlib":               {ticketBase64.EncodeToString([]byte("hello, hello")), "zlib"},
		"gzip":                   {ticketBase64.EncodeToString([]byte("\x1f\x8b\x08\x00\x00\x00\x00\x00")), "zlib"},
		"preset_dictionary":      {ticketBase64.EncodeToString(dictionary), "zlib"},
		"wrong_checksum":         {ticketBase64.EncodeToString(badSum), "zlib"},
		"no_checksum":            {ticketBase64.EncodeToString(raw[:len(raw)-4]), "zlib"},
		"half_a_checksum":        {ticketBase64.EncodeToString(raw[:len(raw)-2]), "zlib"},
		"a_byte_after_its_end":   {ticketBase64.EncodeToString(append(bytes.Clone(raw), 0)), "zlib"},
		"a_stream_after_its_end": {ticketBase64.EncodeToString(append(bytes.Clone(raw), raw...)), "zlib"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := unpack(c.text)
			if c.words == "" && err != nil || c.words != "" && (err == nil || !strings.Contains(err.Error(), c.words)) {
				t.Errorf("error %v, want %q", err, c.words)
			}
		})
	}
}

// TestBombIsBoundedWork: the largest credential that is looked at holds the worst bomb.
func TestBombIsBoundedWork(t *testing.T) {
	t.Parallel()
	bomb := hub.Secret(pack(make([]byte, 4<<20)))
	text := credential(testApp, "brennan", bomb)
	if len(text) > maxLogin {
		t.Fatalf("%d bytes; the bomb is refused for its length", len(text))
	}
	grant, err := testKeys.Grant(text, noon)
	wantTicketRefused(t, grant, err, text, hub.RefusedMalformed, "inflates to more than any UserSig")
	text = credential(testApp, "brennan", bomb, keyOf("brennan"))
	grant, err = testKeys.Grant(text, noon)
	wantTicketRefused(t, grant, err, text, hub.RefusedMalformed, "inflates to more than any UserSig")
}

// TestDocuments signs rightly, and then writes the JSON in other ways.
func TestDocuments(t *testing.T) {
	t.Parallel()
	whole := docOf(t, SignUserSig(testKey, testApp, "brennan", noon, time.Hour))
	with := func(old, new string) string {
		if !strings.Contains(whole, old) {
			t.Fatalf("no %s in %s", old, whole)
		}
		return strings.Replace(whole, old, new, 1)
	}
	for name, c := range map[string]struct {
		doc   string
		words string // of the refusal, for malformed; "" if granted
	}{
		"whole":                   {whole, ""},
		"white_space":             {" " + with(",", " ,\n\t") + "\r\n", ""},
		"escapes":                 {with("brennan", `\u0062rennan`), ""},
		"unknown_key":             {with("{", `{"TLS.note":{"a":[1]},`), ""},
		"same_key_twice":          {with("{", `{"TLS.identifier":"tandy",`), ""},
		"no_userbuf":              {with("{", `{"TLS.userbuf":null,`), ""},
		"empty":                   {"", "something else than the JSON"},
		"null":                    {"null", "TLS.ver"},
		"array":                   {"[]", "something else than the JSON"},
		"cut":                     {whole[:len(whole)-1], "something else than the JSON"},
		"more_after_it":           {whole + "{}", "something else than the JSON"},
		"nul_after_it":            {whole + "\x00", "something else than the JSON"},
		"deep":                    {strings.Repeat("[", 16<<10), "something else than the JSON"},
		"no_version":              {with(`"TLS.ver":"2.0",`, ""), "TLS.ver is not 2.0"},
		"old_version":             {with(`"2.0"`, `"1.0"`), "TLS.ver is not 2.0"},
		"version_as_number":       {with(`"2.0"`, `2.0`), "TLS.ver is of the wrong type"},
		"no_user":                 {with(`"brennan"`, `""`), "TLS.identifier is missing"},
		"user_as_number":          {with(`"brennan"`, `7`), "TLS.identifier is of the wrong type"},
		"half_a_surrogate_pair":   {with("brennan", `brenn\ud800an`), "TLS.identifier"},
		"app_as_text":             {with("1400000001", `"1400000001"`), "TLS.sdkappid is of the wrong type"},
		"app_as_float":            {with("1400000001", `1400000001.0`), "TLS.sdkappid is of the wrong type"},
		"negative_app":            {with("1400000001", `-1400000001`), "TLS.sdkappid is of the wrong type"},
		"app_out_of_range":        {with("1400000001", `18446744073709551617`), "TLS.sdkappid is of the wrong type"},
		"no_time":                 {with(`"TLS.time"`, `"x"`), "TLS.time is missing"},
		"time_as_float":           {with(`"TLS.time":`, `"TLS.time":1e9,"x":`), "TLS.time is of the wrong type"},
		"time_out_of_range":       {with(`"TLS.time":`, `"TLS.time":9223372036854775808,"x":`), "TLS.time is of the wrong type"},
		"no_expire":               {with(`"TLS.expire"`, `"x"`), "TLS.expire is missing"},
		"expire_out_of_range":     {with(`:3600`, `:99999999999999999999`), "TLS.expire is of the wrong type"},
		"signature_not_base64":    {with(`"TLS.sig":"`, `"TLS.sig":"*`), "TLS.sig or TLS.userbuf is not base64"},
		"signature_as_an_object":  {with(`"TLS.sig":`, `"TLS.sig":{},"x":`), "TLS.sig is of the wrong type"},
		"userbuf_not_base64":      {with("{", `{"TLS.userbuf":"*",`), "TLS.sig or TLS.userbuf is not base64"},
		"userbuf_as_a_whole_text": {with("{", `{"TLS.userbuf":7,`), "TLS.userbuf is of the wrong type"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := credential(testApp, "brennan", hub.Secret(pack([]byte(c.doc))))
			grant, err := testKeys.Grant(text, noon)
			if c.words != "" {
				wantTicketRefused(t, grant, err, text, hub.RefusedMalformed, c.words)
			} else if err != nil || grant.User != "brennan" {
				t.Errorf("%+v, %v", grant, err)
			}
		})
	}
}

// TestSignedFields changes each field that is signed, and leaves the signature.
func TestSignedFields(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*userSig){
		"user":      func(s *userSig) { s.User = "tandy" },
		"app":       func(s *userSig) { s.App = otherApp },
		"time":      func(s *userSig) { s.Time-- },
		"expire":    func(s *userSig) { s.Expire++ },
		"userbuf":   func(s *userSig) { s.UserBuf = []byte("x") },
		"empty_buf": func(s *userSig) { s.UserBuf = []byte{} },
		"no_sig":    func(s *userSig) { s.Sig = nil },
		"half_sig":  func(s *userSig) { s.Sig = s.Sig[:16] },
		"long_sig":  func(s *userSig) { s.Sig = append(s.Sig, 0) },
	} {
		s := newUserSig(testApp, "brennan", noon, time.Hour)
		s.Sig = s.signature(testKey)
		if !s.signedByAny([]hub.Secret{testKey}) {
			t.Errorf("%s: it is not signed before", name)
		}
		if change(s); s.signedByAny([]hub.Secret{testKey}) {
			t.Errorf("%s: it is still signed", name)
		}
	}
}
