package faulttest

import (
	"slices"

	"battlehub/hub"
)

// advance moves the client to a frame's position, which vouches that nothing before it is
// missing.
func (w *walk) advance(f *frame, isEvent bool) {
	from, to := w.cursor, f.cursor
	w.cursor = to
	switch {
	case !w.places.holds(to):
		w.doubtful = append(w.doubtful, f)
	case !w.places.holds(from):
		w.crossed = append(w.crossed, f)
	}
	between, known := w.view.between(from, to)
	if known {
		for _, i := range between {
			if e := w.places.log[i]; !isEvent || placeOf(e.Position) != placeOf(to) {
				w.missing[placeOf(e.Position)] = true
			}
		}
	} else if isEvent && w.history.rooms == nil {
		w.densely(from, to)
	}
}

// densely finds what a moderator missed on a way that the log does not know: by the
// sequence alone.
func (w *walk) densely(from, to hub.Position) {
	const most = 1000 // more is no hole, it is another log
	first := from.Seq + 1
	if to.Epoch > from.Epoch {
		first = 1 // 0 is the epoch's own entry, which nobody is sent
	}
	for seq := first; seq < to.Seq && seq < first+most; seq++ {
		w.missing[place{to.Epoch, seq}] = true
	}
}

// end ends a stretch, and judges what had to wait for its end: a history that is declared
// rewritten may have differed from the log.
func (w *walk) end(reason hub.GapReason) {
	if w.closed {
		return
	}
	w.closed = true
	if n := len(w.missing); n > 0 {
		w.add(ruleGap, "missed %d in silence: %s", n, few(sorted(w.missing)))
		for p := range w.missing {
			w.told[p] = true
		}
		clear(w.missing)
	}
	switch {
	case reason != hub.GapRewritten && len(w.doubtful) > 0:
		w.add(ruleFork, "was sent %d positions that the log does not hold, and no gap said so (%q): %s",
			len(w.doubtful), reason, few(w.doubtful))
	case len(w.crossed) > 0:
		w.add(ruleFork, "went from a position that the log does not hold to one that it holds, without a gap: %s", few(w.crossed))
	}
	w.doubtful, w.crossed = nil, nil
}

// finish ends the last stretch.
func (w *walk) finish() { w.end("") }

func sorted(set map[place]bool) []place {
	list := make([]place, 0, len(set))
	for p := range set {
		list = append(list, p)
	}
	slices.SortFunc(list, func(a, b place) int {
		return hub.Position{Epoch: a.epoch, Seq: a.seq}.Compare(hub.Position{Epoch: b.epoch, Seq: b.seq})
	})
	return list
}
