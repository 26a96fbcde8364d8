package simulate

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"battlehub/hub"
)

// transportFunc answers requests without a network.
type transportFunc func(*http.Request) (*http.Response, error)

func (f transportFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// slowHub answers OK after a while, and counts the requests that wait for it.
type slowHub struct {
	delay time.Duration

	mu                      sync.Mutex
	received, waiting, most int
}

func (h *slowHub) RoundTrip(*http.Request) (*http.Response, error) {
	<-time.After(h.enter())
	h.leave()
	return answerOK(), nil
}

// enter counts a request and returns how long it is to wait: no two of them to the same
// nanosecond, since timers of a bubble that fire at the same instant crash the race
// detector now and then (golang/go#78156).
func (h *slowHub) enter() time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.received++
	h.waiting++
	h.most = max(h.most, h.waiting)
	return h.delay + time.Duration(h.received)
}

func (h *slowHub) leave() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.waiting--
}

func answerOK() *http.Response {
	return answerWith(http.StatusOK, `{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}`)
}

func answerWith(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
}

// testSender returns a sender over a transport, whose script begins now.
func testSender(transport http.RoundTripper) *sender {
	return &sender{
		client: &http.Client{Transport: transport},
		target: &url.URL{Scheme: "http", Host: "hub.test", Path: "/webhook"},
		app:    1400000000,
		tally:  newTally(time.Now()),
	}
}

func scriptFromNow(change func(*scriptConfig)) *script {
	cfg := aScript(0)
	cfg.begin = time.Now()
	change(&cfg)
	return newScript(cfg)
}

func TestSenderHoldsTheRateWhileAnswersAreSlow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		slow := &slowHub{delay: 1900 * time.Millisecond}
		s := testSender(slow)
		sc := scriptFromNow(func(c *scriptConfig) { c.rate, c.duration = 600, 10*time.Minute })
		if err := s.play(t.Context(), sc); err != nil {
			t.Fatal(err)
		}
		if s.tally.begun < 5_500 || s.tally.begun > 6_500 {
			t.Errorf("%d battles in ten minutes at 600 a minute", s.tally.begun)
		}
		// The first webhook is waited for; nothing after it is late.
		if s.tally.latest > slow.delay+time.Millisecond {
			t.Errorf("a webhook was sent %s late", s.tally.latest)
		}
		if slow.most < 10 {
			t.Errorf("at most %d requests at once: the sender waits for answers", slow.most)
		}
		if s.tally.ok != s.tally.sent || s.tally.running != 0 {
			t.Errorf("%s", s.tally.line(time.Now()))
		}
	})
}

func TestSenderBoundsWhatIsInFlight(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		slow := &slowHub{delay: 3 * time.Second}
		s := testSender(slow)
		sc := scriptFromNow(func(c *scriptConfig) { c.rate, c.battles = 60_000, 1000 })
		if err := s.play(t.Context(), sc); err != nil {
			t.Fatal(err)
		}
		if slow.most != maxInFlight {
			t.Errorf("%d requests were in flight at once, want %d", slow.most, maxInFlight)
		}
		if s.tally.latest <= slow.delay {
			t.Errorf("sent at most %s late: the summary hides that the rate was not held", s.tally.latest)
		}
	})
}

func TestSenderWaitsForAnswersWhenInterrupted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		slow := &slowHub{delay: 2 * time.Second}
		s := testSender(slow)
		ctx, interrupt := context.WithCancel(t.Context())
		time.AfterFunc(time.Minute, interrupt)
		begin := time.Now()
		if err := s.play(ctx, scriptFromNow(func(c *scriptConfig) { c.rate = 600 })); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begin); took < time.Minute || took > time.Minute+slow.delay+time.Millisecond {
			t.Errorf("play returned after %s", took)
		}
		if slow.waiting != 0 || s.tally.ok != s.tally.sent {
			t.Errorf("%d requests were abandoned; %s", slow.waiting, s.tally.line(time.Now()))
		}
	})
}

func TestSenderDoesNotSendWhatIsLost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		commands := map[string]int{}
		var mu sync.Mutex
		s := testSender(transportFunc(func(r *http.Request) (*http.Response, error) {
			mu.Lock()
			defer mu.Unlock()
			commands[r.URL.Query().Get("CallbackCommand")]++
			return answerOK(), nil
		}))
		sc := scriptFromNow(func(c *scriptConfig) { c.battles, c.lost, c.repeated = 50, 1, 0 })
		if err := s.play(t.Context(), sc); err != nil {
			t.Fatal(err)
		}
		if commands[commandCreateBattle] != 50 || commands[commandStartBattle] != 0 || commands[commandEndBattle] != 0 {
			t.Errorf("sent %v, want 50 Creates, no Start and no End", commands)
		}
	})
}

func TestSenderGoesOnWhenALaterWebhookFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		n := 0
		s := testSender(transportFunc(func(*http.Request) (*http.Response, error) {
			mu.Lock()
			defer mu.Unlock()
			if n++; n%2 == 0 {
				return nil, errors.New("connection refused")
			}
			return answerOK(), nil
		}))
		if err := s.play(t.Context(), scriptFromNow(func(c *scriptConfig) { c.battles = 20 })); err != nil {
			t.Fatal(err)
		}
		if s.tally.begun != 20 || s.tally.reasons["connection refused"] != n/2 {
			t.Errorf("%s, %v", s.tally.line(time.Now()), s.tally.reasons)
		}
		if s.tally.failure() == nil {
			t.Error("half of the webhooks failed, and the run did not")
		}
	})
}

func TestRequestsAreMadeAsTencentMakesThem(t *testing.T) {
	t.Parallel()
	s := testSender(nil)
	s.target.RawQuery = "tenant=7"
	c := simCall{command: commandStartBattle, platform: "iOS", clientIP: "203.0.113.9", body: []byte("{}")}
	unsigned, err := s.request(t.Context(), c, time.Unix(1669872112, 0))
	if err != nil {
		t.Fatal(err)
	}
	want := url.Values{
		"SdkAppid": {"1400000000"}, "CallbackCommand": {commandStartBattle}, "contenttype": {"json"},
		"ClientIP": {"203.0.113.9"}, "OptPlatform": {"iOS"}, "tenant": {"7"},
	}
	if got := unsigned.URL.Query(); got.Encode() != want.Encode() {
		t.Errorf("query %s, want %s", got.Encode(), want.Encode())
	}
	if unsigned.Method != http.MethodPost || unsigned.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%s with Content-Type %s", unsigned.Method, unsigned.Header.Get("Content-Type"))
	}
	s.token = hub.Secret("xxxxyyyy") // the token, the time and the Sign of Tencent's own example
	signed, err := s.request(t.Context(), c, time.Unix(1669872112, 0))
	if err != nil {
		t.Fatal(err)
	}
	want.Set("Sign", "17773bc39a671d7b9aa835458704d2a6db81360a5940292b587d6d760d484061")
	want.Set("RequestTime", "1669872112")
	if got := signed.URL.Query(); got.Encode() != want.Encode() {
		t.Errorf("signed query %s, want %s", got.Encode(), want.Encode())
	}
}
