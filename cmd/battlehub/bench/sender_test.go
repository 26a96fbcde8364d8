package bench

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

var smallPlan = plan{Run: "01234567", Sessions: 1, Rooms: 4, Active: 4, Events: 300, Together: 10}

func publisherTo(t *testing.T, address string) *publisher {
	t.Helper()
	target, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	p, err := newPublisher(&smallPlan, target, 1400000000, "a token")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

// TestRequests: what is put together by hand must be HTTP and JSON, and tell the event.
func TestRequests(t *testing.T) {
	t.Parallel()
	p := publisherTo(t, "http://127.0.0.1:1/webhook")
	var b []byte
	for k := range smallPlan.Events {
		b = p.requests.append(b[:0], k, time.UnixMilli(1795449274000))
		r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(b)))
		if err != nil {
			t.Fatalf("%v: %s", err, b)
		}
		body, err := io.ReadAll(r.Body)
		if err != nil || int64(len(body)) != r.ContentLength || !bytes.HasSuffix(b, body) {
			t.Fatalf("%v: the body is not as long as %s", err, b)
		}
		var packet struct{ CallbackCommand, BattleID string }
		if err := json.Unmarshal(body, &packet); err != nil {
			t.Fatalf("%v: %s", err, body)
		}
		battle, kind := smallPlan.event(k)
		if packet.BattleID != smallPlan.battleID(battle) || packet.CallbackCommand != commands[kind] ||
			r.URL.Query().Get("CallbackCommand") != commands[kind] || r.URL.Query().Get("Sign") == "" {
			t.Fatalf("event %d is sent as %s", k, b)
		}
	}
}

// TestPublisher sends more at once than there are senders, to a server that refuses one.
func TestPublisher(t *testing.T) {
	t.Parallel()
	var came atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if came.Add(1) == 17 {
			http.Error(w, "not you", http.StatusForbidden)
		}
	}))
	defer s.Close()
	p := publisherTo(t, s.URL)
	play := stretch{Pace: pace{Rate: 100_000, Burst: 16}, To: smallPlan.Events, Start: now()}
	play.playOnTime(t.Context(), p)
	answers, failures := p.drain()
	if answers.TotalCount() != int64(smallPlan.Events-1) || came.Load() != int64(smallPlan.Events) {
		t.Errorf("%d of %d events came, %d answers", came.Load(), smallPlan.Events, answers.TotalCount())
	}
	if want := "1 × a webhook was answered 403 Forbidden not you\n"; causes(failures) != want {
		t.Errorf("failures %q, want %q", causes(failures), want)
	}
}

// TestPublisherTellsWhatFailed, and goes on with new connections.
func TestPublisherTellsWhatFailed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ answer, want string }{
		"nothing":   {"", errUnanswered.Error()},
		"half":      {"HTTP/1.1 200 OK\r\nContent-Le", errUnanswered.Error()},
		"no length": {"HTTP/1.1 200 OK\r\n\r\n", errAnswer.Error()},
		"too much":  {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nabc", errAnswer.Error()},
		"huge":      {"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", errAnswer.Error()},
		"endless":   {strings.Repeat("x", 70<<10), errAnswer.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ln, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer ln.Close()
			go func() {
				for {
					conn, err := ln.Accept()
					if err != nil {
						return
					}
					_, _ = conn.Read(make([]byte, 4<<10))
					_, _ = io.WriteString(conn, c.answer)
					_ = conn.(*net.TCPConn).CloseWrite()
				}
			}()
			p := publisherTo(t, fmt.Sprintf("http://%s/", ln.Addr()))
			p.send(0, now())
			_, failures := p.drain()
			p.send(1, now())
			_, again := p.drain()
			if failures[c.want] != 1 || again[c.want] != 1 {
				t.Errorf("failures %v and %v, want %q", failures, again, c.want)
			}
		})
	}
	p := publisherTo(t, "http://127.0.0.1:1/")
	p.send(0, now())
	if _, failures := p.drain(); failures[errUnreachable.Error()] != 1 {
		t.Errorf("nobody listens, and it is told as %v", failures)
	}
}

// FuzzAnswer gives a sender what a server may never answer, in two parts.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK"), 5)
	f.Add([]byte("HTTP/1.1 503 Busy\r\ncontent-length: -1\r\n\r\n"), 50)
	f.Fuzz(func(t *testing.T, answer []byte, cut int) {
		cut = max(0, min(cut, len(answer)))
		s := &sender{fd: -1, in: answer[:cut:cut]}
		if whole, err := s.understand(); whole || err != nil {
			return
		}
		s.in = append(s.in, answer[cut:]...)
		if whole, err := s.understand(); whole && err == nil && !bytes.Contains(answer, []byte("200 ")) {
			t.Errorf("%q was taken for OK", answer)
		}
	})
}

func TestTemplates(t *testing.T) {
	t.Parallel()
	for kind, text := range packets {
		for i, name := range text {
			if known := strings.Contains(" id from to seconds millis score other ", " "+name+" "); i%2 == 1 && name != "" && !known {
				t.Errorf("%s: nothing fills $%s", kind, name)
			}
		}
	}
	if got := templateOf("a$b-$c$d"); strings.Join(got, "|") != "a|b|-|c||d" {
		t.Errorf("cut as %q", got)
	}
}
