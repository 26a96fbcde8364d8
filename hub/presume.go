package hub

import "time"

// Tencent documents no retry of its webhooks. Without inference, a lost End would show a
// live battle for ever. So a battle that should be over and of which nothing was heard
// gets an inferred event; its id makes it happen once, whichever nodes infer it.

// presumeAfter is how long after its expected end, and after the log last heard of it, a
// battle is presumed to have ended.
const presumeAfter = 30 * time.Second

// askAgain is how long a node waits before it asks the log again to presume an end:
// longer than the log and the tail take together.
const askAgain = 10 * time.Second

// presumed returns the inferred events that are due, and marks them as asked for.
func (f *feed) presumed(now time.Time) []Event {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.live {
		return nil
	}
	var events []Event
	for _, r := range f.board.open {
		if now.Before(r.presumedEnd()) || now.Sub(r.presumed) < askAgain {
			continue
		}
		r.presumed = now
		events = append(events, r.presume(now))
	}
	return events
}

// presumedEnd is when the battle is to be presumed ended. It counts from when the log
// last heard of it too, since a webhook may be late, or its clock wrong.
func (r *record) presumedEnd() time.Time {
	at, known := r.battle.expectsEnd()
	if !known {
		return r.heard.Add(longestUnknown)
	}
	if at.Before(r.heard.Time) {
		at = r.heard
	}
	return at.Add(presumeAfter)
}

// presume makes the inferred event. All but ReceivedAt follows from the battle, so nodes
// that infer the same end make the same event.
func (r *record) presume(now time.Time) Event {
	b := r.battle
	end, known := b.expectsEnd()
	if !known {
		end = r.heard
	}
	e := Event{
		ID: EventID(b.App, KindPresumedEnded, b.ID), App: b.App, Kind: KindPresumedEnded, Battle: b.ID,
		At: end, ReceivedAt: At(now), EndedAt: end, Outcome: OutcomePresumedEnded,
		From: Side{Room: b.From.Room, Owner: b.From.Owner},
	}
	for _, s := range b.To {
		e.To = append(e.To, Side{Room: s.Room, Owner: s.Owner})
	}
	return e
}
