package hub

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
)

// query is what a request for a session asks for, checked against its grant.
type query struct {
	feed   *feed
	grant  Grant
	asked  []string // the rooms that it names; nil: all that it may see
	rooms  []string // those of them that the grant covers now; nil: all
	cursor string
	place  *place
	bad    *problem // what is wrong with the request itself; a WebSocket is told after the upgrade
}

// admit decides whether a request may open a session, and which. When it returns no
// refusal, the caller owns a place and must leave it.
func (h *Hub) admit(w http.ResponseWriter, r *http.Request) (q *query, refusal *problem) {
	defer func() {
		if refusal != nil {
			h.metrics.refused(refusal.reason)
		} else if q.bad != nil {
			h.metrics.refused(q.bad.reason)
		}
	}()
	if refusal := h.checkSource(w, r); refusal != nil {
		return nil, refusal
	}
	p, refusal := h.admission.enter(ClientAddr(r, h.opts.TrustedProxies))
	if refusal != nil {
		return nil, refusal
	}
	// A browser that resumes an event stream repeats the URL, and with it the cursor of its
	// first connection; where it is now, it says in the header.
	values := r.URL.Query()
	cursor := cmp.Or(r.Header.Get("Last-Event-ID"), values.Get("cursor"))
	q = &query{place: p, cursor: cursor}
	refusal = h.resolve(q, r, values)
	if refusal == nil {
		refusal = h.spend(h.reads, q) // it may lead to a snapshot
	}
	if refusal == nil {
		refusal = p.claim(account{q.feed.app, q.grant.User})
	}
	if refusal != nil && refusal.close == "" {
		p.leave()
		return nil, refusal
	}
	q.bad = refusal
	return q, nil
}

// resolve finds the app and the rooms of a request, as far as its sender may see them.
func (h *Hub) resolve(q *query, r *http.Request, values url.Values) (refusal *problem) {
	if q.grant, refusal = h.identify(r, values); refusal != nil {
		return refusal
	}
	var err error
	if q.feed, err = h.feedOf(&q.grant, values.Get("app")); err != nil {
		return badRequest(err.Error())
	}
	if asked := values["room"]; len(asked) > 0 {
		slices.Sort(asked)
		q.asked = slices.Compact(asked)
	}
	if wrong := checkRooms(q.asked); wrong != "" {
		return badRequest(wrong)
	}
	return h.checkGrant(q)
}

// checkGrant holds what is asked for against what the app's log says of the grant.
func (h *Hub) checkGrant(q *query) *problem {
	f := q.feed
	f.mu.RLock()
	defer f.mu.RUnlock()
	if !f.whole { // whose the rooms are is not known yet, either
		return unavailable(refusedNotReady, errNotReady.Error())
	}
	if f.revoked.cover(&q.grant) {
		h.metrics.credentialRefused(RefusedRevoked)
		return &problem{status: http.StatusUnauthorized, detail: "this credential was revoked; get a new one",
			close: CloseRevoked, reason: refusedGrant}
	}
	entitled := f.entitled(&q.grant)
	if room := denied(q.asked, entitled); room != "" {
		return &problem{status: http.StatusForbidden, detail: "room: your grant does not include " + quote(room),
			close: CloseForbidden, reason: refusedGrant}
	}
	q.rooms = pick(q.asked, entitled)
	return nil
}

// feedOf finds the app that a client means. It must say which when it may see several.
func (h *Hub) feedOf(grant *Grant, name string) (*feed, error) {
	if name == "" {
		var only *feed
		for app, f := range h.feeds {
			if grant.covers(app) && only != nil {
				return nil, errWhichApp
			}
			if grant.covers(app) {
				only = f
			}
		}
		if only == nil {
			return nil, errNoApp
		}
		return only, nil
	}
	id, err := strconv.ParseUint(name, 10, 64)
	f := h.feeds[App(id)]
	if err != nil || f == nil || !grant.covers(App(id)) {
		return nil, errNoApp
	}
	return f, nil
}

func badRequest(detail string) *problem {
	return &problem{status: http.StatusBadRequest, detail: detail, close: CloseBadRequest, reason: refusedRequest}
}
