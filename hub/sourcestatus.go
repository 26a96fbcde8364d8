package hub

import (
	"net/http"
	"time"
)

// SourceFault says why a webhook was not taken. The set is closed, so that nothing that a
// stranger sends reaches a page or a metric.
type SourceFault string

// The faults. Those of the sign and the address mean that the sender was not believed to be
// Tencent.
const (
	FaultSignMissing SourceFault = "sign_missing" // no Sign or no RequestTime
	FaultSignWrong   SourceFault = "sign_wrong"   // made with none of the app's tokens
	FaultSignStale   SourceFault = "sign_stale"   // rightly made, but RequestTime is not of this minute
	FaultAddress     SourceFault = "address"      // from an address that is not allowed
	FaultApp         SourceFault = "wrong_app"    // for an app that this hub does not serve
	FaultType        SourceFault = "wrong_type"   // contenttype is not json
	FaultSize        SourceFault = "too_large"    // over the bound of a body
	FaultPacket      SourceFault = "bad_request"  // the packet lacks something, or has it in another form
	FaultBusy        SourceFault = "busy"         // more at once than a node takes
	FaultLog         SourceFault = "unavailable"  // neither the log nor the spool could take it
)

// SourceFaults lists them.
var SourceFaults = []SourceFault{FaultSignMissing, FaultSignWrong, FaultSignStale, FaultAddress, FaultApp, FaultType,
	FaultSize, FaultPacket, FaultBusy, FaultLog}

// Intake is what a node has made of an app's webhooks since it started.
type Intake struct {
	Since    Time      `json:"since"`    // when the node started to count
	Signed   bool      `json:"signed"`   // the app has a token, so that webhooks must carry a Sign
	Accepted Tally     `json:"accepted"` // answered OK, be it that nothing of them is kept
	Refused  []Refused `json:"refused"`  // by fault, those that occurred
}

// Tally counts what happened, and knows when it last did.
type Tally struct {
	Total  uint64 `json:"total"`
	LastAt Time   `json:"last_at,omitzero"` // by the node's clock
}

// Refused counts the webhooks with one fault. FaultApp is counted for the node as a whole,
// since whose they were meant to be is not known.
type Refused struct {
	Fault SourceFault `json:"fault"`
	Tally
}

// SourceStatus tells whether an app's webhooks arrive, as far as one node knows: the intake is
// its own, the log is everybody's.
type SourceStatus struct {
	Node       string `json:"node"`
	App        App    `json:"app"`
	ServerTime Time   `json:"server_time"`
	// LoggedAt is when the newest webhook in the log was received, by whichever node. It is
	// absent if the log has none.
	LoggedAt Time   `json:"logged_at,omitzero"`
	Intake   Intake `json:"intake"`
}

// serveSource answers GET /v1/source, to moderators only: how many webhooks fail, and why, is
// nothing that the owner of a room has to know.
func (h *Hub) serveSource(w http.ResponseWriter, r *http.Request) {
	q, refusal := h.ask(w, r)
	if refusal == nil && !q.grant.Moderator() {
		refusal = &problem{status: http.StatusForbidden, detail: "only moderators may know how webhooks arrive"}
	}
	if refusal != nil {
		refusal.write(w)
		return
	}
	writeJSON(w, h.sourceStatus(q.feed))
}

func (h *Hub) sourceStatus(f *feed) SourceStatus {
	intake := Intake{}
	if h.opts.Intake != nil {
		intake = h.opts.Intake(f.app)
	}
	intake.Refused = append([]Refused{}, intake.Refused...) // an empty list rather than null
	f.mu.RLock()
	defer f.mu.RUnlock()
	return SourceStatus{Node: h.opts.Node, App: f.app, ServerTime: At(time.Now()), LoggedAt: f.logged, Intake: intake}
}

// fromSource reports whether the event came by a webhook, rather than from a node or an
// operator.
func (e *Event) fromSource() bool { return e.Kind != KindPresumedEnded && e.Kind != KindRevoked }

// noteSource remembers when the newest webhook was received. The caller holds f.mu.
func (f *feed) noteSource(e *Event) {
	if e.fromSource() && e.ReceivedAt.After(f.logged.Time) {
		f.logged = e.ReceivedAt
	}
}
