package hub

// slab hands out the memory of what comes and goes together, such as the frames of the ring or
// the battles that have ended, in large pieces: the garbage collector visits a piece where it
// would visit everything in it. The price is that one frame, held back by a slow client, keeps
// a whole piece.
type slab struct {
	free   []byte
	frames []frame
}

// What a piece holds: some 64 events.
const (
	slabBytes  = 64 << 10
	slabFrames = 64
)

// room returns an empty slice with room for n bytes.
func (s *slab) room(n int) []byte {
	if len(s.free) < n {
		s.free = make([]byte, max(n, slabBytes))
	}
	b := s.free[:0:n]
	s.free = s.free[n:]
	return b
}

// copy returns a copy of b.
func (s *slab) copy(b []byte) []byte { return append(s.room(len(b)), b...) }

// frame returns where f stays.
func (s *slab) frame(f frame) *frame {
	if len(s.frames) == 0 {
		s.frames = make([]frame, slabFrames)
	}
	to := &s.frames[0]
	s.frames = s.frames[1:]
	*to = f
	return to
}
