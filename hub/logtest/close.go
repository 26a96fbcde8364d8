package logtest

import (
	"context"
	"errors"
	"testing"

	"battlehub/hub"
)

var closeTests = []test{
	{"EndsEverything", func(t *testing.T, l hub.Log) {
		r := newRecorder(t)
		done := make(chan error, 1)
		go func() { done <- l.Tail(context.Background(), hub.Position{}, r) }()
		r.waitLive()
		mustClose(t, l)
		if err := await(t, done); !errors.Is(err, hub.ErrClosed) {
			t.Errorf("Tail across Close: %v, want %v", err, hub.ErrClosed)
		}
		checkClosed(t, l)
		mustClose(t, l) // again
	}},
	{"AppendsHaveOneOutcome", testCloseUnderAppends},
}

func checkClosed(t *testing.T, l hub.Log) {
	t.Helper()
	_, appendErr := l.Append(t.Context(), newEvents(0, 1))
	_, readErr := l.Read(t.Context(), hub.Position{}, 1)
	_, findErr := l.Find(t.Context(), []string{newEvent(0).ID})
	tailErr := l.Tail(t.Context(), hub.Position{}, newRecorder(t))
	for name, err := range map[string]error{"Append": appendErr, "Read": readErr, "Find": findErr, "Tail": tailErr} {
		if !errors.Is(err, hub.ErrClosed) {
			t.Errorf("%s on a closed log: %v, want %v", name, err, hub.ErrClosed)
		}
	}
}

// testCloseUnderAppends closes the log while callers append: each is told that its
// event is in, or that the log is closed.
func testCloseUnderAppends(t *testing.T, l hub.Log) {
	const callers = 8
	began, done := make(chan struct{}, callers), make(chan error, callers)
	for c := range callers {
		go func() {
			for i := 0; ; i++ {
				if _, err := l.Append(context.Background(), newEvents(c*1_000_000+i, 1)); err != nil {
					done <- err
					return
				}
				select {
				case began <- struct{}{}:
				default:
				}
			}
		}()
	}
	<-began
	mustClose(t, l)
	for range callers {
		if err := await(t, done); !errors.Is(err, hub.ErrClosed) {
			t.Errorf("Append across Close: %v, want %v", err, hub.ErrClosed)
		}
	}
}
