package webhook_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"battlehub/hub"
	"battlehub/hub/memlog"
	"battlehub/webhook"
)

const app hub.App = 1400000000

// openLog opens the log on disk that the webhooks of this file go to.
func openLog(t *testing.T, dir string) *memlog.Log {
	t.Helper()
	log, err := memlog.Open(memlog.Options{App: app, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { log.Close() })
	return log
}

// status posts a packet to a handler in front of the log and returns the status.
func status(log *memlog.Log, packet string) int {
	h := webhook.New(webhook.Options{Apps: map[hub.App]webhook.App{app: {Log: log}}})
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/webhook?SdkAppid=1400000000", strings.NewReader(packet)))
	return w.Code
}

func packet(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestAcceptedWebhooksAreInTheLog sends every packet that is kept to the embedded log on disk,
// opens it anew, and sends them again: each is kept once.
func TestAcceptedWebhooksAreInTheLog(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	packets := []string{
		// These characters are written differently by encoders; the repeat must still be one.
		strings.Replace(packet(t, "create.json"), "extension pk", "<a&b>\u2028", 1),
		packet(t, "create-needs-response.json"), packet(t, "start.json"),
		packet(t, "end-never-started.json"), packet(t, "end.json"),
		strings.Replace(packet(t, "create-room.json"), "tandy-test-rest", "<a&b>\u2029", 1),
		packet(t, "change-owner.json"), packet(t, "destroy-room.json"),
	}
	for range 2 {
		log := openLog(t, dir)
		for _, p := range packets {
			if got := status(log, p); got != http.StatusOK {
				t.Fatalf("status %d for %s", got, p)
			}
		}
		if err := log.Close(); err != nil {
			t.Fatal(err)
		}
	}
	wantKept(t, openLog(t, dir), len(packets))
}

// wantKept checks that the log holds n events, each with one repeat that is a duplicate.
func wantKept(t *testing.T, log *memlog.Log, n int) {
	t.Helper()
	entries, err := log.Read(t.Context(), hub.Position{}, 100)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, e := range entries {
		if e.Event != nil {
			ids = append(ids, e.Event.ID)
		}
	}
	found, err := log.Find(t.Context(), ids)
	if err != nil || len(found) != n {
		t.Fatalf("log holds %d events, want %d (%v)", len(found), n, err)
	}
	for _, f := range found {
		if len(f.Repeats) != 1 || f.Repeats[0].Verdict != hub.Duplicate {
			t.Errorf("%s of %s was repeated as %v, want one duplicate", f.Event.Kind, f.Event.Battle, f.Repeats)
		}
	}
}

func TestConflictIsKeptOutOfTheLog(t *testing.T) {
	t.Parallel()
	log, start := openLog(t, ""), packet(t, "start.json")
	changed := strings.Replace(start, "pk-5", "pk-6", 1)
	for _, p := range []string{start, changed} {
		if got := status(log, p); got != http.StatusOK {
			t.Errorf("status %d", got)
		}
	}
	id := hub.EventID(app, hub.KindStarted, "4siHsNsWN/T3aub9zKraqI4zZAyPRpXQhdtKv1q4HOs=")
	found, err := log.Find(t.Context(), []string{id})
	if err != nil || len(found) != 1 {
		t.Fatalf("found %d events (%v)", len(found), err)
	}
	f := found[0]
	if f.Event.To[0].Room != "pk-5" || len(f.Repeats) != 1 || f.Repeats[0].Verdict != hub.Conflict {
		t.Errorf("log holds %+v, repeated as %v", f.Event, f.Repeats)
	}
}

func TestClosedLogIsUnavailable(t *testing.T) {
	t.Parallel()
	log := openLog(t, "")
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	if got := status(log, packet(t, "create.json")); got != http.StatusServiceUnavailable {
		t.Errorf("status %d, want 503", got)
	}
}
