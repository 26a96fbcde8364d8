package hub

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Tickets is an ability that a Log may have: keeping what tickets stand for, so that each
// can be taken once, at any node.
type Tickets interface {
	// KeepTicket keeps the grant under the id until it is taken or ttl has passed.
	KeepTicket(ctx context.Context, id string, grant []byte, ttl time.Duration) error
	// TakeTicket returns the grant and forgets it; nil if there is none.
	TakeTicket(ctx context.Context, id string) ([]byte, error)
}

// ticketTime is how long a ticket waits to be used: a client connects right away.
const ticketTime = 30 * time.Second

// ticketAnswer is the answer of POST /v1/tickets.
type ticketAnswer struct {
	Ticket    string `json:"ticket"` // for the query of one request
	ExpiresMS int64  `json:"expires_ms"`
}

// serveTickets answers POST /v1/tickets: for a credential, a ticket that stands for it once.
// It is for clients that can set neither a header nor a subprotocol, such as EventSource. A
// ticket may end up in a log, as all URLs do; by then it is worth nothing.
func (h *Hub) serveTickets(w http.ResponseWriter, r *http.Request) {
	q, refusal := h.ask(w, r)
	if refusal == nil && r.URL.Query().Has("ticket") {
		refusal = badRequest("ticket: a ticket gives no other; send the credential itself")
	}
	if refusal == nil {
		refusal = h.spend(h.tickets, q)
	}
	if refusal != nil {
		refusal.write(w)
		return
	}
	store, ok := q.feed.log.(Tickets)
	grant, err := json.Marshal(q.grant)
	if !ok || err != nil {
		unavailable("", "this hub's log keeps no tickets").write(w)
		return
	}
	ticket := q.feed.app.String() + "." + rand.Text()
	if err := store.KeepTicket(r.Context(), ticketID(ticket), grant, ticketTime); err != nil {
		q.feed.logger.Error("keeping a ticket", "err", err)
		unavailable("", "tickets cannot be kept now").write(w)
		return
	}
	writeJSON(w, ticketAnswer{ticket, ticketTime.Milliseconds()})
}

// redeem takes a ticket, and returns what it stands for.
func (h *Hub) redeem(ctx context.Context, ticket string) (g Grant, err error) {
	name, _, _ := strings.Cut(ticket, ".")
	app, _ := strconv.ParseUint(name, 10, 64)
	spent := &Refusal{RefusedTicket, "ticket: it was used, or 30 s have passed; get another from POST /v1/tickets"}
	f := h.feeds[App(app)]
	if f == nil {
		return g, spent
	}
	store, ok := f.log.(Tickets)
	if !ok {
		return g, spent
	}
	ctx, cancel := context.WithTimeout(ctx, signInTime)
	defer cancel()
	grant, err := store.TakeTicket(ctx, ticketID(ticket))
	if err != nil {
		return g, err
	}
	if grant == nil || json.Unmarshal(grant, &g) != nil {
		return Grant{}, spent
	}
	if !g.Expires.IsZero() && time.Now().After(g.Expires) {
		return Grant{}, &Refusal{RefusedExpired, "ticket: the credential that it stood for has expired"}
	}
	return g, nil
}

// ticketID is under what a ticket is kept: whoever reads the log's store cannot use it.
func ticketID(ticket string) string {
	sum := sha256.Sum256([]byte(ticket))
	return hex.EncodeToString(sum[:16])
}
