package faulttest

import (
	"fmt"
	"slices"
	"strings"

	"battlehub/hub"
)

// The checker. It is one pass over all records (research R58), and pure: what it is given is
// all it knows, so that it can be tested itself.

// run is everything that was seen while a scenario ran.
type run struct {
	log     []entry // as it is at the end
	hooks   []hook
	clients []history
	boards  []board // what each node shows at the end; none: not compared
}

// rule names what was broken.
type rule string

const (
	ruleLog      rule = "log"      // the log is one chain, and holds nothing twice
	ruleWebhook  rule = "webhook"  // answered OK: in the log; in the log: sent
	ruleOrder    rule = "order"    // no client is sent a frame out of its order
	ruleGap      rule = "gap"      // no client misses an event in silence
	ruleFork     rule = "fork"     // one place holds one event, for everyone
	ruleEntitled rule = "entitled" // an owner sees its rooms only
	ruleDelivery rule = "delivery" // every event reaches everyone entitled
	ruleStale    rule = "stale"    // no client is left behind
	ruleBoard    rule = "board"    // all boards are the same
)

// violation is one broken promise.
type violation struct {
	rule rule
	text string
}

func (v violation) String() string { return string(v.rule) + ": " + v.text }

// report collects violations.
type report []violation

func (r *report) add(rule rule, format string, args ...any) {
	*r = append(*r, violation{rule, fmt.Sprintf(format, args...)})
}

// check reports everything that is wrong: with the log first, since the rest is measured
// by it.
func check(r *run) report {
	var all report
	checkLog(&all, r.log)
	checkHooks(&all, r.log, r.hooks)
	places := index(r.log)
	for i := range r.clients {
		checkClient(&all, places, &r.clients[i])
	}
	checkBoards(&all, r)
	return all
}

// checkClient checks what one client was sent.
func checkClient(all *report, p *places, h *history) {
	v := p.seenBy(h.rooms)
	w := &walk{report: all, places: p, view: v, history: h, missing: map[place]bool{}, told: map[place]bool{}}
	for i := range h.frames {
		w.step(&h.frames[i])
	}
	w.finish()
	checkDelivery(all, v, w)
}

// place is a position without its tag: what a fork gives to two events.
type place struct{ epoch, seq uint64 }

func placeOf(p hub.Position) place { return place{p.Epoch, p.Seq} }

func (p place) String() string { return fmt.Sprintf("%d-%d", p.epoch, p.seq) }

// places finds the log's entries.
type places struct {
	log []entry
	at  map[place]int
}

func index(log []entry) *places {
	p := &places{log: log, at: make(map[place]int, len(log))}
	for i, e := range log {
		p.at[placeOf(e.Position)] = i
	}
	return p
}

// holds reports whether the position, tag included, is in the log.
func (p *places) holds(pos hub.Position) bool {
	i, ok := p.at[placeOf(pos)]
	return ok && p.log[i].Position == pos
}

// view is the log as far as one client may see it.
type view struct {
	*places
	relevant []int // indexes of the log's entries that concern the client
	upTo     []int // of each entry, how many of relevant stand at or before it
}

func (p *places) seenBy(rooms []string) *view {
	v := &view{places: p, upTo: make([]int, len(p.log))}
	for i, e := range p.log {
		if e.Event != nil && concerns(e.Event, rooms) {
			v.relevant = append(v.relevant, i)
		}
		v.upTo[i] = len(v.relevant)
	}
	return v
}

// concerns reports whether an event is for someone who follows the rooms; nil are all.
func concerns(e *hub.Event, rooms []string) bool {
	return rooms == nil || slices.ContainsFunc(e.Rooms(), func(r string) bool { return slices.Contains(rooms, r) })
}

// between returns the client's entries after one position and up to another, by their
// places, and whether the log knows both.
func (v *view) between(after, to hub.Position) (indexes []int, known bool) {
	i, ok := v.at[placeOf(after)]
	j, ok2 := v.at[placeOf(to)]
	if !ok || !ok2 || j < i {
		return nil, false
	}
	return v.relevant[v.upTo[i]:v.upTo[j]], true
}

// last is where the client's newest entry stands; zero if it has none.
func (v *view) last() hub.Position {
	if len(v.relevant) == 0 {
		return hub.Position{}
	}
	return v.log[v.relevant[len(v.relevant)-1]].Position
}

// few writes up to five of the items, and how many more there are.
func few[T fmt.Stringer](items []T) string {
	const most = 5
	var texts []string
	for _, item := range items[:min(most, len(items))] {
		texts = append(texts, item.String())
	}
	text := strings.Join(texts, ", ")
	if more := len(items) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
