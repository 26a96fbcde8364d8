package hub

import (
	"cmp"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
)

// query is what a request for a session asks for, checked against its grant.
type query struct {
	feed    *feed
	grant   Grant
	rooms   []string // nil: all
	cursor  string
	addr    netip.Addr
	release func()
	bad     *problem // what is wrong with the request itself; a WebSocket is told after the upgrade
}

// admit decides whether a request may open a session, and which. When it returns no
// refusal, the caller owns a place and must release it.
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
	addr := ClientAddr(r, h.opts.TrustedProxies)
	release, refusal := h.admission.enter(addr)
	if refusal != nil {
		return nil, refusal
	}
	// A browser that resumes an event stream repeats the URL, and with it the cursor of its
	// first connection; where it is now, it says in the header.
	cursor := cmp.Or(r.Header.Get("Last-Event-ID"), r.URL.Query().Get("cursor"))
	q = &query{addr: addr, release: release, cursor: cursor}
	if q.bad = h.resolve(q, r); q.bad != nil {
		return q, nil
	}
	if _, whole := q.feed.state(); !whole {
		release()
		return nil, unavailable(refusedNotReady, errNotReady.Error())
	}
	return q, nil
}

// resolve finds the app and the rooms of a request, as far as its sender may see them.
func (h *Hub) resolve(q *query, r *http.Request) *problem {
	grant, refusal := h.identify(r)
	if refusal != nil {
		return refusal
	}
	q.grant = grant
	values := r.URL.Query()
	var err error
	if q.feed, err = h.feedOf(&grant, values.Get("app")); err != nil {
		return badRequest(err.Error())
	}
	asked := values["room"]
	slices.Sort(asked)
	asked = slices.Compact(asked)
	if wrong := checkRooms(asked); wrong != "" {
		return badRequest(wrong)
	}
	rooms, denied := grant.narrow(asked)
	if denied != "" {
		return &problem{status: http.StatusForbidden, detail: "room: your grant does not include " + quote(denied),
			close: CloseForbidden, reason: refusedGrant}
	}
	q.rooms = slices.Clone(rooms)
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
