package webhook

import (
	"errors"
	"fmt"
	"net/http"

	"battlehub/hub"
)

// unauthorized answers everybody who is not believed to be Tencent, so that a forger does
// not learn which part to work on. The reason is in the log and the metrics.
const unauthorized = "Sign or RequestTime is missing, wrong or not of this minute, or the sender's address is not allowed; " +
	"check --webhook-token, --webhook-allow, --trusted-proxy and the clocks: the hub's log and metrics tell which it is"

// senderFault says why a webhook is not believed to be Tencent's. Its text is a metric label.
type senderFault string

const (
	signMissing   senderFault = "missing" // no Sign or no RequestTime
	signWrong     senderFault = "wrong"   // made with none of the tokens
	signStale     senderFault = "stale"   // rightly made, but not in this minute
	senderAddress senderFault = "address" // from an address that is not allowed
)

// sourceFaults are what people are told of them, who have not read the metrics' names.
var sourceFaults = map[senderFault]hub.SourceFault{
	signMissing: hub.FaultSignMissing, signWrong: hub.FaultSignWrong, signStale: hub.FaultSignStale, senderAddress: hub.FaultAddress,
}

// senderFaults lists them.
var senderFaults = []senderFault{signMissing, signWrong, signStale, senderAddress}

// authenticate refuses who is not Tencent: by the address, if only some are allowed, and by
// the Sign. Both are always checked, so that the time it takes tells no more than the answer.
//
// The address is the only defence against a Sign that was seen by others: it does not cover
// the body, and is good for any for a minute.
func (h *Handler) authenticate(r *http.Request, d *delivery) error {
	fault := verify(h.apps[d.app].Tokens, d.query, d.received)
	if len(h.allow) > 0 {
		if from := hub.ClientAddr(r, h.proxies); !hub.Within(from, h.allow) {
			return h.unauthorized(d, senderAddress, fmt.Errorf("it came from %v, which --webhook-allow does not name", from.WithZone("")))
		}
	}
	if fault != "" {
		return h.unauthorized(d, fault, errors.New("Sign is "+string(fault)))
	}
	return nil
}

// unauthorized counts a refusal, and keeps its cause from the sender.
func (h *Handler) unauthorized(d *delivery, fault senderFault, cause error) error {
	d.fault = sourceFaults[fault]
	h.metrics.rejections.WithLabelValues(string(fault)).Inc()
	return &refusal{resultUnauthorized, unauthorized, cause}
}
