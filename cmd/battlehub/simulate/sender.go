package simulate

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"

	"battlehub/hub"
	"battlehub/webhook"
)

// Limits of the sender.
const (
	// maxInFlight bounds requests that wait for their answer. Beyond it webhooks go out
	// late, which the summary tells.
	maxInFlight = 256
	// answerTimeout is more than the 2 s in which a webhook should be answered, so that
	// a slow answer is told apart from none.
	answerTimeout = 5 * time.Second
	// maxAnswer bounds how many bytes of an answer are read.
	maxAnswer = 64 << 10
)

// sender sends a script's webhooks at their time, whether or not earlier ones were
// answered: a slow hub does not slow the battles down.
type sender struct {
	client *http.Client
	target *url.URL
	app    hub.App
	token  hub.Secret // empty: not signed
	tally  *tally
}

func newSender(target *url.URL, app hub.App, token hub.Secret, t *tally) *sender {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConns, transport.MaxIdleConnsPerHost = 0, maxInFlight
	return &sender{
		client: &http.Client{
			Transport: transport,
			Timeout:   answerTimeout,
			// A redirected POST would arrive as a GET.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		target: target,
		app:    app,
		token:  token,
		tally:  t,
	}
}

// play sends the script from its beginning on. It returns when the script is over or
// ctx has ended, and every answer has come. If the very first webhook is not answered OK,
// nothing else is sent and the error says what to do.
func (s *sender) play(ctx context.Context, sc *script) error {
	defer s.client.CloseIdleConnections()
	var inFlight sync.WaitGroup
	defer inFlight.Wait()
	answers := context.WithoutCancel(ctx) // an interruption lets what is in flight come back
	if c, more := s.nextDue(ctx, sc); more {
		if err := s.send(answers, c, sc.begin); err != nil {
			return s.remedy(err)
		}
	}
	slots := make(chan struct{}, maxInFlight)
	for {
		c, more := s.nextDue(ctx, sc)
		if !more {
			return nil
		}
		slots <- struct{}{} // free after answerTimeout at the latest
		inFlight.Go(func() {
			defer func() { <-slots }()
			_ = s.send(answers, c, sc.begin) // the tally has it
		})
	}
}

// nextDue returns the script's next webhook that is not lost, when its time has come;
// false if the script is over or ctx ends before.
func (s *sender) nextDue(ctx context.Context, sc *script) (simCall, bool) {
	for {
		c, more := sc.nextCall()
		if !more || !waitUntil(ctx, sc.begin.Add(c.at)) {
			return simCall{}, false
		}
		s.tally.begins(c)
		if c.trouble != troubleLost {
			return c, true
		}
	}
}

// waitUntil waits for an instant; false if ctx ends before.
func waitUntil(ctx context.Context, at time.Time) bool {
	wait := time.NewTimer(time.Until(at))
	defer wait.Stop()
	select {
	case <-wait.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

// send posts one webhook of a script that began at begin, and notes how it was answered.
func (s *sender) send(ctx context.Context, c simCall, begin time.Time) error {
	sent := time.Now()
	err := s.post(ctx, c, sent)
	s.tally.answered(err, sent.Sub(begin.Add(c.at)), time.Since(sent))
	return err
}

// post sends one webhook and checks the answer.
func (s *sender) post(ctx context.Context, c simCall, now time.Time) error {
	r, err := s.request(ctx, c, now)
	if err != nil {
		return err
	}
	response, err := s.client.Do(r)
	if err != nil {
		return causeOf(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("reading the answer: %w", err)
	}
	return checkAnswer(response.StatusCode, body)
}

// request makes one webhook as Tencent does, signed as of now.
func (s *sender) request(ctx context.Context, c simCall, now time.Time) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.address(c, now), bytes.NewReader(c.body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	return r, nil
}

// address returns the URL with the parameters that Tencent adds to it.
func (s *sender) address(c simCall, now time.Time) string {
	u, q := *s.target, s.target.Query()
	q.Set("SdkAppid", s.app.String())
	q.Set("CallbackCommand", c.command)
	q.Set("contenttype", "json")
	q.Set("ClientIP", c.clientIP)
	q.Set("OptPlatform", c.platform)
	if s.token != "" {
		sign, requestTime := webhook.Sign(s.token, now)
		q.Set("Sign", sign)
		q.Set("RequestTime", requestTime)
	}
	u.RawQuery = q.Encode()
	return u.String()
}
