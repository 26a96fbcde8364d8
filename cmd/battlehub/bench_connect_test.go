package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"battlehub/hub/auth"
)

// BenchmarkConnect measures what a session costs the hub's process, from the TCP connection
// to the snapshot of an empty board and its end, with each credential.
func BenchmarkConnect(b *testing.B) {
	key, keys := publishedKey(b)
	now := time.Now()
	userSig := "UserSig 1400000000.brennan." + string(auth.SignUserSig(isolationKey, 1400000000, "brennan", now, time.Hour))
	b.Run("none", func(b *testing.B) { benchConnect(b, startProcess(b), nil) })
	p := startProcess(b, "--jwt-secret="+jwtSecret, "--usersig-key="+string(isolationKey), "--jwks-url="+keys, "--max-reads=0", "--max-tickets=0")
	for _, credential := range []struct{ name, text string }{
		{"HS256", mintFor(b, jwt.SigningMethodHS256, []byte(jwtSecret))},
		{"ES256", mintFor(b, jwt.SigningMethodES256, key)},
		{"UserSig", userSig},
	} {
		b.Run(credential.name, func(b *testing.B) {
			benchConnect(b, p, func() (query, header string) { return "", "Authorization: " + credential.text + "\r\n" })
		})
	}
	b.Run("ticket", func(b *testing.B) { // and the request that gave it
		bearer := mintFor(b, jwt.SigningMethodHS256, []byte(jwtSecret))
		benchConnect(b, p, func() (query, header string) { return "?ticket=" + p.ticket(b, bearer), "" })
	})
}

// benchConnect opens sessions one after another.
func benchConnect(b *testing.B, p *process, credential func() (query, header string)) {
	in := bufio.NewReaderSize(nil, 4096)
	query, header := "", ""
	before, n := p.cpu(b), 0
	for b.Loop() {
		if credential != nil {
			query, header = credential()
		}
		p.open(b, query, header, in).conn.Close()
		n++
	}
	b.ReportMetric(float64((p.cpu(b)-before).Microseconds())/float64(n), "cpu-µs/op")
}

// mintFor makes an Authorization for a moderator.
func mintFor(b *testing.B, method jwt.SigningMethod, key any) string {
	b.Helper()
	token := jwt.NewWithClaims(method, jwt.MapClaims{"sub": "mod", "exp": time.Now().Add(time.Hour).Unix(), "battlehub": map[string]string{"role": "moderator"}})
	token.Header["kid"] = "e"
	text, err := token.SignedString(key)
	if err != nil {
		b.Fatal(err)
	}
	return "Bearer " + text
}

// publishedKey makes an ES256 key and serves it as a JWKS.
func publishedKey(b *testing.B) (*ecdsa.PrivateKey, string) {
	b.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	point, err := key.PublicKey.Bytes() // 4, x, y
	if err != nil {
		b.Fatal(err)
	}
	x, y := base64.RawURLEncoding.EncodeToString(point[1:33]), base64.RawURLEncoding.EncodeToString(point[33:])
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"keys":[{"kty":"EC","crv":"P-256","alg":"ES256","use":"sig","kid":"e","x":%q,"y":%q}]}`, x, y)
	}))
	b.Cleanup(server.Close)
	return key, server.URL
}

// ticket gets one.
func (p *process) ticket(b *testing.B, bearer string) string {
	r, err := http.NewRequestWithContext(b.Context(), http.MethodPost, p.base+"/v1/tickets", nil)
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Authorization", bearer)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct{ Ticket string }
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || answer.Ticket == "" {
		b.Fatalf("no ticket: %d, %v", resp.StatusCode, err)
	}
	return answer.Ticket
}
