package hub

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"
)

// The board forgets a battle 15 minutes after its end; the log has it for as long as it is
// kept. There is no index by room: keeping one would cost every append, for the few times that
// somebody asks. So the log is read backwards, a bounded part of it at a time, and the answer
// says how far back that was.

// Bounds of a page of /v1/history.
const (
	historyLimit   = 100  // entries that name the room or the owner
	historyEntries = 4096 // entries looked at: some 4 MB of Redis' work, and 50 ms of ours
	historyRead    = 256  // entries of one read of the log
	historyReaders = 2    // at a time
	historyTime    = 5 * time.Second
)

// historyPage is the answer of /v1/history.
type historyPage struct {
	Battles []json.RawMessage `json:"battles"`          // newest first
	Looked  int               `json:"looked"`           // how many entries of the log this page took
	BackTo  Time              `json:"back_to,omitzero"` // when the oldest of them was appended
	Next    string            `json:"next,omitempty"`
}

// serveHistory answers GET /v1/history: the battles of a room or of an owner, as far back as
// the log is kept, as far as the grant covers them.
func (h *Hub) serveHistory(w http.ResponseWriter, r *http.Request) {
	q, refusal := h.ask(w, r)
	if refusal != nil {
		refusal.write(w)
		return
	}
	look, refusal := parseLookback(q, r)
	if refusal == nil {
		refusal = h.spend(h.reads, q)
	}
	if refusal == nil {
		refusal = h.lookBack(r.Context(), q, look)
	}
	if refusal != nil {
		refusal.write(w)
		return
	}
	writeJSON(w, look.page)
}

func parseLookback(q *query, r *http.Request) (*lookback, *problem) {
	values := r.URL.Query()
	l := &lookback{owner: values.Get("owner"), limit: historyLimit, named: map[Position]bool{}}
	if len(q.asked) == 1 {
		l.room = q.asked[0]
	}
	if len(q.asked) > 1 || (l.room == "") == (l.owner == "") {
		return nil, badRequest("room, owner: name one room or one owner")
	}
	if l.owner != "" && checkRooms([]string{l.owner}) != "" {
		return nil, badRequest("owner: an account is 1 to " + strconv.Itoa(maxRoomLen) + " bytes of UTF-8")
	}
	if text := values.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > historyLimit {
			return nil, badRequest("limit: use a whole number from 1 to " + strconv.Itoa(historyLimit))
		}
		l.limit = n
	}
	if text := values.Get("before"); text != "" {
		var err error
		if l.at, err = ParseCursor(text); err != nil {
			return nil, badRequest("before: use what the previous page gave as next")
		}
	}
	return l, nil
}

// lookBack fills the page. Only a few may look back at a time, so that they slow neither the
// log nor the sessions that resume from it.
func (h *Hub) lookBack(ctx context.Context, q *query, l *lookback) *problem {
	ctx, cancel := context.WithTimeout(ctx, historyTime)
	defer cancel()
	select {
	case h.lookbacks <- struct{}{}:
		defer func() { <-h.lookbacks }()
	case <-ctx.Done():
		return unavailable("", "too many are looking back at once")
	}
	err := l.read(ctx, q.feed)
	if err == nil {
		err = l.merge(ctx, q)
	}
	switch reset, isReset := errors.AsType[*ResetError](err); {
	case err == nil:
		return nil
	case isReset && reset.Reason == GapExpired: // the log does not reach back so far any more
		l.page.Battles, l.page.Next = []json.RawMessage{}, ""
		return nil
	case isReset:
		return badRequest("before: it is not of this log's history any more; begin anew without it")
	default:
		q.feed.logger.Error("looking back", "err", err)
		return unavailable("", "the log cannot be read now")
	}
}
