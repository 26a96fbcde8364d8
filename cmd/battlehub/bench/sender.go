package bench

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"battlehub/webhook"
)

// sender is one connection to the webhook, used by hand: net/http's client would take more
// of the machine than the hub.
type sender struct {
	publisher *publisher
	jobs      chan job
	conn      net.Conn
	in        *bufio.Reader
	body, out []byte
}

// run sends until there are no more jobs.
func (s *sender) run() {
	for j := range s.jobs {
		err := s.post(j.k)
		if err != nil {
			s.hangUp()
		}
		s.publisher.done(s, j.due, err)
	}
	s.hangUp()
}

func (s *sender) hangUp() {
	if s.conn != nil {
		_ = s.conn.Close() // nothing more is wanted of it
		s.conn = nil
	}
}

// answerTimeout is more than the 2 s in which a webhook should be answered.
const answerTimeout = 10 * time.Second

// post sends event k. Its errors are few in number, to be counted, and do not name the
// webhook, whose path may be a secret.
func (s *sender) post(k int) (err error) {
	if s.conn == nil {
		if s.conn, err = net.DialTimeout("tcp", withPort(s.publisher.target), answerTimeout); err != nil {
			return errors.New("the webhook's server could not be reached")
		}
		s.in = bufio.NewReader(s.conn)
	}
	at := time.Now()
	_ = s.conn.SetDeadline(at.Add(answerTimeout)) // if it fails, so does the writing
	if _, err := s.conn.Write(s.request(k, at)); err != nil {
		return errors.New("a webhook could not be sent")
	}
	return s.answer()
}

// request writes a webhook; it is valid until the next.
func (s *sender) request(k int, at time.Time) []byte {
	p := s.publisher
	_, kind := p.plan.event(k)
	s.body = p.plan.appendPacket(s.body[:0], k, at)
	s.out = fmt.Appendf(s.out[:0], "POST %s?SdkAppid=%s&CallbackCommand=%s&contenttype=json&ClientIP=127.0.0.1&OptPlatform=RESTAPI",
		p.target.EscapedPath(), p.app, commands[kind])
	if p.token != "" {
		sign, requestTime := webhook.Sign(p.token, at)
		s.out = fmt.Appendf(s.out, "&Sign=%s&RequestTime=%s", sign, requestTime)
	}
	s.out = fmt.Appendf(s.out, " HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", p.target.Host, len(s.body))
	s.out = append(s.out, s.body...)
	return s.out
}

// answer reads an answer, which must be OK.
func (s *sender) answer() error {
	status, length := "", 0
	for line := ""; line != "\r\n"; {
		var err error
		if line, err = s.in.ReadString('\n'); err != nil {
			return errors.New("a webhook was not answered")
		}
		if status == "" {
			status = strings.TrimSpace(strings.TrimPrefix(line, "HTTP/1.1"))
		}
		if text, found := strings.CutPrefix(line, "Content-Length: "); found {
			length, _ = strconv.Atoi(strings.TrimSpace(text)) // a wrong one fails what follows
		}
	}
	body, err := io.ReadAll(io.LimitReader(s.in, int64(length)))
	switch {
	case err != nil:
		return errors.New("a webhook's answer did not come whole")
	case !strings.HasPrefix(status, "200 "):
		return fmt.Errorf("a webhook was answered %s %.200s", status, body)
	}
	return nil
}
