package hub

import (
	"errors"
	"sort"
)

// ring holds the newest entries of the log, already encoded. Resumes and slow clients
// are served from it, so that neither costs the log anything.
//
// An entry's offset counts from when this node started; unlike a position it has no
// gaps, not even where an epoch begins.
type ring struct {
	frames      []*frame
	first, next uint64   // offsets of the oldest entry and of the one to come
	bytes       int      // of frames, bounded by maxBytes
	maxBytes    int      // long room lists must not multiply the ring's memory
	base        Position // the position that the oldest entry follows
}

// averageFrame bounds the ring's memory: entries × this. A battle of two rooms takes
// about 0.8 KB.
const averageFrame = 4 << 10

// Why the ring alone cannot continue a position; the log may.
var (
	errOlder = errors.New("older than the ring")
	errAhead = errors.New("ahead of this node") // which may be a moment behind another
)

func newRing(entries int, base Position) ring {
	return ring{frames: make([]*frame, entries), maxBytes: entries * averageFrame, base: base}
}

// restart empties the ring, which then goes on after base. Offsets go on too, and one is
// left out, so that every session that stood before finds itself out of the ring.
func (r *ring) restart(base Position) {
	clear(r.frames)
	r.next++
	r.first, r.bytes, r.base = r.next, 0, base
}

// push appends an entry, forgetting old ones as needed, and gives it its offset.
func (r *ring) push(f *frame) {
	for r.next-r.first == uint64(len(r.frames)) || (r.bytes+len(f.wire) > r.maxBytes && r.next > r.first) {
		r.drop()
	}
	f.offset = r.next
	r.frames[r.next%uint64(len(r.frames))] = f
	r.bytes += len(f.wire)
	r.next++
}

// drop forgets the oldest entry.
func (r *ring) drop() {
	i := r.first % uint64(len(r.frames))
	r.bytes -= len(r.frames[i].wire)
	r.base, r.frames[i] = r.frames[i].pos, nil
	r.first++
}

// at returns the entry at an offset between first and next.
func (r *ring) at(offset uint64) *frame { return r.frames[offset%uint64(len(r.frames))] }

// head is the position of the newest entry.
func (r *ring) head() Position {
	if r.next == r.first {
		return r.base
	}
	return r.at(r.next - 1).pos
}

// after returns the offset at which whoever stands at p goes on. It returns errOlder or
// errAhead if p lies before the ring or beyond it, and a *ResetError if p is not in this
// history: its tag differs, or its epoch ended before it.
func (r *ring) after(p Position) (uint64, error) {
	n := int(r.next - r.first)
	i := sort.Search(n, func(i int) bool { return r.at(r.first+uint64(i)).pos.Compare(p) >= 0 })
	switch {
	case i < n && r.at(r.first+uint64(i)).pos == p:
		return r.first + uint64(i) + 1, nil
	case p == r.base:
		return r.first, nil
	case p.Compare(r.base) < 0 || (i == 0 && r.base.IsZero()): // nothing is known of what was before
		return 0, errOlder
	case i == n && p.Compare(r.head()) > 0:
		return 0, errAhead
	default:
		return 0, &ResetError{GapRewritten}
	}
}

// collect returns up to limit entries from the offset on that are wanted, and the offset
// at which to go on. It looks at a bounded number, since the caller holds a lock.
func (r *ring) collect(from uint64, limit int, wanted func(*frame) bool) (frames []*frame, next uint64) {
	const mostLookedAt = 8192
	end := min(r.next, from+mostLookedAt)
	frames = make([]*frame, 0, min(uint64(limit), end-from))
	for ; from < end && len(frames) < limit; from++ {
		if f := r.at(from); wanted(f) {
			frames = append(frames, f)
		}
	}
	return frames, from
}
