package hub

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/time/rate"
)

// Options configure a Hub. The zero value of each field works.
type Options struct {
	Node         string        // this node's name, in hello; default: random
	Ring         int           // entries kept in memory for resumes; default 65536
	Heartbeat    time.Duration // between bookmarks; default 25 s, well below the 60 s at which proxies cut idle connections
	WriteTimeout time.Duration // after which a blocked client is closed; default 10 s

	MaxSessions int     // per node; 0: no bound
	MaxPerIP    int     // per client address; 0: no bound
	MaxPerUser  int     // per user and node; 0: no bound
	MaxReads    int     // sessions opened, snapshots and board reads, per user, minute and node; 0: no bound
	MaxTickets  int     // per user, minute and node; 0: no bound
	AcceptRate  float64 // new sessions a second; 0: no bound

	AllowOrigins   []string       // origins besides the hub's own whose pages may connect, in lower case
	LocalOnly      bool           // refuse requests made to any other host than this machine
	TrustedProxies []netip.Prefix // whose X-Forwarded-For counts
	Origin         string         // the hub's own, such as https://hub.example.com; "": whatever Host says
	Authorize      Authorizer     // nil: everyone may see everything

	Intake func(App) Intake // what this node has made of an app's webhooks; nil: it takes none

	Ages       Ages
	Log        *slog.Logger          // default: discard
	Registerer prometheus.Registerer // nil: metrics are kept but not registered
}

// The defaults of Options.
const (
	DefaultRing         = 65536
	DefaultHeartbeat    = 25 * time.Second
	DefaultWriteTimeout = 10 * time.Second
)

func (o Options) withDefaults() Options {
	o.Node = cmp.Or(o.Node, newID())
	o.Ring = cmp.Or(o.Ring, DefaultRing)
	o.Heartbeat = cmp.Or(o.Heartbeat, DefaultHeartbeat)
	o.WriteTimeout = cmp.Or(o.WriteTimeout, DefaultWriteTimeout)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// Hub is one node: it follows the log of each app and serves sessions.
type Hub struct {
	opts      Options
	feeds     map[App]*feed
	wheel     wheel
	writers   []*writer
	admission *admission
	metrics   *metrics
	unjudged  rate.Sometimes // bounds what is logged while credentials cannot be checked: anybody can send some
	reads     *allowance
	tickets   *allowance
	farewells chan struct{} // places for refused sockets that are told why
	replays   chan struct{} // places for reading the log on behalf of a session
	lookbacks chan struct{} // places for reading it backwards

	ctx  context.Context // ends when the hub closes
	stop context.CancelFunc
	wg   sync.WaitGroup // every goroutine that the hub started
}

// New makes a hub of one log for each app. It serves nothing until Start.
func New(logs map[App]Log, o Options) *Hub {
	h := &Hub{opts: o.withDefaults(), feeds: map[App]*feed{}, replays: make(chan struct{}, 4), lookbacks: make(chan struct{}, historyReaders)}
	h.unjudged.Interval = 10 * time.Second
	h.wheel.count = map[string]int{}
	h.writers = newWriters(runtime.GOMAXPROCS(0))
	h.admission = newAdmission(&h.opts)
	h.reads = newAllowance(limitReads, "--max-reads", h.opts.MaxReads)
	h.tickets = newAllowance(limitTickets, "--max-tickets", h.opts.MaxTickets)
	h.farewells = make(chan struct{}, maxFarewells)
	h.ctx, h.stop = context.WithCancel(context.Background())
	for app, log := range logs {
		h.feeds[app] = newFeed(app, log, h)
	}
	h.metrics = newMetrics(h, h.opts.Registerer)
	return h
}

// Start follows the logs. Until all that they had has been applied, Ready tells so.
func (h *Hub) Start() {
	for _, f := range h.feeds {
		h.wg.Go(func() { f.tailLoop(h.ctx) })
		h.wg.Go(func() { f.tidyLoop(h.ctx) })
	}
	h.wg.Go(func() { h.heartbeatLoop(h.ctx) })
	for _, w := range h.writers {
		h.wg.Go(func() { w.loop(h.ctx) })
	}
}

// Handler serves what is below /v1/, apart from signing in.
func (h *Hub) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/v1/ws", h.only(h.serveWebSocket, http.MethodGet))
	mux.HandleFunc("/v1/events", h.only(h.serveEvents, http.MethodGet)) // a HEAD would hold a session that it cannot see
	mux.HandleFunc("/v1/tickets", h.only(h.serveTickets, http.MethodPost))
	mux.HandleFunc("/v1/battles", h.only(h.serveBattles, http.MethodGet, http.MethodHead))
	mux.HandleFunc("/v1/battles/{id}", h.only(h.serveBattle, http.MethodGet, http.MethodHead))
	mux.HandleFunc("/v1/history", h.only(h.serveHistory, http.MethodGet, http.MethodHead))
	mux.HandleFunc("/v1/source", h.only(h.serveSource, http.MethodGet, http.MethodHead))
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		(&problem{status: http.StatusNotFound, detail: "nothing is served here; see /openapi.yaml"}).write(w)
	})
	return mux
}

// only refuses other methods. A pattern with a method would too, but not in the form that
// every other error has.
func (h *Hub) only(serve http.HandlerFunc, methods ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
			h.preflight(w, r, methods)
			return
		}
		if !slices.Contains(methods, r.Method) {
			w.Header().Set("Allow", strings.Join(methods, ", "))
			(&problem{status: http.StatusMethodNotAllowed, detail: "use " + methods[0]}).write(w)
			return
		}
		serve(w, r)
	}
}

// Errors about the app of a request.
var (
	errWhichApp = errors.New("app: this hub serves several; say which")
	errNoApp    = errors.New("app: this hub does not serve it, or your grant does not include it")
)

// Ready returns nil when every log is heard and set up for what it promises, and the board
// is whole; and what is missing otherwise, in words.
func (h *Hub) Ready() error {
	for app, f := range h.feeds {
		switch live, whole := f.state(); {
		case !whole:
			return fmt.Errorf("app %s: still reading the log", app)
		case !live:
			return fmt.Errorf("app %s: the log is not heard", app)
		}
		if l, ok := f.log.(Inspector); ok {
			if err := l.Inspect(); err != nil {
				return fmt.Errorf("app %s: %w", app, err)
			}
		}
	}
	return nil
}

// open makes a session of an admitted request. It must be woken.
func (h *Hub) open(q *query, t transport) *session {
	s := &session{id: newID(), hub: h, feed: q.feed, transport: t, place: q.place, grant: q.grant, asked: q.asked, rooms: q.rooms,
		todo: []request{{cursor: q.cursor}}}
	s.flush = s.flushLoop
	s.writer = h.writers[rand.IntN(len(h.writers))]
	h.wheel.add(s)
	s.mu.Lock()
	s.setExpiryLocked()
	s.mu.Unlock()
	if h.ctx.Err() != nil { // admitted before Close, and after it counted the sessions
		s.end(CloseGone, "")
	}
	return s
}

// forget is called once for each session that ended.
func (h *Hub) forget(s *session, reason CloseReason) {
	h.wheel.remove(s)
	h.metrics.left(reason)
	s.place.leave()
	h.opts.Log.Debug("session ended", "session", s.id, "app", s.feed.app, "transport", s.transport.name(), "reason", reason)
}

// returnsASecond bounds how fast drained clients are asked to come back.
const returnsASecond = 100

// Drain lets nobody in any more and asks every session to leave, telling each when to come
// back: one after another, at most returnsASecond a second, over no longer than window. It
// blocks until all are gone or ctx ends, and then cuts off those that remain.
func (h *Hub) Drain(ctx context.Context, window time.Duration) {
	h.admission.drain()
	spread := min(window, time.Second+time.Duration(len(h.wheel.all()))*time.Second/returnsASecond)
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for {
		left := h.wheel.all()
		for _, s := range left { // again each time: some were being admitted when it began
			back := rand.N(max(spread, time.Millisecond))
			s.leave(CloseDraining, back)
		}
		if len(left) == 0 {
			return
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			for _, s := range left {
				s.end(CloseSlow, "")
			}
			return
		}
	}
}

// Close ends every session, stops following the logs, stores the boards, and waits for all
// of it. The logs stay open.
func (h *Hub) Close() {
	h.admission.drain()
	h.stop()
	for _, s := range h.wheel.all() {
		s.end(CloseGone, "")
	}
	h.admission.places.Wait() // who was admitted before may only now start its loops
	h.wg.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	for _, f := range h.feeds {
		f.store(ctx, Position{})
	}
}

// newID returns a random id of 16 hex digits.
func newID() string { return fmt.Sprintf("%016x", rand.Uint64()) }
