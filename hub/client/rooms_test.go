package client

import (
	"slices"
	"testing"

	"battlehub/hub"
)

// confirmed is what the next handshake would name.
func confirmed(r *rooms) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.namesLocked(true)
}

// connected are rooms whose connection has got its first snapshot.
func connected(names ...string) *rooms {
	r := newRooms(names, false)
	r.dial()
	r.done(true)
	return r
}

func (r *rooms) subscribe(t *testing.T, names ...string) (id int64) {
	t.Helper()
	added, err := r.add(names)
	if err != nil {
		t.Fatal(err)
	}
	return r.ask(hub.FrameSubscribe, added)
}

func TestSnapshotsConfirmInTheOrderOfTheirAnswers(t *testing.T) {
	t.Parallel()
	r := connected("a")
	b, c := r.subscribe(t, "b"), r.subscribe(t, "c")
	r.done(false) // of something else: nothing was answered
	if got := confirmed(r); !slices.Equal(got, []string{"a"}) {
		t.Errorf("confirmed %v before an answer", got)
	}
	r.answer(b)
	r.answer(c)
	r.done(false)
	if got := confirmed(r); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("confirmed %v after the first snapshot", got)
	}
	r.done(false)
	if got := confirmed(r); !slices.Equal(got, []string{"a", "b", "c"}) {
		t.Errorf("confirmed %v after the second", got)
	}
}

func TestAnswersOfAnOldConnectionDoNotCount(t *testing.T) {
	t.Parallel()
	r := connected("a")
	r.answer(r.subscribe(t, "b"))
	r.dial()
	if _, err := r.remove([]string{"b"}); err != nil {
		t.Fatal(err)
	}
	r.answer(r.subscribe(t, "c"))
	r.done(false)
	if got := confirmed(r); !slices.Equal(got, []string{"a", "c"}) {
		t.Errorf("confirmed %v", got)
	}
}

func TestRemovedRoomsAreNotConfirmed(t *testing.T) {
	t.Parallel()
	r := connected("a")
	r.answer(r.subscribe(t, "b", "c"))
	if removed, err := r.remove([]string{"b", "x"}); err != nil || !slices.Equal(removed, []string{"b"}) {
		t.Fatal(removed, err)
	}
	r.done(false)
	if got := confirmed(r); !slices.Equal(got, []string{"a", "c"}) {
		t.Errorf("confirmed %v", got)
	}
}
