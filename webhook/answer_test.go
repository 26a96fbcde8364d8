package webhook

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
)

// TestEveryResultHasAStatus also keeps the metric's labels and the status table together.
func TestEveryResultHasAStatus(t *testing.T) {
	t.Parallel()
	counted := map[result]bool{}
	for _, possible := range results {
		for _, res := range possible {
			counted[res] = true
			if statuses[res] == 0 {
				t.Errorf("result %s has no status", res)
			}
		}
	}
	for res := range statuses {
		if !counted[res] {
			t.Errorf("result %s has no series", res)
		}
	}
}

// TestAnswerHidesTheCause: the log's own words are for the operator.
func TestAnswerHidesTheCause(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	cause := errors.New("open data.db: permission denied")
	err := fmt.Errorf("on the way: %w", &refusal{resultUnavailable, `not kept; "send" it again`, cause})
	answer(w, resultUnavailable, err)
	want := `{"ActionStatus":"FAIL","ErrorInfo":"not kept; \"send\" it again","ErrorCode":503}`
	if got := w.Body.String(); got != want || w.Code != http.StatusServiceUnavailable {
		t.Errorf("answered %d %s, want 503 %s", w.Code, got, want)
	}
	if !errors.Is(err, cause) {
		t.Error("the cause is lost to the log")
	}
}
