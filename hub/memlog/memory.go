package memlog

import (
	"bytes"
	"context"
	"slices"
	"sync"
	"time"

	"battlehub/hub"
)

// entryBytes is what an entry in memory costs besides its raw packet: the decoded
// event, its index and its digest. An estimate, on the high side.
const entryBytes = 1 << 10

// memory keeps a log in memory. Its history has one epoch, so an entry's sequence tells
// its place. The entries and their events are shared with readers and never change.
type memory struct {
	max int64 // bytes

	mu      sync.RWMutex // held for the whole of an update: readers see groups
	entries []hub.Entry
	known   map[string]seen
	bytes   int64
	boardAt hub.Position
	board   []byte
}

func newMemory(max int64) (*memory, hub.Position) {
	first := opening(hub.At(time.Now()))
	m := &memory{max: max, entries: []hub.Entry{first}, known: map[string]seen{}, bytes: entryBytes}
	return m, first.Position
}

func (m *memory) update(fn func(writer) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := fn((*memoryWriter)(m)); err != nil {
		return err
	}
	m.drop(func(hub.Entry) bool { return m.bytes > m.max })
	return nil
}

// memoryWriter is a memory whose lock is held. None of its methods fails, so that an
// update never stops half-way.
type memoryWriter memory

func (w *memoryWriter) newest() hub.Entry { return w.entries[len(w.entries)-1] }

func (w *memoryWriter) seen(id string) (seen, bool, error) {
	s, ok := w.known[id]
	return s, ok, nil
}

func (w *memoryWriter) remember(id string, s seen) error {
	w.bytes += repeatBytes(s.repeats) - repeatBytes(w.known[id].repeats)
	w.known[id] = s
	return nil
}

func (w *memoryWriter) add(e hub.Entry, digest [32]byte) error {
	w.entries = append(w.entries, e)
	w.known[e.Event.ID] = seen{position: e.Position, at: e.At, digest: digest}
	w.bytes += entryBytes + int64(len(e.Event.Raw))
	return nil
}

func repeatBytes(repeats []hub.Repeat) (n int64) {
	for _, r := range repeats {
		n += int64(len(r.Raw))
	}
	return n
}

// drop forgets the oldest entries as long as unwanted says so, but never the newest.
func (m *memory) drop(unwanted func(hub.Entry) bool) {
	n := 0
	for n < len(m.entries)-1 && unwanted(m.entries[n]) {
		m.bytes -= entryBytes
		if e := m.entries[n].Event; e != nil {
			m.bytes -= int64(len(e.Raw)) + repeatBytes(m.known[e.ID].repeats)
			delete(m.known, e.ID)
		}
		n++
	}
	clear(m.entries[:n]) // the array lives on; the events must not
	m.entries = m.entries[n:]
}

func (m *memory) trim(before hub.Time) (more bool, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.drop(func(e hub.Entry) bool { return e.At.Before(before.Time) })
	return false, nil
}

// read needs no top: an update's entries appear at once, and it does not fail.
func (m *memory) read(after, _ hub.Position, limit int) ([]hub.Entry, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	i, err := m.afterLocked(after)
	if err != nil {
		return nil, err
	}
	return slices.Clone(m.entries[i:min(i+limit, len(m.entries))]), nil
}

// afterLocked returns the index of the entry that follows p.
func (m *memory) afterLocked(p hub.Position) (int, error) {
	oldest := m.entries[0]
	if before, ok := oldest.Before(); p.IsZero() || ok && p == before {
		return 0, nil
	}
	if p.Compare(oldest.Position) < 0 {
		return 0, hub.BeforeFirst(oldest.Prev)
	}
	i := p.Seq - oldest.Position.Seq
	if p.Epoch != oldest.Position.Epoch || i >= uint64(len(m.entries)) || m.entries[i].Position != p {
		return 0, &hub.ResetError{Reason: hub.GapRewritten}
	}
	return int(i) + 1, nil
}

func (m *memory) find(ids []string, _ hub.Position) ([]hub.Found, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	var found []hub.Found
	for _, id := range ids {
		if s, ok := m.known[id]; ok {
			e := m.entries[s.position.Seq-m.entries[0].Position.Seq]
			found = append(found, hub.Found{Entry: e, Repeats: slices.Clone(s.repeats)})
		}
	}
	return hub.OldestFirst(found), nil
}

func (m *memory) SaveBoard(_ context.Context, pos hub.Position, board []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, err := m.afterLocked(pos); err != nil {
		return err
	}
	if pos.Compare(m.boardAt) >= 0 {
		m.boardAt, m.board = pos, bytes.Clone(board)
	}
	return nil
}

func (m *memory) LoadBoard(context.Context) (hub.Position, []byte, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.boardAt, bytes.Clone(m.board), nil
}

func (m *memory) close() error { return nil }
