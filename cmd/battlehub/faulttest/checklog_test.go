package faulttest

import (
	"battlehub/hub"
)

// checkLog checks the log itself: one chain without holes, each event once.
func checkLog(all *report, log []entry) {
	seen := map[string]hub.Position{}
	for i := range log {
		e := &log[i]
		if i == 0 {
			checkFirst(all, e)
		} else {
			checkNext(all, &log[i-1], e)
		}
		if (e.Position.Seq == 0) != (e.Event == nil) {
			all.add(ruleLog, "%s: an epoch's own entry, and only it, has sequence 0", e.Position)
		}
		if e.Event == nil {
			continue
		}
		if first, twice := seen[e.Event.ID]; twice {
			all.add(ruleLog, "event %s stands twice, at %s and %s", e.Event.ID, first, e.Position)
		} else {
			seen[e.Event.ID] = e.Position
		}
	}
}

// checkFirst: nothing is trimmed while a test runs, so the first entry opens an epoch.
func checkFirst(all *report, e *entry) {
	if !e.chained {
		return // read over the wire, which does not show the entries of epochs
	}
	if e.Position.Seq != 0 || e.Prev != 0 {
		all.add(ruleLog, "begins with %s after tag %08x, not with an epoch that follows nothing", e.Position, e.Prev)
	}
}

func checkNext(all *report, before, e *entry) {
	switch p, q := before.Position, e.Position; {
	case q.Epoch < p.Epoch || q.Epoch == p.Epoch && q.Seq <= p.Seq:
		all.add(ruleLog, "%s stands after %s", q, p)
	case q.Epoch == p.Epoch && q.Seq != p.Seq+1:
		all.add(ruleLog, "%s follows %s: the sequence has a hole", q, p)
	case q.Epoch > p.Epoch && q.Seq > 0 && (e.chained || q.Seq != 1):
		all.add(ruleLog, "epoch %d begins with %s", q.Epoch, q)
	case e.chained && e.Prev != p.Tag:
		all.add(ruleLog, "%s names %08x as its predecessor's tag, which is %08x", q, e.Prev, p.Tag)
	case e.chained && e.At.Before(before.At.Time):
		all.add(ruleLog, "time runs back from %s at %s to %s at %s", before.At, p, e.At, q)
	}
}

// checkHooks compares the log with the webhooks. What was answered OK is there; what is
// there was sent. The rest may or may not be: a sender that got no answer cannot know.
func checkHooks(all *report, log []entry, hooks []hook) {
	logged := map[string]bool{}
	for _, e := range log {
		if e.Event != nil {
			logged[e.Event.ID] = true
		}
	}
	sent := map[string]bool{}
	for _, h := range hooks {
		sent[h.id] = true
		if h.answer == answeredOK && !logged[h.id] {
			all.add(ruleWebhook, "%s of battle %s, answered OK by %s at %s, is not in the log (event %s)",
				h.kind, h.battle, h.node, h.at.Format("15:04:05.000"), h.id)
		}
		if h.answer == misanswered {
			all.add(ruleWebhook, "%s of battle %s was refused by %s as if it were wrong: %s", h.kind, h.battle, h.node, h.detail)
		}
	}
	for _, e := range log {
		if e.Event != nil && e.Event.Kind != hub.KindPresumedEnded && !sent[e.Event.ID] {
			all.add(ruleWebhook, "%s: nobody sent the event %s", e.Position, e.Event.ID)
		}
	}
}
