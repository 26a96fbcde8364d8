package hub

import "time"

// Merging is order-free by construction: a battle is a pure function of the set of
// its events, at most one of each kind, computed anew whenever one is added. Tencent
// promises no order (a battle that needs no response may start before it is created
// on the wire, trtc.io/document/68260), so nothing here may depend on one.

// battle merges the events. At least one must be known. Where several tell the same thing, the
// richer source wins: Create knows milliseconds, Start knows who joined, End knows the scores.
func (f *facts) battle() Battle {
	known := f.all()
	b := Battle{ID: known[0].Battle, App: known[0].App, State: f.state()}
	for _, e := range known {
		fill(&b.Operator, e.Operator)
		fill(&b.Extension, e.Extension)
		fill(&b.TimeoutMS, e.TimeoutMS)
		fill(&b.DurationMS, e.DurationMS)
		fill(&b.NeedsResponse, e.NeedsResponse)
		fill(&b.CreatedAt, e.CreatedAt)
		fill(&b.StartedAt, e.StartedAt)
		mergeSides(&b, e)
	}
	f.mergeJoined(&b)
	b.setDeadlines()
	f.mergeEnd(&b)
	return b
}

// state is the furthest point that any event proves.
func (f *facts) state() State {
	switch {
	case f.Ended != nil || f.Presumed != nil:
		return StateEnded
	case f.Started != nil:
		return StateLive
	default:
		return StatePending
	}
}

// mergeSides takes over the rooms that are new and the owners that were unknown.
func mergeSides(b *Battle, e *Event) {
	if b.From.Room == "" {
		b.From.Room = e.From.Room
	}
	if b.From.Room == e.From.Room {
		fill(&b.From.Owner, e.From.Owner)
	}
	for _, s := range e.To {
		to := side(b, s.Room)
		if to == nil {
			b.To = append(b.To, Side{Room: s.Room})
			to = &b.To[len(b.To)-1]
		}
		fill(&to.Owner, s.Owner)
	}
}

// side finds the challenged room in the battle, or returns nil.
func side(b *Battle, room string) *Side {
	for i := range b.To {
		if b.To[i].Room == room {
			return &b.To[i]
		}
	}
	return nil
}

// mergeJoined tells who accepted. No webhook says so; it follows from Start, which
// lists the rooms that take part, against Create, which lists those invited.
func (f *facts) mergeJoined(b *Battle) {
	if f.Started == nil {
		return
	}
	for i := range b.To {
		joined := false
		for _, s := range f.Started.To {
			joined = joined || s.Room == b.To[i].Room
		}
		b.To[i].Joined = &joined
	}
}

// setDeadlines derives the countdowns.
func (b *Battle) setDeadlines() {
	if b.NeedsResponse != nil && *b.NeedsResponse && !b.CreatedAt.IsZero() && b.TimeoutMS > 0 {
		b.RespondBy = b.CreatedAt.Plus(b.TimeoutMS)
	}
	if !b.StartedAt.IsZero() && b.DurationMS > 0 {
		b.EndsAt = b.StartedAt.Plus(b.DurationMS)
	}
}

// mergeEnd applies the end. A real one overrides a presumed one.
func (f *facts) mergeEnd(b *Battle) {
	if f.Ended == nil {
		if f.Presumed != nil {
			b.EndedAt, b.Outcome = f.Presumed.EndedAt, OutcomePresumedEnded
		}
		return
	}
	b.EndedAt, b.Outcome = f.Ended.EndedAt, f.Ended.Outcome
	if f.Ended.From.Room == b.From.Room {
		b.From.Score = f.Ended.From.Score
	}
	for _, s := range f.Ended.To {
		side(b, s.Room).Score = s.Score
	}
	b.Winner = winner(b)
}

// winner is the room that alone has the highest score, or "" when scores are level.
func winner(b *Battle) string {
	best, tied := b.From, false
	for _, s := range b.To {
		switch {
		case s.Score > best.Score:
			best, tied = s, false
		case s.Score == best.Score:
			tied = true
		}
	}
	if tied {
		return ""
	}
	return best.Room
}

// expectsEnd is the moment after which the battle should be over, by what is known,
// or, without a Start, should have started or been called off. A battle that needs no
// response runs from its creation even if the Start webhook was lost.
func (b *Battle) expectsEnd() (at Time, known bool) {
	switch {
	case !b.EndsAt.IsZero():
		return b.EndsAt, true
	case !b.RespondBy.IsZero() && b.State == StatePending:
		return b.RespondBy, true
	case !b.CreatedAt.IsZero() && b.DurationMS > 0:
		return b.CreatedAt.Plus(b.DurationMS), true
	}
	return Time{}, false
}

// fill sets *dst if it is still unknown.
func fill[T comparable](dst *T, v T) {
	var zero T
	if *dst == zero {
		*dst = v
	}
}

// longestUnknown bounds how long a battle of unknown length stays open after the
// log last heard of it.
const longestUnknown = time.Hour
