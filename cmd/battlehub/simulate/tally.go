package simulate

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"time"
)

// tally counts what was sent and how it was answered. Safe for concurrent use.
type tally struct {
	begin time.Time

	mu       sync.Mutex
	begun    int // battles
	running  int // battles
	sent     int // webhooks that were answered, or will not be
	ok       int
	reasons  map[string]int // why the others were not OK
	troubles map[trouble]int
	slowest  time.Duration // answer
	latest   time.Duration // how long after its time a webhook was sent at worst
}

// maxReasons bounds how many different reasons are kept apart.
const maxReasons = 20

func newTally(begin time.Time) *tally {
	return &tally{begin: begin, reasons: map[string]int{}, troubles: map[trouble]int{}}
}

// begins notes that a call's time has come.
func (t *tally) begins(c simCall) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.begun += max(0, c.running)
	t.running += c.running
	t.troubles[c.trouble]++
}

// answered notes an answer, nil or an error, how late the webhook was sent and how
// long the answer took.
func (t *tally) answered(err error, late, took time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sent++
	t.latest = max(t.latest, late)
	t.slowest = max(t.slowest, took)
	if err == nil {
		t.ok++
		return
	}
	reason := err.Error()
	if _, known := t.reasons[reason]; !known && len(t.reasons) >= maxReasons {
		reason = "for other reasons"
	}
	t.reasons[reason]++
}

// line returns the progress in one line.
func (t *tally) line(now time.Time) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return fmt.Sprintf("%s  battles %d (%d running)  webhooks %d (%d OK, %d failed)",
		now.Sub(t.begin).Truncate(time.Second), t.begun, t.running, t.sent, t.ok, t.sent-t.ok)
}

// summarize prints how it went.
func (t *tally) summarize(w io.Writer, seed uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	fmt.Fprintf(w, "Battles:  %d begun in %s, %d still running\n", t.begun, time.Since(t.begin).Round(time.Second), t.running)
	fmt.Fprintf(w, "Webhooks: %d sent, %d answered OK, %d failed; slowest answer %s, sent up to %s late\n",
		t.sent, t.ok, t.sent-t.ok, t.slowest.Round(100*time.Microsecond), t.latest.Round(100*time.Microsecond))
	fmt.Fprintf(w, "Trouble:  %d never sent, %d sent twice, %d held back until after their successor\n",
		t.troubles[troubleLost], t.troubles[troubleRepeated], t.troubles[troubleReordered])
	for _, reason := range slices.Sorted(maps.Keys(t.reasons)) {
		fmt.Fprintf(w, "Failed:   %d × %s\n", t.reasons[reason], reason)
	}
	fmt.Fprintf(w, "Again:    --seed %d\n", seed)
}

// failure returns an error if a webhook was not answered OK.
func (t *tally) failure() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ok == t.sent {
		return nil
	}
	return fmt.Errorf("%d of %d webhooks were not answered OK", t.sent-t.ok, t.sent)
}
