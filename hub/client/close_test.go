package client_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"battlehub/hub/client"
)

func closing(code websocket.StatusCode, reason string) script {
	return accept(func(p *peer) {
		p.send(hello(1, true))
		p.conn.Close(code, reason)
	})
}

func TestReconnectsAfterTheseCodes(t *testing.T) {
	for name, code := range map[string]websocket.StatusCode{
		"going_away": 1001, "internal": 1011, "draining": 1012, "try_again": 1013, "slow": 4408,
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				back := make(chan struct{})
				o := play(t, closing(code, "why"), accept(func(p *peer) {
					close(back)
					p.hold()
				}))
				f := follow(t, o)
				<-back
				var closed *client.CloseError
				if down := told[*client.Down](f); !errors.As(down[0].Err, &closed) || closed.Code != int(code) || closed.Reason != "why" {
					t.Errorf("told %v", down[0].Err)
				}
			})
		})
	}
}

func TestOtherCodesEndRun(t *testing.T) {
	for name, code := range map[string]websocket.StatusCode{
		"normal": 1000, "protocol": 1002, "policy": 1008, "too_big": 1009, "bad_request": 4400,
		"unauthenticated": 4401, "forbidden": 4403, "revoked": 4409, "too_many": 4429,
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				err := follow(t, play(t, closing(code, "\x1b[2Jwhy"))).end(t)
				var closed *client.CloseError
				if !errors.As(err, &closed) || closed.Code != int(code) || closed.Reason != "\x1b[2Jwhy" {
					t.Fatalf("Run ended with %v", err)
				}
				if strings.ContainsRune(err.Error(), '\x1b') {
					t.Errorf("the text of the error holds an escape character: %q", err)
				}
			})
		})
	}
}

func TestByeDictatesTheReturn(t *testing.T) {
	for name, tc := range map[string]struct {
		bye      string
		min, max time.Duration
	}{
		"exactly": {`{"type":"bye","reason":"draining","reconnect_ms":27310}`, 27310 * time.Millisecond, 27310 * time.Millisecond},
		"open":    {`{"type":"bye","reason":"draining"}`, 0, 5 * time.Second},
		"absurd":  {`{"type":"bye","reason":"draining","reconnect_ms":9223372036854775807}`, 10 * time.Minute, 10 * time.Minute},
		"below_0": {`{"type":"bye","reason":"draining","reconnect_ms":-5}`, 0, 5 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				back := make(chan time.Time, 1)
				o := play(t,
					accept(func(p *peer) {
						p.send(hello(1, true), tc.bye)
						p.conn.Close(websocket.StatusServiceRestart, "draining")
					}),
					accept(func(p *peer) {
						back <- time.Now()
						p.hold()
					}))
				began := time.Now()
				follow(t, o)
				if took := (<-back).Sub(began); took < tc.min || took > tc.max {
					t.Errorf("came back after %v, want %v to %v", took, tc.min, tc.max)
				}
			})
		})
	}
}

func TestByeBeforeARefusalEndsRun(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := play(t, accept(func(p *peer) {
			p.send(hello(1, true), `{"type":"bye","reason":"forbidden","reconnect_ms":10}`)
			p.conn.Close(4403, "forbidden")
		}))
		var closed *client.CloseError
		if err := follow(t, o).end(t); !errors.As(err, &closed) || closed.Code != 4403 {
			t.Errorf("Run ended with %v", err)
		}
	})
}

func TestAnswersThatEndRun(t *testing.T) {
	for name, status := range map[string]int{
		"bad_request": 400, "unauthorized": 401, "forbidden": 403, "not_found": 404, "gone": 410, "no_hub": 200,
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				err := follow(t, play(t, answer(status))).end(t)
				var refused *client.StatusError
				if !errors.As(err, &refused) || refused.Status != status || refused.Detail != "because" {
					t.Errorf("Run ended with %v", err)
				}
			})
		})
	}
}

func TestAnswersThatMayImprove(t *testing.T) {
	inTwentySeconds := func() string { return time.Now().Add(20 * time.Second).UTC().Format(http.TimeFormat) }
	for name, tc := range map[string]struct {
		status int
		after  func() string
		min    time.Duration
	}{
		"unavailable":       {503, func() string { return "20" }, 20 * time.Second},
		"too_many":          {429, func() string { return "7" }, 7 * time.Second},
		"date":              {503, inTwentySeconds, 19 * time.Second}, // the header has no fractions
		"past":              {503, func() string { return "Fri, 02 Jan 1998 15:04:05 GMT" }, 0},
		"bad_gateway":       {502, func() string { return "" }, 0},
		"timeout":           {408, func() string { return "" }, 0},
		"nonsense":          {503, func() string { return "soon" }, 0},
		"absurd":            {503, func() string { return "2000000000" }, 10 * time.Minute},
		"beyond_an_integer": {503, func() string { return "99999999999999999999" }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				back := make(chan time.Time, 1)
				o := play(t,
					func(p *peer) { answer(tc.status, "Retry-After", tc.after())(p) },
					accept(func(p *peer) {
						back <- time.Now()
						p.hold()
					}))
				began := time.Now()
				follow(t, o)
				if took := (<-back).Sub(began); took < tc.min || took >= tc.min+6*time.Second {
					t.Errorf("came back after %v, want %v and a jitter of at most 5 s", took, tc.min)
				}
			})
		})
	}
}

// What net/http says of a failed request has the URL in it, with rooms and cursor.
func TestErrorsHideTheQuery(t *testing.T) {
	bubble(t, func(t *testing.T) {
		refused := newPipes()
		refused.Close()
		o := client.Options{URL: "http://hub.test", Rooms: []string{"secret-room"}, Cursor: at(7)}
		o.HTTPClient = &http.Client{Transport: &http.Transport{DialContext: refused.dial}}
		f := follow(t, o)
		pass(5 * time.Minute)
		downs := told[*client.Down](f)
		if len(downs) < 5 {
			t.Fatalf("tried only %d times", len(downs))
		}
		bounds := []time.Duration{5 * time.Second, 10 * time.Second, 20 * time.Second, 30 * time.Second}
		for i, d := range downs {
			if d.Retry >= bounds[min(i, len(bounds)-1)] {
				t.Errorf("wait %d is %v", i, d.Retry)
			}
			if text := d.Err.Error(); strings.Contains(text, "secret") || !strings.Contains(text, "connection refused") {
				t.Errorf("error %q", text)
			}
		}
	})
}

func TestHandshakeThatHangs(t *testing.T) {
	bubble(t, func(t *testing.T) {
		free := make(chan struct{})
		back := make(chan time.Time, 1)
		o := play(t,
			func(*peer) { <-free },
			accept(func(p *peer) {
				back <- time.Now()
				p.hold()
			}))
		began := time.Now()
		follow(t, o)
		if took := (<-back).Sub(began); took < 10*time.Second || took >= 15*time.Second {
			t.Errorf("came back after %v", took)
		}
		close(free)
	})
}

// A connection that held makes up for the failures before it; its end is like a first one.
func TestALongConnectionResetsTheBackoff(t *testing.T) {
	bubble(t, func(t *testing.T) {
		const rounds = 20
		long := accept(func(p *peer) {
			p.send(hello(1, true))
			pass(30 * time.Second)
		})
		var scripts []script
		for range rounds {
			scripts = append(scripts, answer(503), answer(503), answer(503), long)
		}
		last := make(chan struct{})
		o := play(t, append(scripts, accept(func(p *peer) {
			close(last)
			p.hold()
		}))...)
		f := follow(t, o)
		<-last
		downs := told[*client.Down](f)
		for i := range rounds {
			if wait := downs[4*i+3].Retry; wait >= 5*time.Second {
				t.Errorf("waits %v after connection %d", wait, i)
			}
		}
	})
}
