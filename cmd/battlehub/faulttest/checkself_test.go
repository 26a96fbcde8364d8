package faulttest

import (
	"slices"
	"testing"

	"battlehub/hub"
)

// faults are things that go wrong, each with the rules that it breaks: these and no other.
var faults = map[string]struct {
	cause func(*run)
	want  []rule
}{
	"none": {func(*run) {}, nil},

	// What a client is sent.
	"event_missed": {func(r *run) { h := &r.clients[0]; h.drop(h.find(3), h.find(4)) }, []rule{ruleGap}},
	"events_missed_in_two_places": {func(r *run) {
		h := &r.clients[0]
		h.drop(h.find(7), h.find(8))
		h.drop(h.find(2), h.find(4))
	}, []rule{ruleGap}},
	"event_missed_where_an_epoch_begins": {func(r *run) { h := &r.clients[1]; h.drop(h.find(2), h.find(3)) }, []rule{ruleGap}},
	"event_missed_where_an_epoch_ends":   {func(r *run) { h := &r.clients[1]; h.drop(h.find(1), h.find(2)) }, []rule{ruleGap, ruleBoard}},
	"event_missed_by_an_owner":           {func(r *run) { h := &r.clients[2]; h.drop(h.find(1), h.find(2)) }, []rule{ruleGap}},
	"event_missed_before_a_bookmark":     {func(r *run) { h := &r.clients[0]; h.drop(h.find(9), h.find(9)+1) }, []rule{ruleGap, ruleBoard}},
	"event_missing_in_a_snapshot":        {func(r *run) { r.clients[1].frames[1].battles = nil; r.boards = nil }, []rule{ruleDelivery}},
	"event_missing_in_a_battle_shown":    {dropOperator, []rule{ruleDelivery}},
	"event_twice":                        {func(r *run) { h := &r.clients[0]; i := h.find(3); h.insert(i, h.frames[i]) }, []rule{ruleOrder}},
	"event_again_later":                  {func(r *run) { h := &r.clients[0]; h.insert(h.find(8), h.frames[h.find(2)]) }, []rule{ruleOrder, ruleBoard}},
	"events_swapped": {func(r *run) {
		h := &r.clients[0]
		i := h.find(3)
		h.frames[i], h.frames[i+1] = h.frames[i+1], h.frames[i]
	}, []rule{ruleOrder}},
	"wrong_tag":                 {func(r *run) { h := &r.clients[0]; h.frames[h.find(3)].cursor.Tag++ }, []rule{ruleFork}},
	"wrong_tag_in_a_bookmark":   {func(r *run) { h := &r.clients[0]; h.frames[len(h.frames)-1].cursor.Tag++ }, []rule{ruleFork}},
	"wrong_tag_in_a_snapshot":   {func(r *run) { r.clients[0].frames[1].cursor.Tag++ }, []rule{ruleFork}},
	"wrong_event_at_a_position": {func(r *run) { h := &r.clients[0]; h.frames[h.find(8)].id = h.frames[h.find(0)].id }, []rule{ruleFork, ruleDelivery}},
	"event_of_a_foreign_room":   {func(r *run) { h := &r.clients[2]; h.insert(h.find(1), r.eventAt(2)) }, []rule{ruleEntitled}},
	"event_before_the_snapshot": {func(r *run) { h := &r.clients[1]; h.insert(1, r.eventAt(3)) }, []rule{ruleOrder}},
	"snapshot_without_a_gap":    {func(r *run) { h := &r.clients[0]; h.insert(h.find(4), h.frames[1]); h.drop(h.find(4), len(h.frames)) }, []rule{ruleOrder, ruleStale, ruleBoard}},
	"bookmark_leads_back": {func(r *run) {
		h := &r.clients[0]
		h.insert(len(h.frames), frame{typ: hub.FrameBookmark, cursor: r.log[3].Position})
	}, []rule{ruleOrder}},
	"resumed_elsewhere":                   {func(r *run) { comeBack(&r.clients[0], 4, 3) }, []rule{ruleOrder}},
	"rewritten_history_not_declared":      {func(r *run) { forked(r, &r.clients[0], "") }, []rule{ruleFork}},
	"rewritten_history_called_expired":    {func(r *run) { forked(r, &r.clients[0], hub.GapExpired) }, []rule{ruleFork}},
	"rewritten_history_declared_too_late": {crossThenDeclare, []rule{ruleFork}},

	// What the log holds.
	"webhook_lost":       {func(r *run) { r.hooks = append(r.hooks, hook{id: "lost", answer: answeredOK}) }, []rule{ruleWebhook}},
	"webhook_refused":    {func(r *run) { r.hooks = append(r.hooks, hook{id: "bad", answer: misanswered}) }, []rule{ruleWebhook}},
	"webhook_invented":   {func(r *run) { r.hooks = r.hooks[1:] }, []rule{ruleWebhook}},
	"log_holds_it_twice": {func(r *run) { r.put(hub.Position{Epoch: 5, Seq: 5}, r.log[2].Event); r.reviewed() }, []rule{ruleLog}},
	"log_has_a_hole":     {func(r *run) { r.log[10].Position.Seq++; r.log[11].Position.Seq++; r.reviewed() }, []rule{ruleLog}},
	"log_is_not_a_chain": {func(r *run) { r.log[4].Prev++ }, []rule{ruleLog}},
	"log_time_runs_back": {func(r *run) { r.log[4].At = hub.At(sampleStart.AddDate(0, 0, -1)) }, []rule{ruleLog}},
	"log_begins_late":    {func(r *run) { r.log[0].Prev = 7 }, []rule{ruleLog}},

	// The end.
	"client_stale":        {func(r *run) { h := &r.clients[0]; h.drop(h.find(8), len(h.frames)); r.boards = nil }, []rule{ruleStale}},
	"owner_stale":         {func(r *run) { h := &r.clients[2]; h.drop(h.find(5), len(h.frames)) }, []rule{ruleStale}},
	"client_disconnected": {func(r *run) { r.clients[1].connected = false }, []rule{ruleStale}},
	"boards_differ":       {func(r *run) { delete(r.boards[1].battles, "b3") }, []rule{ruleBoard}},
	"client_shows_others": {func(r *run) { s := &r.clients[0].frames[r.clients[0].find(9)].battles[0]; s.State = hub.StatePending }, []rule{ruleBoard}},
}

// TestCheckerFinds gives the checker one fault at a time.
func TestCheckerFinds(t *testing.T) {
	t.Parallel()
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := sampleRun()
			fault.cause(r)
			expectRules(t, check(r), fault.want)
		})
	}
}

func expectRules(t *testing.T, got report, want []rule) {
	t.Helper()
	var rules []rule
	for _, v := range got {
		rules = append(rules, v.rule)
	}
	if !slices.Equal(rules, want) {
		t.Errorf("broken rules %v, want %v; the report: %v", rules, want, got)
	}
}

// dropOperator: the snapshot shows the battle, but not what its Create told.
func dropOperator(r *run) {
	for i := range r.clients[1].frames[1].battles {
		r.clients[1].frames[1].battles[i].Operator = ""
	}
}

// comeBack makes a client lose its connection after its nth event and be resumed after
// another.
func comeBack(h *history, nth, resumedAt int) {
	at, told := h.frames[h.find(nth)].cursor, h.frames[h.find(resumedAt)].cursor
	h.insert(h.find(nth)+1, frame{typ: hub.FrameHello, resumed: true, from: at, cursor: told})
}

// reviewed makes the clients' view of the log anew, so that only the log itself is wrong.
func (r *run) reviewed() {
	r.clients = []history{r.watch("early", 0, nil)}
	r.boards = nil
}
