//go:build linux

package deploy_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"battlehub/hub"
	"battlehub/hub/client"
)

// createPacket is Tencent's, as short as a hub takes it; it lacks the battle and the time.
const createPacket = `{"CallbackCommand":"Live.CallbackAfterCreateBattle","Operator_Account":"o","BattleId":%q,
	"FromRoomId":"pk-3","ToRoomIdList":["pk-5"],"Timeout":30000,"Duration":60000,"NeedResponse":false,"EventTime":%d}`

// post sends a battle's first webhook.
func post(base, battle string) (int, string) {
	response, err := http.Post(base+"/webhook?SdkAppid=1400000000&CallbackCommand=Live.CallbackAfterCreateBattle&Sign=s3cret",
		"application/json", strings.NewReader(fmt.Sprintf(createPacket, battle, time.Now().UnixMilli())))
	return answer(response, err)
}

func mustPost(t *testing.T, base, battle string) {
	t.Helper()
	if code, body := post(base, battle); code != http.StatusOK {
		t.Errorf("webhook %s: %d %s", battle, code, body)
	}
}

func status(url string) int {
	code, _ := fetch(url)
	return code
}

func fetch(url string) (int, string) {
	response, err := http.Get(url)
	return answer(response, err)
}

// answer reads a response; status 0 means that there was none.
func answer(response *http.Response, err error) (int, string) {
	if err != nil {
		return 0, err.Error()
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, err.Error()
	}
	return response.StatusCode, string(body)
}

// shows reports whether a board shows the battle.
func shows(base, battle string) bool {
	_, body := fetch(base + "/v1/battles")
	return strings.Contains(body, fmt.Sprintf(`"id":%q`, battle))
}

// waitFor waits until a condition holds. Its patience only matters when something is
// broken.
func waitFor(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !holds(); {
		if time.Now().After(deadline) {
			t.Fatalf("not in time: %s", what)
		}
		<-time.After(10 * time.Millisecond)
	}
}

// follow runs the Go client against the balancer until the test ends, and returns what it
// is told.
func (s *stack) follow(t *testing.T) <-chan client.Frame {
	t.Helper()
	c, err := client.New(client.Options{URL: s.url})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	frames, done := make(chan client.Frame, 1024), make(chan struct{})
	go func() {
		defer close(done)
		_ = c.Run(ctx, func(f client.Frame) { frames <- f })
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	return frames
}

// next waits for a frame of a type, and drops others before it.
func next[T client.Frame](t *testing.T, frames <-chan client.Frame) T {
	t.Helper()
	var want T
	for patience := time.After(time.Minute); ; {
		select {
		case f := <-frames:
			if f, ok := f.(T); ok {
				return f
			}
		case <-patience:
			t.Fatalf("no %T came", want)
		}
	}
}

// dial opens a WebSocket from an address of this machine, and returns the hub's hello or
// the status that refused it.
func (s *stack) dial(t *testing.T, from string, header http.Header) (*websocket.Conn, *hub.Hello, int) {
	t.Helper()
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	transport := &http.Transport{DialContext: dialer.DialContext}
	t.Cleanup(transport.CloseIdleConnections)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	conn, response, err := websocket.Dial(ctx, s.url+"/v1/ws", &websocket.DialOptions{
		HTTPClient: &http.Client{Transport: transport}, HTTPHeader: header,
	})
	if err != nil {
		if response == nil {
			t.Fatal(err)
		}
		return nil, nil, response.StatusCode
	}
	t.Cleanup(func() { conn.CloseNow() })
	_, data, err := conn.Read(ctx)
	if err != nil {
		t.Fatal(err)
	}
	frame, err := client.Decode(data)
	hello, ok := frame.(*hub.Hello)
	if !ok {
		t.Fatalf("first came %s, %v", data, err)
	}
	return conn, hello, http.StatusSwitchingProtocols
}
