package webhook

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"battlehub/hub"
)

// query holds the parameters of a webhook's URL. Their names are read without regard to
// case: Tencent's pages write SdkAppid and SdkAppId, CallbackCommand and WebhookCommand
// (trtc.io/document/64412 against 68260).
type query []param

type param struct{ name, value string }

// readQuery reads the parameters. One that is wrongly escaped is left out rather than
// the webhook lost: how Tencent escapes ClientIP, say, is not documented.
func readQuery(raw string) query {
	q := make(query, 0, 8)
	for pair := range strings.SplitSeq(raw, "&") {
		name, value, _ := strings.Cut(pair, "=")
		name, err1 := url.QueryUnescape(name)
		value, err2 := url.QueryUnescape(value)
		if err1 == nil && err2 == nil {
			q = append(q, param{name, value})
		}
	}
	return q
}

// all returns the parameter's values.
func (q query) all(name string) (values []string) {
	for _, p := range q {
		if strings.EqualFold(p.name, name) {
			values = append(values, p.value)
		}
	}
	return values
}

// get returns the parameter's value, or "" if it is not given. It is not ok if it is
// given several times with different values, of which none is to be preferred.
func (q query) get(name string) (value string, ok bool) { return agree(q.all(name)...) }

// app reads the SDKAppID.
func (q query) app() (hub.App, error) {
	text, ok := q.get("sdkappid")
	if ok && text == "" {
		return 0, refuse(resultWrongApp, "SdkAppid is missing from the URL; send the number that --sdkappid was set to")
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if !ok || err != nil {
		return 0, refuse(resultWrongApp, "SdkAppid in the URL is not one number; send the one that --sdkappid was set to")
	}
	return hub.App(n), nil
}

// agree returns the one value that all of the values have, the empty ones aside, and
// whether there is but one.
func agree(values ...string) (value string, ok bool) {
	for _, v := range values {
		if v != "" && value != "" && v != value {
			return "", false
		}
		if v != "" {
			value = v
		}
	}
	return value, true
}

// command is the label under which a webhook is counted: the kind of event that it
// tells, or one of those below. Names from outside never become labels.
type command string

const (
	commandOther   command = "other"   // neither about battles nor about whose a room is
	commandUnknown command = "unknown" // refused before the command was read
)

// kinds are the commands that are ours: of battles (trtc.io/document/68259, 68260, 68261)
// and of whose a room is (64422, 64423, 72553).
var kinds = map[string]hub.Kind{
	"Live.CallbackAfterCreateBattle": hub.KindCreated,
	"Live.CallbackAfterStartBattle":  hub.KindStarted,
	"Live.CallbackAfterEndBattle":    hub.KindEnded,
	"Live.CallbackAfterCreateRoom":   hub.KindRoomCreated,
	"Live.CallbackAfterDestroyRoom":  hub.KindRoomDestroyed,
	"Live.CallbackAfterChangeOwner":  hub.KindOwnerChanged,
}

// identify finds the command, in the URL or the body or both, and whether it is ours.
// The URL is what proxies and logs see and the body is what happened, so a webhook that
// has them differ is refused.
func (d *delivery) identify(body object) (kind hub.Kind, ours bool, err error) {
	var callback, webhook json.RawMessage
	body.fill(slot{"CallbackCommand", &callback}, slot{"WebhookCommand", &webhook})
	f := &fields{}
	names := []string{f.quoted("CallbackCommand", callback), f.quoted("WebhookCommand", webhook)}
	if f.err != nil {
		return "", false, f.err
	}
	name, ok := agree(slices.Concat(names, d.query.all("CallbackCommand"), d.query.all("WebhookCommand"))...)
	switch {
	case !ok:
		return "", false, refuse(resultBadRequest, "CallbackCommand differs between URL and body; send the same in both")
	case name == "":
		return "", false, refuse(resultBadRequest, "CallbackCommand is missing; send it in the URL, the body or both")
	}
	d.command = commandOther
	if kind, ours = kinds[name]; ours {
		d.command = command(kind)
	}
	return kind, ours, nil
}
