package simulate

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"battlehub/hub"
	"battlehub/webhook"
)

// recordingLog keeps what the webhook handler appends: what the script's packets mean
// to a hub.
type recordingLog struct {
	mu     sync.Mutex
	events []hub.Event
}

func (l *recordingLog) Append(_ context.Context, events []hub.Event) ([]hub.Appended, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.events = append(l.events, events...)
	appended := make([]hub.Appended, len(events))
	for i := range appended {
		appended[i].Verdict = hub.Fresh
	}
	return appended, nil
}

// newReceiver returns the real webhook handler, and the log that it appends to.
func newReceiver(tokens ...hub.Secret) (http.Handler, *recordingLog) {
	log := &recordingLog{}
	return webhook.New(webhook.Options{
		Apps: map[hub.App]webhook.App{1400000000: {Log: log, Tokens: tokens}},
		Log:  slog.New(slog.DiscardHandler),
	}), log
}

// decodeAll sends calls, the lost ones aside, straight into the webhook handler, and
// returns the events that it made of them.
func decodeAll(t *testing.T, calls []simCall) []hub.Event {
	t.Helper()
	h, log := newReceiver()
	s := &sender{target: &url.URL{Path: "/webhook"}, app: 1400000000}
	for _, c := range calls {
		if c.trouble == troubleLost {
			continue
		}
		r, err := s.request(t.Context(), c, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if err := checkAnswer(w.Code, w.Body.Bytes()); err != nil {
			t.Fatalf("%s: %v", c.body, err)
		}
	}
	return log.events
}

func battleKind(command string) hub.Kind {
	return map[string]hub.Kind{
		commandCreateBattle: hub.KindCreated,
		commandStartBattle:  hub.KindStarted,
		commandEndBattle:    hub.KindEnded,
	}[command]
}

func readSample(t *testing.T, name string) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("..", "..", "..", "webhook", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// told is what the events of one battle tell, by kind, and the order in which the
// kinds came.
type told struct {
	events map[hub.Kind]hub.Event
	order  []hub.Kind
	twice  bool
}

// stories sorts events by their battle.
func stories(events []hub.Event) map[string]*told {
	battles := map[string]*told{}
	for _, e := range events {
		if e.Battle == "" { // it tells of a room
			continue
		}
		b := battles[e.Battle]
		if b == nil {
			b = &told{events: map[hub.Kind]hub.Event{}}
			battles[e.Battle] = b
		}
		if _, known := b.events[e.Kind]; known {
			b.twice = true
			continue
		}
		b.events[e.Kind] = e
		b.order = append(b.order, e.Kind)
	}
	return battles
}

// index returns when a kind came, -1 for never.
func (b *told) index(kind hub.Kind) int {
	for i, k := range b.order {
		if k == kind {
			return i
		}
	}
	return -1
}

// features names everything that is remarkable about a battle.
func (b *told) features() []string {
	created, started, ended := b.events[hub.KindCreated], b.events[hub.KindStarted], b.events[hub.KindEnded]
	hasStart, hasEnd := b.index(hub.KindStarted) >= 0, b.index(hub.KindEnded) >= 0
	asked, joined := len(created.To), len(started.To)
	wantsResponse := *created.NeedsResponse
	best, second := topScores(ended)
	features := map[string]bool{
		"sent-twice":            b.twice,
		"start-lost":            !hasStart && ended.Outcome == hub.OutcomeTimeUp,
		"end-lost":              !hasEnd,
		"end-before-start":      hasStart && hasEnd && b.index(hub.KindEnded) < b.index(hub.KindStarted),
		"one-callee":            asked == 1,
		"two-callees":           asked == 2,
		"three-callees":         asked == 3,
		"response-all-accept":   wantsResponse && hasStart && joined == asked,
		"response-some-decline": wantsResponse && hasStart && joined < asked,
		"response-at-time-out":  wantsResponse && hasStart && started.At.Equal(created.At.Plus(created.TimeoutMS).Time),
		"nobody-accepts":        ended.Outcome == hub.OutcomeNotStarted,
		"walk-over":             ended.Outcome == hub.OutcomeAllLeft,
		"tie":                   ended.Outcome == hub.OutcomeTimeUp && best == second,
		"close-win":             ended.Outcome == hub.OutcomeTimeUp && best > second && best-second <= 10+best/50,
		"clear-win":             ended.Outcome == hub.OutcomeTimeUp && best >= 2*second+500,
		"challenger-wins":       hasEnd && ended.From.Score > 0 && ended.From.Score == best && best > second,
		"challenger-loses":      hasEnd && ended.From.Score < best,
		"no-response-in-order":  !wantsResponse && hasStart && b.index(hub.KindStarted) > b.index(hub.KindCreated),
		"no-response-reordered": !wantsResponse && hasStart && b.index(hub.KindStarted) < b.index(hub.KindCreated),
		"by-rest":               created.Operator == "administrator",
		"with-extension":        created.Extension != "",
	}
	var names []string
	for name, has := range features {
		if has {
			names = append(names, name)
		}
	}
	return names
}

// topScores returns the two highest scores.
func topScores(ended hub.Event) (best, second int64) {
	for _, s := range append([]hub.Side{ended.From}, ended.To...) {
		if s.Score > best {
			best, second = s.Score, best
		} else if s.Score > second {
			second = s.Score
		}
	}
	return best, second
}

func TestScriptTellsEveryStory(t *testing.T) {
	t.Parallel()
	const enough = 2000
	count := map[string]int{}
	for _, b := range stories(decodeAll(t, allCalls(t, aScript(enough)))) {
		for _, name := range b.features() {
			count[name]++
		}
	}
	every := []string{
		"sent-twice", "start-lost", "end-lost", "end-before-start", "one-callee", "two-callees", "three-callees",
		"response-all-accept", "response-some-decline", "response-at-time-out", "nobody-accepts", "walk-over",
		"tie", "close-win", "clear-win", "challenger-wins", "challenger-loses", "no-response-in-order",
		"no-response-reordered", "by-rest", "with-extension",
	}
	for _, name := range every {
		if count[name] < enough/200 {
			t.Errorf("%s: %d of %d battles, want at least one in 200", name, count[name], enough)
		}
	}
}

func TestScriptTellsTimesThatMakeSense(t *testing.T) {
	t.Parallel()
	for id, b := range stories(decodeAll(t, allCalls(t, aScript(1000)))) {
		created := b.events[hub.KindCreated]
		if started, ok := b.events[hub.KindStarted]; ok {
			wait := started.At.Sub(created.At.Time)
			if wait < 0 || wait.Milliseconds() > created.TimeoutMS {
				t.Errorf("battle %s started %s after its creation", id, wait)
			}
			if whole := created.At.Truncate(time.Second); !started.CreatedAt.Equal(whole) {
				t.Errorf("battle %s: Start says created at %s, want %s", id, started.CreatedAt, whole)
			}
		}
		ended, ok := b.events[hub.KindEnded]
		if !ok {
			continue
		}
		if late := ended.At.Sub(ended.EndedAt.Time); late < 0 || late > 2200*time.Millisecond {
			t.Errorf("battle %s: the End was made %s after EndTime", id, late)
		}
		length := ended.EndedAt.Sub(ended.StartedAt.Time).Milliseconds()
		switch ended.Outcome {
		case hub.OutcomeTimeUp:
			if length != ended.DurationMS {
				t.Errorf("battle %s took %d ms, want its Duration, %d ms", id, length, ended.DurationMS)
			}
		case hub.OutcomeAllLeft:
			if length < 0 || length > ended.DurationMS {
				t.Errorf("battle %s was left after %d ms of %d ms", id, length, ended.DurationMS)
			}
		case hub.OutcomeNotStarted:
			if !ended.StartedAt.IsZero() {
				t.Errorf("battle %s never started, but at %s", id, ended.StartedAt)
			}
		}
	}
}

func TestScriptSendsWebhooksSoonAfterTheyHappened(t *testing.T) {
	t.Parallel()
	cfg := aScript(1000)
	for _, c := range allCalls(t, cfg) {
		if battleKind(c.command) == "" || c.trouble != troubleNone {
			continue
		}
		happened := decodeAll(t, []simCall{c})[0].At
		if way := cfg.begin.Add(c.at).Sub(happened.Time); way < 15*time.Millisecond || way > 121*time.Millisecond {
			t.Errorf("%s was %s on its way", c.command, way)
		}
	}
}

func TestSpeedShortensBattles(t *testing.T) {
	t.Parallel()
	slow, fast := aScript(300), aScript(300)
	fast.speed = 10
	lengths := func(cfg scriptConfig) (duration, timeout int64) {
		for _, e := range decodeAll(t, allCalls(t, cfg)) {
			duration, timeout = max(duration, e.DurationMS), max(timeout, e.TimeoutMS)
		}
		return duration, timeout
	}
	if duration, timeout := lengths(slow); duration != 60_000 || timeout != 30_000 {
		t.Errorf("at speed 1 the longest Duration is %d ms and the longest Timeout %d ms", duration, timeout)
	}
	if duration, timeout := lengths(fast); duration != 6_000 || timeout != 3_000 {
		t.Errorf("at speed 10 the longest Duration is %d ms and the longest Timeout %d ms", duration, timeout)
	}
}
