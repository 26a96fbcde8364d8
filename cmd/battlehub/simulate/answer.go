package simulate

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
)

// causeOf takes the addresses out of a client's error: the URL, for its signature, and
// the ports, which would make every error another one.
func causeOf(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	if o, ok := errors.AsType[*net.OpError](err); ok {
		err = o.Err
	}
	return err
}

// shown returns a URL for a person to read. A query may hold a secret, and so may a path
// other than a hub's default: see --webhook-path.
func shown(u *url.URL) string {
	if u.Path != "/webhook" {
		return u.Scheme + "://" + u.Host + "/…"
	}
	return u.Scheme + "://" + u.Host + u.Path
}

// refusal is an answer that is not OK.
type refusal struct {
	status int
	info   string // ErrorInfo, or what else is known
}

func (r *refusal) Error() string { return fmt.Sprintf("answered %d %s", r.status, r.info) }

// checkAnswer returns a refusal unless Tencent would count the answer as a success.
func checkAnswer(status int, body []byte) error {
	var answer struct {
		ActionStatus string
		ErrorInfo    string
		ErrorCode    *int
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return &refusal{status, "without the JSON that Tencent expects"}
	}
	if status != http.StatusOK || answer.ActionStatus != "OK" || answer.ErrorCode == nil || *answer.ErrorCode != 0 {
		return &refusal{status, fmt.Sprintf("%.200q", answer.ErrorInfo)} // quoted: it is foreign text on a terminal
	}
	return nil
}

// remedy says what to do about a first webhook that failed.
func (s *sender) remedy(err error) error {
	target := shown(s.target)
	r, ok := errors.AsType[*refusal](err)
	if !ok {
		return fmt.Errorf("nothing answers at %s: %w\nStart a hub with \"battlehub\" in another terminal, or say with --url where one is", target, err)
	}
	switch r.status {
	case http.StatusUnauthorized:
		return fmt.Errorf("%s: %w\nGive the hub's token with --webhook-token or --webhook-token-file; or this machine's address is not in the hub's --webhook-allow", target, err)
	case http.StatusForbidden:
		return fmt.Errorf("%s: %w\nGive the hub's app with --sdkappid", target, err)
	case http.StatusServiceUnavailable:
		return fmt.Errorf("%s: %w\nThe hub cannot store webhooks now: see its log", target, err)
	}
	return fmt.Errorf("%s: %w\nIs --url a hub's webhook? It ends in /webhook, or in the hub's --webhook-path", target, err)
}
