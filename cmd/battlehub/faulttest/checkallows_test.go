package faulttest

import (
	"testing"

	"battlehub/hub"
)

// rewritten are positions that a log lost: it had given them to other events.
func rewritten(r *run) []frame {
	lost := []frame{r.eventAt(5), r.eventAt(6)}
	for i := range lost {
		lost[i].cursor.Tag += 0x100
		lost[i].cursor.Seq += 2 // the client had two more than the log kept
	}
	return lost
}

// forked makes a client go on in a history that the log then loses, and come back to the
// log's by a gap with a reason, or by none at all when it is empty.
func forked(r *run, h *history, reason hub.GapReason) {
	back := []frame{{typ: hub.FrameHello, from: rewritten(r)[1].cursor, cursor: r.log[6].Position}}
	if reason != "" {
		back = append(back, frame{typ: hub.FrameGap, reason: string(reason)})
	}
	back = append(back, frame{typ: hub.FrameSnapshot, cursor: r.log[6].Position, done: true, battles: r.page(7, h.rooms)})
	h.insert(h.find(6), append(rewritten(r), back...)...)
}

// crossThenDeclare: the client is sent an event of the log after lost ones, and the gap
// only then.
func crossThenDeclare(r *run) {
	h := &r.clients[0]
	next := h.find(7)
	at := h.frames[next-1].cursor
	h.insert(next, frame{typ: hub.FrameGap, reason: string(hub.GapRewritten)},
		frame{typ: hub.FrameSnapshot, cursor: at, done: true, battles: r.page(9, nil)})
	h.insert(h.find(6), rewritten(r)...)
}

// allowed are things that look odd and are within the promises.
var allowed = map[string]func(*run){
	"rewritten_history_declared": func(r *run) { forked(r, &r.clients[0], hub.GapRewritten) },
	"resumed":                    func(r *run) { comeBack(&r.clients[0], 4, 4) },
	"gap_and_snapshot": func(r *run) {
		h := &r.clients[0]
		from, to := h.find(3), h.find(8)
		h.drop(from, to) // up to the 8th entry of the log, the second epoch's first among them
		h.insert(from, frame{typ: hub.FrameGap, reason: string(hub.GapLagged)},
			frame{typ: hub.FrameSnapshot, cursor: r.log[9].Position, battles: r.page(3, nil)},
			frame{typ: hub.FrameSnapshot, cursor: r.log[9].Position, done: true, battles: r.page(10, nil)})
	},
	"dropped_within_a_snapshot": func(r *run) {
		h := &r.clients[1]
		h.insert(1, frame{typ: hub.FrameSnapshot, cursor: r.log[4].Position, battles: r.page(2, nil)},
			frame{typ: hub.FrameHello, cursor: r.log[4].Position})
	},
	"resumed_after_a_gap_without_its_snapshot": func(r *run) {
		h := &r.clients[0]
		i := h.find(4)
		at := h.frames[i-1].cursor
		h.insert(i, frame{typ: hub.FrameGap, reason: string(hub.GapLagged)},
			frame{typ: hub.FrameHello, resumed: true, from: at, cursor: at})
	},
	"the_same_event_again_after_a_rewrite": func(r *run) {
		h := &r.clients[0]
		forked(r, h, hub.GapRewritten)
		h.frames[h.find(6)].id = r.log[9].Event.ID // lost, and appended again by a node that had it
	},
	"hooks_refused_or_unanswered": func(r *run) {
		r.hooks[2].answer, r.hooks[3].answer = unavailable, unanswered
		r.hooks = append(r.hooks, hook{id: "x", answer: unavailable}, hook{id: "y", answer: unanswered})
	},
	"bookmark_at_an_epoch": func(r *run) {
		h := &r.clients[0]
		h.insert(h.find(6), frame{typ: hub.FrameBookmark, cursor: r.log[7].Position}, frame{typ: hub.FrameBookmark, cursor: r.log[7].Position})
	},
	"log_read_over_the_wire": func(r *run) {
		for i := range r.log {
			r.log[i].chained, r.log[i].Prev, r.log[i].At = false, 0, hub.Time{}
		}
	},
	"presumed_end": func(r *run) {
		e := *r.log[1].Event
		e.Kind, e.ID = hub.KindPresumedEnded, "presumed"
		r.put(hub.Position{Epoch: 5, Seq: 5}, &e)
		for i := range r.clients {
			h := &r.clients[i]
			h.insert(len(h.frames), r.eventAt(len(r.log)-1))
		}
	},
}

// TestCheckerAllows gives the checker what it must not complain about.
func TestCheckerAllows(t *testing.T) {
	t.Parallel()
	for name, happen := range allowed {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := sampleRun()
			happen(r)
			expectRules(t, check(r), nil)
		})
	}
}

// TestCheckerExplains: a report tells who, where and when.
func TestCheckerExplains(t *testing.T) {
	t.Parallel()
	r := sampleRun()
	h := &r.clients[0]
	h.drop(h.find(2), h.find(4))
	got := check(r)
	if want := "gap: early: missed 2 in silence: 1-3, 1-4"; len(got) != 1 || got[0].String() != want {
		t.Errorf("got %v, want %q", got, want)
	}
	r = sampleRun()
	h = &r.clients[2]
	h.insert(h.find(1), h.frames[h.find(0)])
	got = check(r)
	want := "order: owner: was sent an event again, when it stood at 1-1-00001001: 10:00:02.000 event from n1 at 1-1-00001001"
	if len(got) != 1 || got[0].String() != want {
		t.Errorf("got %v, want %q", got, want)
	}
}
