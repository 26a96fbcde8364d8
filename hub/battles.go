package hub

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
)

// Bounds of a page of /v1/battles.
const (
	defaultLimit = 100
	largestLimit = 1000
)

// battlesPage is the answer of /v1/battles.
type battlesPage struct {
	Battles []json.RawMessage `json:"battles"`
	Cursor  Position          `json:"cursor"`         // as of which; a session may start there
	Next    string            `json:"next,omitempty"` // for after; absent on the last page
}

// serveBattles answers GET /v1/battles: the board, newest first.
func (h *Hub) serveBattles(w http.ResponseWriter, r *http.Request) {
	q, refusal := h.ask(w, r)
	if refusal != nil {
		refusal.write(w)
		return
	}
	sel, refusal := parseSelection(r)
	if refusal == nil {
		refusal = h.spend(h.reads, q)
	}
	if refusal != nil {
		refusal.write(w)
		return
	}
	writeJSON(w, q.feed.page(q.rooms, sel))
}

// ask resolves what a plain request may read.
func (h *Hub) ask(w http.ResponseWriter, r *http.Request) (*query, *problem) {
	if refusal := h.checkSource(w, r); refusal != nil {
		return nil, refusal
	}
	q := &query{}
	if refusal := h.resolve(q, r, r.URL.Query()); refusal != nil {
		return nil, refusal
	}
	return q, nil
}

// selection is which part of the board a request wants.
type selection struct {
	state State // "": any
	limit int
	after Position // exclusive; zero: from the newest
}

func parseSelection(r *http.Request) (selection, *problem) {
	values := r.URL.Query()
	sel := selection{state: State(values.Get("state")), limit: defaultLimit}
	if !slices.Contains([]State{"", StatePending, StateLive, StateEnded}, sel.state) {
		return sel, badRequest("state: use pending, live or ended")
	}
	if text := values.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > largestLimit {
			return sel, badRequest("limit: use a whole number from 1 to " + strconv.Itoa(largestLimit))
		}
		sel.limit = n
	}
	if text := values.Get("after"); text != "" {
		pos, err := ParseCursor(text)
		if err != nil {
			return sel, badRequest("after: use what the previous page gave as next")
		}
		sel.after = pos
	}
	return sel, nil
}

// page selects from the board. A battle's place in the list is its first entry's position,
// which never changes, so that paging neither skips nor repeats.
func (f *feed) page(rooms []string, sel selection) battlesPage {
	f.mu.RLock()
	defer f.mu.RUnlock()
	page := battlesPage{Battles: []json.RawMessage{}, Cursor: f.ring.head()}
	var last Position
	for _, r := range slices.Backward(f.board.seenBy(rooms)) {
		if (sel.state != "" && r.state != sel.state) || (!sel.after.IsZero() && r.first.Compare(sel.after) >= 0) {
			continue
		}
		if len(page.Battles) == sel.limit {
			page.Next = last.String()
			break
		}
		page.Battles = append(page.Battles, r.json)
		last = r.first
	}
	return page
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	secure(w.Header())
	_, _ = w.Write(encode(v)) // the client may be gone; there is no one else to tell
}
