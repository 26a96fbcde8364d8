package logtest

import (
	"testing"

	"battlehub/hub"
)

// expireTests are about what is left when the log has forgotten.
func expireTests(expire func(*testing.T, hub.Log)) []test {
	return []test{
		{"ForgetsTheOldest", func(t *testing.T, l hub.Log) { testExpire(t, l, expire) }},
		{"SlowTailIsReset", func(t *testing.T, l hub.Log) {
			slow := newSlowHandler(t)
			done := make(chan error, 1)
			go func() { done <- l.Tail(t.Context(), hub.Position{}, slow) }()
			<-slow.busy
			mustAppend(t, l, newEvents(0, 10)...)
			expire(t, l)
			close(slow.release)
			if err := await(t, done); !isReset(err, hub.GapExpired) {
				t.Errorf("Tail whose place was forgotten: %v, want reason %s", err, hub.GapExpired)
			}
		}},
	}
}

func testExpire(t *testing.T, l hub.Log, expire func(*testing.T, hub.Log)) {
	events := newEvents(0, 10)
	a := mustAppend(t, l, events...)
	expire(t, l)
	checkEvents(t, ReadAll(t, l, hub.Position{}), events[9:])
	if got := ReadAll(t, l, a[8].Position); len(got) != 1 {
		t.Errorf("after the newest forgotten entry: %d entries, want 1", len(got))
	}
	checkReset(t, l, a[0].Position, hub.GapExpired)
	checkReset(t, l, a[7].Position, hub.GapExpired)
	if found := mustFind(t, l, events[9].ID); found[0].Position != a[9].Position {
		t.Errorf("the newest event is found at %v: want %v", found[0].Position, a[9].Position)
	}
	if found, err := l.Find(t.Context(), []string{events[0].ID}); err != nil || len(found) != 0 {
		t.Errorf("Find of a forgotten event: %d found, %v", len(found), err)
	}
	next := mustAppend(t, l, newEvent(10))[0]
	if want := a[9].Position.Seq + 1; next.Position.Seq != want {
		t.Errorf("the log goes on at %v: want sequence %d", next.Position, want)
	}
}
