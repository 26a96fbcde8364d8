package faulttest

import (
	"battlehub/hub"
)

// walk follows one client through its frames. A stretch is what it is sent between a
// snapshot and the next declared gap, or hello that does not resume, over as many
// connections as that takes: within it, nothing may be missing.
type walk struct {
	*report
	places  *places
	view    *view
	history *history

	cursor   hub.Position // where the client stands, as it would tell when it comes back
	standing bool         // in a stretch; otherwise a snapshot must come first
	closed   bool         // the last stretch has ended
	missing  map[place]bool
	told     map[place]bool // events already reported as missed
	doubtful []*frame       // of this stretch, at positions that the log does not hold
	crossed  []*frame       // of this stretch, after such a position and in the log again
	got      map[string]bool
	seen     []*frame // pages of snapshots
}

func (w *walk) add(r rule, format string, args ...any) {
	w.report.add(r, w.history.client+": "+format, args...)
}

// step takes the next frame.
func (w *walk) step(f *frame) {
	switch f.typ {
	case hub.FrameHello:
		w.hello(f)
	case hub.FrameGap:
		w.end(hub.GapReason(f.reason))
		w.standing = false
	case hub.FrameSnapshot:
		w.snapshot(f)
	case hub.FrameEvent:
		w.event(f)
	case hub.FrameBookmark:
		w.bookmark(f)
	}
}

// hello continues the stretch or ends it. Why it ends, a gap may tell that follows.
func (w *walk) hello(f *frame) {
	if !f.resumed {
		w.standing = false
		return
	}
	if f.cursor != f.from || f.from != w.cursor {
		w.add(ruleOrder, "came back with %s from %s, and was resumed by %v", f.from, w.cursor, f)
	}
	if w.closed {
		w.begin(f)
	}
	w.standing = true
}

// begin begins a stretch where a frame says that the client stands.
func (w *walk) begin(f *frame) {
	w.cursor, w.standing, w.closed = f.cursor, true, false
	if !w.places.holds(f.cursor) {
		w.doubtful = append(w.doubtful, f)
	}
}

// snapshot takes a page. The last one begins a stretch.
func (w *walk) snapshot(f *frame) {
	w.seen = append(w.seen, f)
	if w.standing {
		w.add(ruleOrder, "was sent a snapshot without a gap: %v", f)
	}
	if f.done {
		w.end("")
		w.begin(f)
	}
}

// event checks that the event is the one that comes next.
func (w *walk) event(f *frame) {
	if w.got == nil {
		w.got = map[string]bool{}
	}
	w.got[f.id] = true
	if !w.standing {
		w.add(ruleOrder, "was sent an event before its snapshot was complete: %v", f)
		return
	}
	if f.cursor.Compare(w.cursor) <= 0 {
		w.behind(f)
		return
	}
	w.same(f)
	w.advance(f, true)
}

// behind judges an event that is not beyond what the client had.
func (w *walk) behind(f *frame) {
	p := placeOf(f.cursor)
	if w.missing[p] {
		delete(w.missing, p)
		w.add(ruleOrder, "was sent an event too late, when it stood at %s already: %v", w.cursor, f)
		return
	}
	w.add(ruleOrder, "was sent an event again, when it stood at %s: %v", w.cursor, f)
}

// same checks that the log has the same event there, and that the client may see it.
func (w *walk) same(f *frame) {
	if !w.places.holds(f.cursor) {
		return // advance finds out whether it was declared
	}
	i := w.places.at[placeOf(f.cursor)]
	switch e := w.places.log[i].Event; {
	case e == nil || e.ID != f.id || e.Kind != f.kind:
		w.add(ruleFork, "was sent event %s where the log has another: %v", f.id, f)
	case !concerns(e, w.history.rooms):
		w.add(ruleEntitled, "follows %v, and was sent an event of %v: %v", w.history.rooms, e.Rooms(), f)
	}
}

func (w *walk) bookmark(f *frame) {
	switch {
	case !w.standing:
		w.add(ruleOrder, "was sent a bookmark before its snapshot was complete: %v", f)
	case f.cursor.Compare(w.cursor) < 0:
		w.add(ruleOrder, "was sent a bookmark that leads back from %s: %v", w.cursor, f)
	case f.cursor != w.cursor:
		w.advance(f, false)
	}
}
