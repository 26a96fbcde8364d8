package hub

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"
)

// battleDetail is the answer of /v1/battles/{id}: the battle and how it came about.
type battleDetail struct {
	Battle Battle     `json:"battle"`
	Events []timeline `json:"events"`
}

// timeline is one webhook of a battle, or an inference, as the log took it.
type timeline struct {
	ID         string          `json:"id"`
	Kind       Kind            `json:"kind"`
	At         Time            `json:"at"`
	ReceivedAt Time            `json:"received_at"`
	AppendedAt Time            `json:"appended_at,omitzero"` // absent for a repeat: it was kept out
	DelayMS    int64           `json:"delay_ms"`             // from at to received_at
	Verdict    timelineVerdict `json:"verdict"`
	Cursor     *Position       `json:"cursor,omitempty"`
	Raw        json.RawMessage `json:"raw,omitempty"`
}

// timelineVerdict is what to think of a line.
type timelineVerdict string

const (
	lineOK        timelineVerdict = "ok"
	lineLate      timelineVerdict = "late"     // received long after it happened
	lineInferred  timelineVerdict = "inferred" // by a node, for want of a webhook
	lineDuplicate timelineVerdict = "duplicate"
	lineConflict  timelineVerdict = "conflict"
)

// lateAfter is the delay from which a webhook counts as late. Tencent's own arrive within
// a second or two.
const lateAfter = 10 * time.Second

// serveBattle answers GET /v1/battles/{id}. It reads the log, so it knows battles that
// left the board, as far back as the log is kept.
func (h *Hub) serveBattle(w http.ResponseWriter, r *http.Request) {
	q, refusal := h.ask(w, r)
	if refusal == nil {
		refusal = h.spend(h.reads, q)
	}
	if refusal != nil {
		refusal.write(w)
		return
	}
	id := r.PathValue("id")
	found, err := q.feed.log.Find(r.Context(), eventIDs(q.feed.app, id))
	if err != nil {
		q.feed.logger.Error("looking up a battle", "err", err)
		unavailable("", "the log cannot be read now").write(w)
		return
	}
	detail := describe(found)
	// Whoever may not see a battle learns no more than that it is not there.
	if detail == nil || !overlap(q.feed.entitledNow(&q.grant), detail.Battle.Rooms()) {
		(&problem{status: http.StatusNotFound,
			detail: "no such battle, or not any more; percent-encode the id, it is base64"}).write(w)
		return
	}
	writeJSON(w, detail)
}

// describe merges a battle's entries and lays out its timeline, by time of arrival. It
// returns nil when there are none.
func describe(found []Found) *battleDetail {
	if len(found) == 0 {
		return nil
	}
	rec := &record{first: found[0].Position}
	d := &battleDetail{}
	for i := range found {
		e := &found[i]
		rec.apply(&e.Entry)
		d.Events = append(d.Events, lineOf(&e.Entry))
		for _, again := range e.Repeats {
			d.Events = append(d.Events, lineOfRepeat(e.Event, again))
		}
	}
	d.Battle = *rec.battle
	slices.SortStableFunc(d.Events, func(a, b timeline) int { return a.ReceivedAt.Compare(b.ReceivedAt.Time) })
	return d
}

func lineOf(e *Entry) timeline {
	line := timeline{ID: e.Event.ID, Kind: e.Event.Kind, At: e.Event.At, ReceivedAt: e.Event.ReceivedAt, AppendedAt: e.At,
		Verdict: lineOK, Cursor: &e.Position, Raw: e.Event.Raw}
	line.DelayMS = delay(line)
	switch {
	case e.Event.Kind == KindPresumedEnded:
		line.Verdict = lineInferred
	case line.DelayMS > lateAfter.Milliseconds():
		line.Verdict = lineLate
	}
	return line
}

func lineOfRepeat(e *Event, again Repeat) timeline {
	line := timeline{ID: e.ID, Kind: e.Kind, At: e.At, ReceivedAt: again.At, Verdict: lineDuplicate, Raw: again.Raw}
	line.DelayMS = delay(line)
	if again.Verdict == Conflict {
		line.Verdict = lineConflict
	}
	return line
}

func delay(line timeline) int64 { return line.ReceivedAt.Sub(line.At.Time).Milliseconds() }
