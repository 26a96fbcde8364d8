package client

import (
	"strconv"
	"testing"
)

func TestSeenRemembersTheNewest(t *testing.T) {
	t.Parallel()
	var s seen
	const n = 10 * seenLen
	for i := range n {
		id := strconv.Itoa(i)
		if s.has(id) {
			t.Fatalf("knows %s before it came", id)
		}
		s.add(id)
		if oldest := max(0, i-seenLen+1); !s.has(strconv.Itoa(oldest)) {
			t.Fatalf("after %d ids, %d is forgotten", i+1, oldest)
		}
		if held := len(s.newer) + len(s.older); held > 2*seenLen {
			t.Fatalf("holds %d ids", held)
		}
	}
	if s.has("0") {
		t.Error("the oldest is not forgotten")
	}
}
