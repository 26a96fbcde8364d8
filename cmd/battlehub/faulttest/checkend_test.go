package faulttest

import (
	"battlehub/hub"
)

// checkDelivery checks that the client has everything that the log has for it: as an
// event, or in a snapshot. What it has not reached yet is not missed but stale, and what
// was missed in silence is reported already.
func checkDelivery(all *report, v *view, w *walk) {
	name := w.history.client
	switch last := v.last(); {
	case !w.history.connected:
		all.add(ruleStale, "%s: is not connected at the end; it stands at %s", name, w.cursor)
	case w.cursor.Compare(last) < 0:
		all.add(ruleStale, "%s: stands at %s, and the log has for it up to %s", name, w.cursor, last)
	}
	snapshots := shownIn(w.seen)
	var lost []place
	for _, i := range v.relevant {
		e := &v.log[i]
		if e.Position.Compare(w.cursor) > 0 {
			break
		}
		if !w.got[e.Event.ID] && !snapshots.prove(e.Event) && !w.told[placeOf(e.Position)] {
			lost = append(lost, placeOf(e.Position))
		}
	}
	if len(lost) > 0 {
		all.add(ruleDelivery, "%s: %d events reached it neither by themselves nor in a snapshot: %s", name, len(lost), few(lost))
	}
}

// proofs are which kinds of events snapshots contained, by battle.
type proofs map[string]map[hub.Kind]bool

func shownIn(pages []*frame) proofs {
	p := proofs{}
	for _, page := range pages {
		for i := range page.battles {
			b := &page.battles[i]
			if p[b.ID] == nil {
				p[b.ID] = map[hub.Kind]bool{}
			}
			for _, k := range hub.Kinds {
				p[b.ID][k] = p[b.ID][k] || b.proves(k)
			}
		}
	}
	return p
}

func (p proofs) prove(e *hub.Event) bool { return p[e.Battle][e.Kind] }

// checkBoards compares what the nodes show with one another, and what each moderator has
// folded from its frames with that.
func checkBoards(all *report, r *run) {
	if len(r.boards) == 0 {
		return
	}
	for _, b := range r.boards[1:] {
		compareBoards(all, r.boards[0], b)
	}
	for i := range r.clients {
		if r.clients[i].rooms == nil {
			compareBoards(all, r.boards[0], fold(&r.clients[i]))
		}
	}
}

// fold is what a client shows that applies its frames as design §6 says: a snapshot
// replaces the board once it is complete, an event replaces its battle.
func fold(h *history) board {
	b := board{of: h.client, battles: map[string]shown{}}
	var pages map[string]shown
	for _, f := range h.frames {
		switch f.typ {
		case hub.FrameHello, hub.FrameGap:
			pages = map[string]shown{}
		case hub.FrameSnapshot:
			for _, s := range f.battles {
				pages[s.ID] = s
			}
			if f.done {
				b.battles, pages = pages, map[string]shown{}
			}
		case hub.FrameEvent:
			for _, s := range f.battles {
				b.battles[s.ID] = s
			}
		}
	}
	return b
}

// difference is a battle of which two boards tell otherwise.
type difference struct {
	id   string
	a, b shown
}

func (d difference) String() string {
	tell := func(s shown) string {
		if s.ID == "" {
			return "absent"
		}
		return string(s.State) + " " + string(s.Outcome)
	}
	return d.id + " (" + tell(d.a) + ", and " + tell(d.b) + ")"
}

func compareBoards(all *report, a, b board) {
	var differ []difference
	for id, s := range a.battles {
		if t := b.battles[id]; s.State != t.State || s.Outcome != t.Outcome {
			differ = append(differ, difference{id, s, t})
		}
	}
	for id, t := range b.battles {
		if _, ok := a.battles[id]; !ok {
			differ = append(differ, difference{id, shown{}, t})
		}
	}
	if len(differ) > 0 {
		all.add(ruleBoard, "the boards of %s and %s differ in %d battles: %s", a.of, b.of, len(differ), few(differ))
	}
}
