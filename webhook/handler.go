// Package webhook takes Tencent RTC's webhooks in: it checks who sent them, decodes the
// three of a battle, and the three that tell whose a room is, into [hub.Event], appends
// those to the app's log, and answers in the form and within the time that Tencent expects.
//
// All commands of an app arrive at one URL (trtc.io/document/64412), so the others are
// answered OK: some ask whether a gift or a message may pass.
package webhook

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"battlehub/hub"
)

const (
	maxRequests = 256 // read, decoded and appended at a time, which bounds the memory

	// appendTimeout leaves the rest of the 2 s in which Tencent wants its answer
	// (trtc.md) to everything else.
	appendTimeout = 1500 * time.Millisecond
)

// Appender is the one thing the handler needs of a log; see [hub.Log].
type Appender interface {
	Append(ctx context.Context, events []hub.Event) ([]hub.Appended, error)
}

// App is what the handler knows of one SDKAppID.
type App struct {
	Log    Appender     // takes the app's events: its log, or a Spool in front of that
	Tokens []hub.Secret // any of them may have signed; without tokens, nobody needs to
}

// Options is what a Handler is made of.
type Options struct {
	Apps map[hub.App]App // whose webhooks are taken

	Allow          []netip.Prefix // networks that webhooks may come from; none: any
	TrustedProxies []netip.Prefix // whose X-Forwarded-For counts

	Ages       hub.Ages              // measures delays; nil measures nothing
	Log        *slog.Logger          // never sees a body, a Sign or a query
	Registerer prometheus.Registerer // nil leaves the metrics unregistered
}

// Handler answers webhooks. Mount it for every method of its path: it refuses all but
// POST itself, in the form that Tencent reads. The server's ReadTimeout must bound how
// slowly a body may arrive.
type Handler struct {
	apps    map[hub.App]App
	allow   []netip.Prefix
	proxies []netip.Prefix
	ages    hub.Ages
	log     *refusalLog
	metrics *metrics
	intake  *intake
	slots   chan struct{} // one element for each request inside
}

// New makes a handler. Its metrics exist once per registerer.
func New(o Options) *Handler {
	return &Handler{
		apps:    o.Apps,
		allow:   o.Allow,
		proxies: o.TrustedProxies,
		ages:    o.Ages,
		log:     newRefusalLog(o.Log),
		metrics: newMetrics(o.Registerer, o.Apps),
		intake:  newIntake(o.Apps),
		slots:   make(chan struct{}, maxRequests),
	}
}

// delivery is one webhook on its way through the handler: what is known of it so far.
type delivery struct {
	received time.Time
	query    query
	app      hub.App
	command  command
	fault    hub.SourceFault // why it is not believed to be Tencent's, if it is not
}

// ServeHTTP answers one webhook. It returns once the log or the spool has the event, or
// neither can take it in time.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d := &delivery{received: time.Now(), query: readQuery(r.URL.RawQuery), command: commandUnknown}
	res, err := h.take(w, r, d)
	if err != nil {
		res = refused(err).result
		h.log.refused(d, err)
	}
	answer(w, res, err)
	h.metrics.count(d, res)
	h.intake.count(d, res)
}

// take is the way of a webhook, in order. What is cheap and keeps strangers out comes
// first; the body is read only of those who may send one.
func (h *Handler) take(w http.ResponseWriter, r *http.Request, d *delivery) (result, error) {
	if err := h.admit(r, d); err != nil {
		return "", err
	}
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	default:
		return "", refuse(resultBusy, "too many webhooks at once; send it again")
	}
	event, ours, err := d.read(w, r)
	if err != nil || !ours {
		return resultIgnored, err
	}
	return h.append(r.Context(), d, event)
}

// admit checks all that can be checked without the body.
func (h *Handler) admit(r *http.Request, d *delivery) (err error) {
	if r.Method != http.MethodPost {
		return refuse(resultWrongMethod, "webhooks come by POST")
	}
	if d.app, err = d.query.app(); err != nil {
		return err
	}
	if _, ours := h.apps[d.app]; !ours {
		return refuse(resultWrongApp, fmt.Sprintf(
			"SDKAppID %d is not served here; if it is yours, start battlehub with --sdkappid %d", d.app, d.app))
	}
	if err := h.authenticate(r, d); err != nil {
		return err
	}
	if form, ok := d.query.get("contenttype"); !ok || form != "" && !strings.EqualFold(form, "json") {
		return refuse(resultWrongType, "contenttype is not json; leave it out or send contenttype=json")
	}
	return nil
}

// append gives the event to the app's log. A sender that hangs up must not take its
// event with it, hence WithoutCancel: it may never send it again.
func (h *Handler) append(ctx context.Context, d *delivery, e hub.Event) (result, error) {
	h.age(hub.HopReceived, &e, d.received)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), appendTimeout)
	defer cancel()
	appended, err := h.apps[d.app].Log.Append(ctx, []hub.Event{e})
	if err != nil {
		return "", &refusal{resultUnavailable, "the event could not be kept; send it again", err}
	}
	a := appended[0]
	switch a.Verdict {
	case hub.Fresh:
		h.age(hub.HopAppended, &e, time.Now())
	case hub.Conflict:
		h.log.Warn("webhook conflicts with an earlier one of the same battle, which stands",
			"app", d.app, "kind", e.Kind, "battle", e.Battle, "cursor", a.Position)
	}
	if e.Kind == hub.KindEnded && e.Outcome == "" {
		h.log.Warn("battle ended for a reason unknown to this version: OpType is not 0, 1 or 2",
			"app", d.app, "battle", e.Battle)
	}
	return result(a.Verdict), nil
}

// age measures how old a battle's event is. A room's is not worth it: Create tells its time
// in whole seconds, and nobody waits for it as they do for a battle.
func (h *Handler) age(hop hub.Hop, e *hub.Event, now time.Time) {
	if e.Battle != "" {
		h.ages.Observe(hop, e.At, now)
	}
}
