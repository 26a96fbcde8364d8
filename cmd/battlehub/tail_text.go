package main

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"battlehub/hub"
	"battlehub/hub/client"
)

// tailText writes lines for people.
type tailText struct {
	paint palette
	now   func() time.Time // by the hub's clock
	zone  *time.Location
}

// Widths of the columns, in cells. What is longer pushes its line to the right.
const (
	stateWidth  = len("pending")
	roomsWidth  = 22
	ownersWidth = 26
)

// lines returns what a frame tells of battles.
func (t *tailText) lines(f client.Frame) []byte {
	var b []byte
	switch f := f.(type) {
	case *client.Event:
		b = t.appendLine(b, &f.Battle, f.At, f.Kind)
	case *client.Snapshot:
		for i := range f.Battles {
			b = t.appendLine(b, &f.Battles[i], reachedAt(&f.Battles[i]), "")
		}
	}
	return b
}

// appendLine writes a battle as it stands, since an event of some kind at that moment.
func (t *tailText) appendLine(b []byte, battle *hub.Battle, at hub.Time, kind hub.Kind) []byte {
	word, sgr := stateWord(battle)
	line := strings.Join([]string{
		t.paint.dim(t.clock(at)),
		t.paint.paint(sgr, pad(word, stateWidth)),
		pad(versus(battle, func(s *hub.Side) string { return s.Room }), roomsWidth),
		pad(owners(battle), ownersWidth),
		strings.Join(t.remarks(battle, kind), "; "),
	}, "  ")
	return append(append(b, strings.TrimRight(line, " ")...), '\n')
}

// clock is the local time of day.
func (t *tailText) clock(at hub.Time) string {
	if at.IsZero() {
		return "--:--:--"
	}
	return at.In(t.zone).Format(time.TimeOnly)
}

// reachedAt is when the battle came to the state that it is in, as far as known.
func reachedAt(b *hub.Battle) hub.Time {
	switch b.State {
	case hub.StateEnded:
		return cmp.Or(b.EndedAt, b.StartedAt, b.CreatedAt)
	case hub.StateLive:
		return cmp.Or(b.StartedAt, b.CreatedAt)
	default:
		return b.CreatedAt
	}
}

// stateWord names the state and its colour. A presumed end is marked.
func stateWord(b *hub.Battle) (word, sgr string) {
	switch {
	case b.State == hub.StatePending:
		return "pending", sgrYellow
	case b.State == hub.StateLive:
		return "live", sgrGreen
	case b.Outcome == hub.OutcomePresumedEnded:
		return "ended?", sgrMagenta
	case b.State == hub.StateEnded:
		return "ended", sgrCyan
	default:
		return printable(string(b.State)), sgrDim
	}
}

// versus lists something of the sides, the challenger first. A side of which it is not
// known shows a question mark.
func versus(b *hub.Battle, of func(*hub.Side) string) string {
	show := func(s *hub.Side) string { return printable(cmp.Or(of(s), "?")) }
	var others []string
	for i := range b.To {
		others = append(others, show(&b.To[i]))
	}
	return show(&b.From) + " vs " + cmp.Or(strings.Join(others, ", "), "?")
}

// owners lists the owners in the order of the rooms. A Create knows none of them.
func owners(b *hub.Battle) string {
	known := b.From.Owner != ""
	for _, s := range b.To {
		known = known || s.Owner != ""
	}
	if !known {
		return ""
	}
	return versus(b, func(s *hub.Side) string { return s.Owner })
}

// remarks say what is to come, or how it ended.
func (t *tailText) remarks(b *hub.Battle, kind hub.Kind) []string {
	var remarks []string
	switch b.State {
	case hub.StatePending:
		remarks = t.pendingRemarks(b)
	case hub.StateLive:
		remarks = append(t.liveRemarks(b), absences(b)...)
	case hub.StateEnded:
		remarks = t.endedRemarks(b)
	}
	if late(b.State, kind) {
		remarks = append(remarks, "the "+printable(string(kind))+" event came late")
	}
	return remarks
}

func (t *tailText) pendingRemarks(b *hub.Battle) []string {
	var remarks []string
	switch {
	case b.NeedsResponse != nil && !*b.NeedsResponse:
		remarks = append(remarks, "starts without an answer")
	case !b.RespondBy.IsZero():
		remarks = append(remarks, t.countdown("answer due", b.RespondBy))
	}
	if b.DurationMS > 0 {
		remarks = append(remarks, "for "+(time.Duration(b.DurationMS)*time.Millisecond).String())
	}
	return remarks
}

func (t *tailText) liveRemarks(b *hub.Battle) []string {
	if b.EndsAt.IsZero() {
		return nil
	}
	return []string{t.countdown("ends", b.EndsAt)}
}

// countdown says how long it is until something, by the hub's clock.
func (t *tailText) countdown(what string, at hub.Time) string {
	left := at.Sub(t.now()).Round(time.Second)
	if left < 0 {
		return fmt.Sprintf("%s: overdue by %v", what, -left)
	}
	return fmt.Sprintf("%s in %v", what, left)
}

// absences names the rooms that were challenged and did not join.
func absences(b *hub.Battle) []string {
	var remarks []string
	for _, s := range b.To {
		if s.Joined != nil && !*s.Joined {
			remarks = append(remarks, printable(s.Room)+" did not join")
		}
	}
	return remarks
}

// endedRemarks tell scores and winner, and why it ended.
func (t *tailText) endedRemarks(b *hub.Battle) []string {
	switch b.Outcome {
	case hub.OutcomeNotStarted:
		return []string{"never started"}
	case hub.OutcomePresumedEnded:
		return []string{"presumed: no End came"}
	case hub.OutcomeTimeUp:
		return append([]string{t.result(b), "time is up"}, absences(b)...)
	case hub.OutcomeAllLeft:
		return append([]string{t.result(b), "all owners left"}, absences(b)...)
	default:
		return []string{t.result(b), printable(string(b.Outcome))}
	}
}

// result is the scores, in the order of the rooms, and the winner.
func (t *tailText) result(b *hub.Battle) string {
	scores := strconv.FormatInt(b.From.Score, 10)
	for _, s := range b.To {
		scores += ":" + strconv.FormatInt(s.Score, 10)
	}
	if b.Winner == "" {
		return scores + ", a draw"
	}
	return scores + ", " + t.paint.paint(sgrBold, printable(b.Winner)+" wins")
}

// late reports whether the battle was past an event's state when that came.
func late(state hub.State, kind hub.Kind) bool {
	return kind == hub.KindCreated && state != hub.StatePending ||
		kind == hub.KindStarted && state == hub.StateEnded
}
