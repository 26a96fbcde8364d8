package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"battlehub/hub"
)

// Attacks on who gets in, and by whom: pages, credentials, sockets, paths.

// hijackWebSocket is another site's page in the browser of a moderator who is signed in.
func hijackWebSocket(t *testing.T, g *target) {
	cookie := hub.SessionCookie + "=" + strings.TrimPrefix(g.moderator, "Bearer ")
	for _, origin := range []string{"https://evil.example", "null", "http://127.0.0.1.evil.example", g.base + ".evil.example", "http://localhost:1"} {
		_, resp, err := websocket.Dial(t.Context(), g.base+"/v1/ws", &websocket.DialOptions{HTTPHeader: http.Header{"Cookie": {cookie}, "Origin": {origin}}})
		if err == nil || resp == nil || resp.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %v, %v", origin, resp, err)
		}
	}
}

// rebindDNS is a page of a name that its owner lets point to this machine.
func rebindDNS(t *testing.T, g *target) {
	for _, path := range []string{"/v1/battles", "/v1/events", "/v1/battles/b1"} {
		code, body := askWith(t, g.base+path, "Host", "evil.example", "Origin", "http://evil.example", "Authorization", g.moderator)
		if code != http.StatusForbidden {
			t.Errorf("%s: %d %s", path, code, body)
		}
	}
}

func rebindOps(t *testing.T, g *target) {
	for _, path := range []string{"/metrics", "/debug/pprof/", "/v1/revocations"} {
		if code, _ := askWith(t, g.ops+path, "Host", "evil.example"); code != http.StatusForbidden {
			t.Errorf("%s: %d", path, code)
		}
	}
}

func readCommandLine(t *testing.T, g *target) {
	if code, body := fetch(t, g.ops+"/debug/pprof/cmdline"); code != http.StatusNotFound || strings.Contains(body, jwtSecret) {
		t.Errorf("%d %s", code, body)
	}
}

func putTokenInURL(t *testing.T, g *target) {
	token := strings.TrimPrefix(g.moderator, "Bearer ")
	for _, name := range []string{"token", "access_token", "jwt"} {
		if code, body := askWith(t, g.base+"/v1/battles?"+name+"="+token); code != http.StatusBadRequest || strings.Contains(body, token) {
			t.Errorf("%s: %d %s", name, code, body)
		}
	}
}

// flood opens a session and sends as fast as it can. With a code, the hub must close with
// it; without, it must have read all that was sent.
func (g *target) flood(t *testing.T, begin, again string, code int) {
	conn, err := net.Dial("tcp", g.Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	fmt.Fprintf(conn, "GET /v1/ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"+
		"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nAuthorization: %s\r\n\r\n%s", g.moderator, begin)
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		for range 100 { // of 60 KB or more: what a limit lets through is far less
			if _, err := io.WriteString(conn, strings.Repeat(again, 10_000)); err != nil {
				return
			}
		}
	}()
	defer func() { conn.Close(); <-sent }()
	got, err := closeCode(bufio.NewReader(conn))
	if code != 0 && (err != nil || got != code) {
		t.Errorf("closed with %d, %v; want %d", got, err, code)
	}
}

// closeCode reads frames of the server until one closes, and returns its code.
func closeCode(in *bufio.Reader) (int, error) {
	resp, err := http.ReadResponse(in, nil)
	if err != nil || resp.StatusCode != http.StatusSwitchingProtocols {
		return 0, fmt.Errorf("the handshake failed: %w", err)
	}
	for {
		head := make([]byte, 2)
		if _, err := io.ReadFull(in, head); err != nil {
			return 0, err
		}
		size := int(head[1])
		if head[1] == 126 { // RFC 6455 §5.2; no frame of this test is longer
			var long uint16
			if err := binary.Read(in, binary.BigEndian, &long); err != nil {
				return 0, err
			}
			size = int(long)
		}
		payload := make([]byte, size)
		if _, err := io.ReadFull(in, payload); err != nil {
			return 0, err
		}
		if head[0]&0xf == 8 {
			return int(binary.BigEndian.Uint16(payload)), nil
		}
	}
}

func useOtherMethods(t *testing.T, g *target) {
	for _, method := range []string{"TRACE", "CONNECT", "PUT", "DELETE", "OPTIONS", "PROPFIND"} {
		for _, path := range []string{"/webhook", "/v1/battles", "/v1/ws", "/"} {
			r, err := http.NewRequestWithContext(t.Context(), method, g.base+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", g.moderator)
			resp, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(resp.Body)
			resp.Body.Close()
			if resp.StatusCode < 400 || bytes.Contains(body, []byte("Bearer")) {
				t.Errorf("%s %s: %d %s", method, path, resp.StatusCode, body)
			}
		}
	}
}

func walkPaths(t *testing.T, g *target) {
	for _, path := range []string{"/..%2f..%2fetc/passwd", "/dashboard/../../go.mod", "/dashboard/..%2f..%2fweb.go", "/v1/battles/..%2f..%2fmetrics", "/.git/config", "/client/%00"} {
		if code, body := askWith(t, g.base+path, "Authorization", g.moderator); code < 400 {
			t.Errorf("%s: %d %.100s", path, code, body)
		}
	}
}

func upgradeWebhook(t *testing.T, g *target) {
	for _, path := range []string{"/webhook", "/v1/battles", "/"} {
		conn, _, err := websocket.Dial(t.Context(), g.base+path, nil)
		if err == nil {
			conn.CloseNow()
			t.Errorf("%s is a session", path)
		}
	}
}
