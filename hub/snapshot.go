package hub

import (
	"bytes"
	"strconv"
	"sync"
	"time"
)

// snapshot is the board, encoded, and where to go on after it.
type snapshot struct {
	pos   Position
	next  uint64
	pages []*frame
	taken time.Time
}

// sharedSnapshot is the newest snapshot of the whole board. When everyone reconnects at
// once, it is encoded a few times a second instead of once for each.
type sharedSnapshot struct {
	mu   sync.Mutex
	last *snapshot
}

// shareFor is how long a snapshot is shared. What happened since follows from the ring.
const shareFor = 250 * time.Millisecond

// snapshot encodes the battles of the rooms, or of all when rooms is nil.
func (f *feed) snapshot(rooms []string) *snapshot {
	if rooms != nil {
		return f.takeSnapshot(rooms)
	}
	f.shared.mu.Lock()
	defer f.shared.mu.Unlock()
	last := f.shared.last
	if last == nil || time.Since(last.taken) > shareFor || last.next < f.ringFirst() {
		f.shared.last = f.takeSnapshot(nil)
	}
	return f.shared.last
}

func (f *feed) takeSnapshot(rooms []string) *snapshot {
	f.mu.RLock()
	snap := &snapshot{pos: f.ring.head(), next: f.ring.next, taken: time.Now()}
	battles := encoded(f.board.seenBy(rooms))
	f.mu.RUnlock()
	snap.pages = snapshotPages(battles, snap.pos)
	return snap
}

func (f *feed) ringFirst() uint64 {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.ring.first
}

// snapshotPageBytes is where a page of a snapshot ends. It keeps pages below the
// 32 KiB that many WebSocket clients take as their default limit for a message.
const snapshotPageBytes = 24 << 10

// snapshotPages encodes battles as the pages of one snapshot as of pos. There is
// always a last page, even of an empty board.
func snapshotPages(battles [][]byte, pos Position) []*frame {
	var pages []*frame
	for {
		n, size := 0, 0
		for n < len(battles) && (n == 0 || size+len(battles[n]) <= snapshotPageBytes) {
			size += len(battles[n])
			n++
		}
		done := n == len(battles)
		pages = append(pages, snapshotPage(battles[:n], size, pos, done))
		if done {
			return pages
		}
		battles = battles[n:]
	}
}

func snapshotPage(battles [][]byte, size int, pos Position, done bool) *frame {
	b := make([]byte, headerRoom, headerRoom+size+len(battles)+128)
	b = append(b, `{"type":"snapshot","cursor":"`...)
	b = pos.append(b)
	b = append(b, `","battles":[`...)
	b = append(b, bytes.Join(battles, []byte{','})...)
	b = append(b, `],"done":`...)
	b = strconv.AppendBool(b, done)
	f := newFrame(FrameSnapshot, append(b, '}'))
	if done { // before, a client that resumed from here would miss the other pages
		f.pos = pos
	}
	return &f
}
