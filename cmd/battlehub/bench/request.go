package bench

import (
	"cmp"
	"fmt"
	"net/url"
	"time"

	"battlehub/hub"
	"battlehub/webhook"
)

// requests makes the webhooks of a plan, as they go over the wire. What most of them share is
// written once.
type requests struct {
	plan  *plan
	heads map[hub.Kind][]byte // what they begin with, up to their signature
	tails []byte              // and what follows it
	token hub.Secret          // "": not signed
	sign  []byte              // the signature of a second, ...
	made  int64               // ... in Unix time
}

func newRequests(p *plan, target *url.URL, app hub.App, token hub.Secret) *requests {
	r := &requests{plan: p, token: token, heads: map[hub.Kind][]byte{},
		tails: fmt.Appendf(nil, " HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: ", target.Host)}
	for kind, command := range commands {
		r.heads[kind] = fmt.Appendf(nil, "POST %s?SdkAppid=%s&CallbackCommand=%s&contenttype=json&ClientIP=127.0.0.1&OptPlatform=RESTAPI",
			cmp.Or(target.EscapedPath(), "/"), app, command)
	}
	return r
}

// append appends the webhook of event k, as of a moment.
func (r *requests) append(b []byte, k int, at time.Time) []byte {
	_, kind := r.plan.event(k)
	b = append(append(b, r.heads[kind]...), r.signature(at)...)
	b = append(b, r.tails...)
	// The body's length is written before it is known: three digits, which all of them have.
	length := len(b)
	b = append(b, "000\r\n\r\n"...)
	body := len(b)
	b = r.plan.appendPacket(b, k, at)
	copy(b[length:], fmt.Sprintf("%03d", len(b)-body))
	return b
}

// signature is the part of a query that signs it, another in each second.
func (r *requests) signature(at time.Time) []byte {
	if r.token != "" && at.Unix() != r.made {
		sign, requestTime := webhook.Sign(r.token, at)
		r.sign, r.made = fmt.Appendf(r.sign[:0], "&Sign=%s&RequestTime=%s", sign, requestTime), at.Unix()
	}
	return r.sign
}
