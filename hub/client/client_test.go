package client_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"battlehub/hub"
	"battlehub/hub/client"
)

func TestNewRefusesAWrongURL(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ url, want string }{
		"empty":     {"", "begin it with http://"},
		"no_scheme": {"localhost:8080", "begin it with http://"},
		"address":   {"127.0.0.1:8080", "write it as http://host:port"},
		"ftp":       {"ftp://hub", "begin it with http://"},
		"no_host":   {"http:///v1/ws", "no host"},
		"query":     {"http://hub?room=pk-3", "give no query"},
		"bad_port":  {"http://hub:port", "write it as http://host:port"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := client.New(client.Options{URL: tc.url})
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error %v, want one with %q", err, tc.want)
			}
		})
	}
}

func TestErrorsHideThePasswordOfAURL(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"ftp://me:hunter2@hub", "http://me:hunter2@hub:port"} {
		if _, err := client.New(client.Options{URL: url}); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", url, err)
		}
	}
}

func TestHandshakeAsksForWhatTheOptionsSay(t *testing.T) {
	for name, suffix := range map[string]string{"bare": "", "slash": "/", "prefix": "/live", "complete": "/v1/ws"} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				asked := make(chan *http.Request, 1)
				o := play(t, func(p *peer) {
					asked <- p.r
					accept((*peer).hold)(p)
				})
				o.URL += suffix
				o.App, o.Rooms, o.Cursor = 1400000001, []string{"pk 5", "pk&3"}, at(7)
				o.Header = http.Header{"Authorization": {"Bearer x"}}
				follow(t, o)
				r := <-asked
				if !strings.HasSuffix(r.URL.Path, "/v1/ws") || strings.Count(r.URL.Path, "v1") != 1 {
					t.Errorf("path %q", r.URL.Path)
				}
				q := r.URL.Query()
				if q.Get("app") != "1400000001" || !slices.Equal(q["room"], []string{"pk 5", "pk&3"}) || q.Get("cursor") != at(7).String() {
					t.Errorf("query %v", q)
				}
				if r.Header.Get("Authorization") != "Bearer x" || r.Header.Get("Sec-WebSocket-Protocol") != hub.Subprotocol {
					t.Errorf("header %v", r.Header)
				}
			})
		})
	}
}

func TestReconnectsWhereItWas(t *testing.T) {
	bubble(t, func(t *testing.T) {
		began := time.Now()
		o := play(t,
			say(hello(1, false), page(1, true), event(2), event(3)),
			accept(func(p *peer) {
				if wait := time.Since(began); wait >= 5*time.Second {
					t.Errorf("came back after %v, want less than 5 s", wait)
				}
				if got := p.query.Get("cursor"); got != at(3).String() {
					t.Errorf("resumes at %q, want %s", got, at(3))
				}
				p.send(hello(3, true), event(4))
				p.hold()
			}))
		f := follow(t, o)
		pass(10 * time.Second)
		if got := f.eventIDs(); !slices.Equal(got, []string{"e2", "e3", "e4"}) {
			t.Errorf("events %v", got)
		}
		if f.Cursor() != at(4) {
			t.Errorf("cursor %s", f.Cursor())
		}
		if down := told[*client.Down](f); len(down) != 1 || down[0].Retry >= 5*time.Second || down[0].Err == nil {
			t.Errorf("told %+v", down)
		}
	})
}

// What counts for the cursor, and what does not.
func TestResumesFromWhatIsComplete(t *testing.T) {
	for name, tc := range map[string]struct {
		frames []string
		want   string
	}{
		"hello":                  {[]string{hello(1, false)}, ""},
		"hello_bookmark":         {[]string{hello(1, false), bookmark(2)}, ""},
		"first_page":             {[]string{hello(1, false), page(1, false, "b1")}, ""},
		"event_between_pages":    {[]string{hello(1, false), page(1, false, "b1"), event(2)}, ""},
		"last_page":              {[]string{hello(1, false), page(1, false, "b1"), page(1, true)}, at(1).String()},
		"resumed":                {[]string{hello(1, true)}, at(1).String()},
		"bookmark":               {[]string{hello(1, true), bookmark(5)}, at(5).String()},
		"event":                  {[]string{hello(1, true), event(6)}, at(6).String()},
		"gap":                    {[]string{hello(1, true), event(2), `{"type":"gap","reason":"lagged"}`, bookmark(9)}, at(2).String()},
		"gap_page":               {[]string{hello(1, true), `{"type":"gap","reason":"lagged"}`, page(9, false)}, at(1).String()},
		"gap_snapshot":           {[]string{hello(1, true), `{"type":"gap","reason":"lagged"}`, page(9, true)}, at(9).String()},
		"unknown_frame":          {[]string{hello(1, true), `{"type":"news","cursor":"` + at(9).String() + `"}`}, at(1).String()},
		"rewritten_smaller":      {[]string{hello(9, false), page(4, true)}, at(4).String()},
		"hello_after_bad_cursor": {[]string{hello(3, false), `{"type":"error","code":"bad_cursor","message":"no"}`, `{"type":"gap","reason":"expired"}`}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				again := make(chan string, 1)
				o := play(t, say(tc.frames...), accept(func(p *peer) {
					again <- p.query.Get("cursor")
					p.hold()
				}))
				follow(t, o)
				if got := <-again; got != tc.want {
					t.Errorf("resumes at %q, want %q", got, tc.want)
				}
			})
		})
	}
}

func TestRepeatsAreDropped(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := play(t,
			say(hello(1, true), event(2), event(3), event(2)),
			// The hub forgot, and was given the same events anew at other positions.
			say(hello(8, false), `{"type":"gap","reason":"rewritten"}`, page(8, true), event(3), event(2), event(9)),
			accept(func(p *peer) {
				p.send(hello(9, true), event(9), event(10))
				p.hold()
			}))
		o.Board = new(client.Board)
		f := follow(t, o)
		pass(20 * time.Second)
		if got := f.eventIDs(); !slices.Equal(got, []string{"e2", "e3", "e9", "e10"}) {
			t.Errorf("events %v", got)
		}
		// The snapshot did not have them: what is no news to the handler still is to the board.
		for _, id := range []string{"b2", "b3", "b9", "b10"} {
			if _, ok := o.Board.Battle(id); !ok {
				t.Errorf("the board lacks %s", id)
			}
		}
	})
}

func TestSilenceEndsTheConnection(t *testing.T) {
	for name, tc := range map[string]struct {
		frames []string
		limit  time.Duration
	}{
		"before_hello":  {nil, 10 * time.Second},
		"after_hello":   {[]string{hello(1, true)}, 35 * time.Second},
		"own_heartbeat": {[]string{strings.Replace(hello(1, true), "25000", "2000", 1)}, 12 * time.Second},
		"no_heartbeat":  {[]string{strings.Replace(hello(1, true), "25000", "0", 1)}, 35 * time.Second},
		"absurd":        {[]string{strings.Replace(hello(1, true), "25000", "9000000000000000000", 1)}, 10*time.Minute + 10*time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				again := make(chan time.Time, 1)
				o := play(t,
					accept(func(p *peer) {
						p.send(tc.frames...)
						p.hold()
					}),
					accept(func(p *peer) {
						again <- time.Now()
						p.hold()
					}))
				began := time.Now()
				f := follow(t, o)
				if took := (<-again).Sub(began); took < tc.limit || took >= tc.limit+5*time.Second {
					t.Errorf("came back after %v, want %v and less than 5 s more", took, tc.limit)
				}
				if down := told[*client.Down](f); len(down) != 1 || !strings.Contains(down[0].Err.Error(), "silent") {
					t.Errorf("told %+v", down)
				}
			})
		})
	}
}

func TestBookmarksKeepTheConnection(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := play(t, accept(func(p *peer) {
			p.send(hello(1, true))
			for seq := range uint64(100) {
				pass(34 * time.Second)
				p.send(bookmark(seq + 2))
			}
			p.hold()
		}))
		f := follow(t, o)
		pass(100*34*time.Second + time.Second)
		if f.Cursor() != at(101) || len(told[*client.Down](f)) > 0 {
			t.Errorf("cursor %s, down %v", f.Cursor(), told[*client.Down](f))
		}
	})
}

// A handler that takes its time must not look like a silent hub.
func TestSlowHandlerIsNotSilence(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := play(t, accept(func(p *peer) {
			p.send(hello(1, true), event(2), event(3))
			p.hold()
		}))
		c, err := client.New(o)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		err = c.Run(ctx, func(f client.Frame) {
			switch f := f.(type) {
			case *client.Down:
				t.Errorf("dropped: %v", f.Err)
				cancel()
			case *client.Event:
				pass(time.Minute)
				if f.ID == "e3" {
					cancel()
				}
			}
		})
		if !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

func TestStrangersEndRun(t *testing.T) {
	binary := accept(func(p *peer) {
		p.conn.Write(context.Background(), websocket.MessageBinary, []byte("x"))
		if code := p.awaitClose(); code != websocket.StatusUnsupportedData {
			p.t.Errorf("closed with %v", code)
		}
	})
	garbled := func(frames ...string) script {
		return accept(func(p *peer) {
			p.send(frames...)
			if code := p.awaitClose(); code != websocket.StatusProtocolError {
				p.t.Errorf("closed with %v", code)
			}
		})
	}
	huge := accept(func(p *peer) {
		p.conn.Write(context.Background(), websocket.MessageText, make([]byte, 1<<20+1))
		if code := p.awaitClose(); code != websocket.StatusMessageTooBig && code != -1 {
			p.t.Errorf("closed with %v", code)
		}
	})
	for name, s := range map[string]script{
		"binary":               binary,
		"huge":                 huge,
		"not_json":             garbled("hello"),
		"other_version":        garbled(strings.Replace(hello(1, false), `"protocol":1`, `"protocol":2`, 1)),
		"event_without_cursor": garbled(hello(1, true), `{"type":"event","id":"e","kind":"ended","battle":{"id":"b"}}`),
		"cursor_of_others":     garbled(`{"type":"hello","protocol":1,"cursor":"yesterday"}`),
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				if err := follow(t, play(t, s)).end(t); !errors.Is(err, client.ErrProtocol) {
					t.Errorf("Run ended with %v", err)
				}
			})
		})
	}
}

func TestUnknownFramesAreIgnored(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := play(t, accept(func(p *peer) {
			p.send(`{"type":"weather","battles":7}`, hello(1, true), `{"type":"event2"}`, `{}`, event(2))
			p.hold()
		}))
		f := follow(t, o)
		synctest.Wait()
		if len(f.frames) != 2 {
			t.Errorf("told %v", f.frames)
		}
	})
}

func TestLargeFramesAreRead(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var ids []string
		for i := range 5000 {
			ids = append(ids, fmt.Sprint("battle-", i))
		}
		large := page(1, true, ids...)
		if len(large) < 600_000 || len(large) > 1<<20 {
			t.Fatalf("the page has %d bytes", len(large))
		}
		o := play(t, accept(func(p *peer) {
			p.send(hello(1, false), large)
			p.hold()
		}))
		o.Board = new(client.Board)
		follow(t, o)
		synctest.Wait()
		if got := len(o.Board.Battles()); got != 5000 {
			t.Errorf("%d battles", got)
		}
	})
}

func TestCancelSaysGoodbye(t *testing.T) {
	bubble(t, func(t *testing.T) {
		code := make(chan websocket.StatusCode, 1)
		o := play(t, accept(func(p *peer) {
			p.send(hello(1, true))
			code <- p.awaitClose()
		}))
		f := follow(t, o)
		synctest.Wait()
		began := time.Now()
		f.stop()
		if !errors.Is(f.err, context.Canceled) || time.Since(began) > 0 {
			t.Errorf("ended after %v with %v", time.Since(began), f.err)
		}
		if got := <-code; got != websocket.StatusNormalClosure {
			t.Errorf("closed with %v", got)
		}
	})
}

func TestCancelDoesNotWaitForADeafHub(t *testing.T) {
	bubble(t, func(t *testing.T) {
		free := make(chan struct{})
		o := play(t, accept(func(p *peer) {
			p.send(hello(1, true))
			<-free
		}))
		f := follow(t, o)
		synctest.Wait()
		began := time.Now()
		f.stop()
		if took := time.Since(began); took > time.Second {
			t.Errorf("took %v", took)
		}
		close(free)
	})
}

func TestHandlerHearsNothingAfterCancel(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := play(t, accept(func(p *peer) {
			p.send(hello(1, true), event(2), event(3), event(4))
			p.hold()
		}))
		c, err := client.New(o)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		c.Run(ctx, func(f client.Frame) {
			if ctx.Err() != nil {
				t.Errorf("told %+v", f)
			}
			if _, ok := f.(*client.Event); ok {
				cancel()
			}
		})
		if c.Cursor() != at(2) {
			t.Errorf("cursor %s", c.Cursor())
		}
	})
}

func TestCancelWhileWaitingToReconnect(t *testing.T) {
	bubble(t, func(t *testing.T) {
		f := follow(t, play(t, answer(http.StatusServiceUnavailable, "Retry-After", "600")))
		pass(time.Minute)
		began := time.Now()
		f.stop()
		if !errors.Is(f.err, context.Canceled) || time.Since(began) > 0 {
			t.Errorf("ended after %v with %v", time.Since(began), f.err)
		}
	})
}
