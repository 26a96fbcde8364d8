package hub

import (
	"runtime/debug"
	"sync"
	"time"
)

// session is one connected client: a filter and a position, not a queue of copies.
//
// It is live or behind. A live session is offered events as they are applied, into a
// short queue. When that overflows, the session is behind: the queue is forgotten, and
// the session is served from the ring, from the offset next on, as fast as its socket
// drains. Joining is the same mechanism: a new session is behind, at the position of its
// cursor or of its snapshot, and becomes live when it has caught up. So nothing is ever
// parked, lost or doubled.
//
// All writing, and every change of what the session follows, is done by one at a time: by
// the session's writer as long as there are only events, and a socket that takes them at
// once; else by flushLoop. Either ends when there is nothing to do: an idle session costs
// no goroutine for writing.
type session struct {
	// Fixed.
	id        string
	hub       *Hub
	feed      *feed
	transport transport
	place     *place // that admission granted
	flush     func() // flushLoop, bound once so that starting it allocates nothing
	writer    *writer

	// Owned by whoever set running.
	batch [queueLen]*frame // what is being written
	begun []*frame         // what the writer could not finish, ...
	kept  bool             // ... and whether the connection keeps the rest of it

	// Changed holding both feed.mu and mu; read holding either.
	grant Grant
	asked []string // the rooms that the client named; nil: all that it may see
	rooms []string // those that it follows, see entitle.go; nil: all
	allAt int      // place in index.all

	// Guarded by hub.wheel.mu.
	slot, slotAt int

	mu      sync.Mutex
	queue   [queueLen]*frame // circular
	head, n int
	offered uint64 // offset + 1 of the newest event offered: an event for two rooms comes once
	behind  bool   // the queue is void and next counts
	next    uint64
	answers []*frame  // to the client's own frames; they move no one and may overtake events
	todo    []request // what waits until the session has caught up, joining first
	bye     *leaving  // the session is to end
	expiry  *time.Timer
	joined  bool // it was greeted, or is about to be
	changed bool // what it follows is not what the client was told
	running bool // a flush loop runs
	ended   bool
}

// queueLen is how many events a session may have pending before it is served from the
// ring instead. It bounds an idle session's memory more than a slow one's delay.
const queueLen = 8

// maxPending bounds answers and requests, beyond what a burst of frames makes, so that a
// client that sends and never reads cannot fill memory.
const maxPending = framesBurst + 14

// transport is the socket of a session. One goroutine at a time writes.
type transport interface {
	// try sends the frames, in order, if that is possible without blocking.
	try(a *attempt, frames []*frame) outcome
	// write sends what try kept, and then the frames, in order. It blocks until the socket
	// took them or the write timeout passed; the error then wraps os.ErrDeadlineExceeded.
	write(frames []*frame) error
	// close ends the connection and tells the client why, as far as the transport can. It
	// may block for some seconds while the client answers.
	close(reason CloseReason, detail string)
	// name is a metric label.
	name() string
}

// offer gives the session an event or a bookmark. It never blocks. The caller holds
// feed.mu.
func (s *session) offer(f *frame) {
	s.mu.Lock()
	defer s.mu.Unlock()
	// Before it has joined, a session is told nothing: hello comes first.
	if s.ended || s.behind || !s.joined || (f.typ == FrameEvent && f.offset < s.offered) {
		return
	}
	if f.typ == FrameEvent {
		s.offered = f.offset + 1
	}
	if s.n == queueLen {
		s.fallBehindLocked()
		s.hub.metrics.lagging.Inc()
		return
	}
	s.queue[(s.head+s.n)%queueLen] = f
	s.n++
	if !s.running {
		s.running = true
		s.writer.add(s)
	}
}

// fallBehindLocked forgets the queue: all that is in it is in the ring too.
func (s *session) fallBehindLocked() {
	s.next = s.queue[s.head].offset
	s.behind = true
	clear(s.queue[:])
	s.head, s.n = 0, 0
}

// cutOff is called when the ring was emptied by a reset. The caller holds feed.mu, after
// it restarted the ring: the session stands before it, and finds out in catchUp.
func (s *session) cutOff() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.behind {
		return
	}
	clear(s.queue[:])
	s.head, s.n = 0, 0
	s.behind, s.next = true, 0
}

// startLocked starts the flush loop unless it runs.
func (s *session) startLocked() {
	if s.running || s.ended {
		return
	}
	s.running = true
	s.hub.wg.Add(1)
	go s.flush()
}

// wake starts the flush loop if there may be something to do.
func (s *session) wake() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.startLocked()
}

// begin is wake, but runs the flush loop itself, and returns when it has nothing more to do.
func (s *session) begin() {
	s.mu.Lock()
	idle := !s.running && !s.ended
	if idle {
		s.running = true
		s.hub.wg.Add(1)
	}
	s.mu.Unlock()
	if idle {
		s.flush()
	}
}

// answer queues a frame that answers one of the client's. It reports false when the
// client sends without reading.
func (s *session) answer(f *frame) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.answers) >= maxPending {
		return false
	}
	s.answers = append(s.answers, f)
	s.startLocked()
	return true
}

// request queues something for when the session has caught up. It reports false when
// too much is waiting.
func (s *session) request(r request) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.todo) >= maxPending {
		return false
	}
	s.todo = append(s.todo, r)
	s.startLocked()
	return true
}

// leave asks the session to end with a bye, soon and without regard to what is pending:
// the client resumes by its cursor, after the time back. Only the first call counts.
func (s *session) leave(reason CloseReason, back time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bye == nil {
		s.bye = &leaving{Bye{FrameBye, reason, back.Milliseconds()}}
		s.startLocked()
	}
}

// leaving ends the flush loop of a session that was told why it ends.
type leaving struct{ bye Bye }

func (l *leaving) Error() string { return string(l.bye.Reason) }

// end ends the session: no event reaches it any more, and the client is told why. Only
// the first call counts. It may block for some seconds while the client answers.
func (s *session) end(reason CloseReason, detail string) {
	s.mu.Lock()
	if s.ended {
		s.mu.Unlock()
		return
	}
	s.ended = true
	s.setExpiryLocked()
	s.mu.Unlock()
	s.feed.remove(s)
	s.transport.close(reason, detail)
	s.hub.forget(s, reason)
}

// survive ends the session, instead of the process, when serving it panics: net/http
// catches panics in handlers only, and a session has left its handler. It must be deferred.
func (s *session) survive() {
	if v := recover(); v != nil {
		s.hub.opts.Log.Error("panic while serving a session", "err", v, "stack", string(debug.Stack()))
		s.hub.wg.Go(func() { s.end(CloseInternal, "") }) // it may block, and a writer must not
	}
}
