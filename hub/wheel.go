package hub

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

// wheel holds every session of the node and gives each its heartbeat. Sessions are spread
// over the slots; each tick serves one slot. So one timer serves them all, and bookmarks
// never go out all at once.
type wheel struct {
	mu    sync.Mutex
	slots [wheelSlots][]*session
	count map[string]int // by transport
}

const wheelSlots = 50

func (w *wheel) add(s *session) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s.slot = rand.IntN(wheelSlots)
	s.slotAt = len(w.slots[s.slot])
	w.slots[s.slot] = append(w.slots[s.slot], s)
	w.count[s.transport.name()]++
}

func (w *wheel) remove(s *session) {
	w.mu.Lock()
	defer w.mu.Unlock()
	slot := w.slots[s.slot]
	last := len(slot) - 1
	slot[s.slotAt] = slot[last]
	slot[s.slotAt].slotAt = s.slotAt
	slot[last] = nil
	w.slots[s.slot] = slot[:last]
	w.count[s.transport.name()]--
}

// all returns every session.
func (w *wheel) all() []*session {
	w.mu.Lock()
	defer w.mu.Unlock()
	var sessions []*session
	for _, slot := range w.slots {
		sessions = append(sessions, slot...)
	}
	return sessions
}

// open returns the number of sessions over a transport.
func (w *wheel) open(transport string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.count[transport]
}

// heartbeatLoop turns the wheel until ctx ends.
func (h *Hub) heartbeatLoop(ctx context.Context) {
	tick := time.NewTicker(h.opts.Heartbeat / wheelSlots)
	defer tick.Stop()
	var due []*session
	for i := 0; ; i = (i + 1) % wheelSlots {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			h.wheel.mu.Lock()
			due = append(due[:0], h.wheel.slots[i]...)
			h.wheel.mu.Unlock()
			for _, f := range h.feeds {
				f.bookmark(due, now)
			}
			clear(due)
		}
	}
}

// bookmark offers its sessions among those that are due a bookmark of the feed's head. An
// event cannot slip in between, since applying one takes the lock: whoever is live has, or
// has pending, all that the bookmark vouches for. A session that is behind is being
// written to anyway.
func (f *feed) bookmark(due []*session, now time.Time) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	var mark *frame
	for _, s := range due {
		if s.feed != f {
			continue
		}
		if mark == nil {
			pos := f.ring.head()
			mark = plainFrame(FrameBookmark, Bookmark{FrameBookmark, pos, At(now)})
			mark.pos, mark.offset = pos, f.ring.next
		}
		s.offer(mark)
	}
}
