package webhook

import (
	"net/http"
	"sync/atomic"
	"time"

	"battlehub/hub"
)

// intake counts what became of webhooks, by app, for people who look at the hub: unlike the
// metrics, it knows when each last happened.
type intake struct {
	since time.Time
	apps  map[hub.App]*appIntake
	// strangers counts webhooks for apps that are not served. Whose they were meant to be is
	// not known, so that all apps are told of them.
	strangers tally
}

type appIntake struct {
	accepted tally
	refused  map[hub.SourceFault]*tally // one for every fault, from the start
}

// tally is a count and when it last grew. The two are read apart from each other, so the one
// may be a webhook ahead of the other.
type tally struct {
	total, last atomic.Int64 // last: Unix milliseconds
}

func (t *tally) add(at time.Time) {
	t.total.Add(1)
	t.last.Store(at.UnixMilli())
}

func (t *tally) now() hub.Tally {
	n := hub.Tally{Total: uint64(t.total.Load())}
	if n.Total > 0 {
		n.LastAt = hub.UnixMilli(t.last.Load())
	}
	return n
}

func newIntake(apps map[hub.App]App) *intake {
	in := &intake{since: time.Now(), apps: map[hub.App]*appIntake{}}
	for app := range apps {
		a := &appIntake{refused: map[hub.SourceFault]*tally{}}
		for _, fault := range hub.SourceFaults {
			a.refused[fault] = &tally{}
		}
		a.refused[hub.FaultApp] = &in.strangers
		in.apps[app] = a
	}
	return in
}

// faults are the results that are the fault of a webhook, a setting or the log. What is not
// sent by POST is no webhook; and who is unauthorized is so for one of several faults.
var faults = map[result]hub.SourceFault{
	resultWrongApp:    hub.FaultApp,
	resultWrongType:   hub.FaultType,
	resultTooLarge:    hub.FaultSize,
	resultBadRequest:  hub.FaultPacket,
	resultBusy:        hub.FaultBusy,
	resultUnavailable: hub.FaultLog,
}

// count notes an answered webhook.
func (in *intake) count(d *delivery, res result) {
	if res == resultWrongApp {
		in.strangers.add(d.received)
		return
	}
	a := in.apps[d.app]
	switch {
	case a == nil: // refused before its app was read
	case statuses[res] == http.StatusOK:
		a.accepted.add(d.received)
	case res == resultUnauthorized:
		a.refused[d.fault].add(d.received)
	case faults[res] != "":
		a.refused[faults[res]].add(d.received)
	}
}

// Intake tells what this handler has made of the app's webhooks.
func (h *Handler) Intake(app hub.App) hub.Intake {
	told := hub.Intake{Since: hub.At(h.intake.since), Signed: len(h.apps[app].Tokens) > 0}
	a := h.intake.apps[app]
	if a == nil {
		return told
	}
	told.Accepted = a.accepted.now()
	for _, fault := range hub.SourceFaults {
		if n := a.refused[fault].now(); n.Total > 0 {
			told.Refused = append(told.Refused, hub.Refused{Fault: fault, Tally: n})
		}
	}
	return told
}
