package client

// seen remembers the newest event ids, to drop repeats: a hub repeats events when a
// client resumes from before them, or when a log that lost its tail was given them anew.
//
// It keeps two generations and forgets the older one when the newer is full. So it knows
// at least the last seenLen ids, and never holds more than twice as many.
type seen struct {
	newer, older map[string]struct{}
}

// seenLen is far more than can be between the last cursor that counted and a drop, even
// at a thousand events a second.
const seenLen = 1024

// has reports whether the id was added lately.
func (s *seen) has(id string) bool {
	if _, ok := s.newer[id]; ok {
		return true
	}
	_, ok := s.older[id]
	return ok
}

// add remembers the id.
func (s *seen) add(id string) {
	if s.newer == nil || len(s.newer) == seenLen {
		s.newer, s.older = make(map[string]struct{}), s.newer
	}
	s.newer[id] = struct{}{}
}
