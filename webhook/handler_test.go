package webhook

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"battlehub/hub"
)

func TestRepeats(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := newMapLog()
	h := New(Options{
		Apps: map[hub.App]App{testApp: {Log: log}},
		Log:  slog.New(slog.NewTextHandler(&out, nil)),
	})
	create := packetFile(t, "create.json")
	spaced := strings.ReplaceAll(create, ",", " ,\n")
	changed := strings.Replace(create, "pk-5", "pk-6", 1)
	for _, step := range []struct {
		body string
		want result
	}{{create, resultFresh}, {create, resultDuplicate}, {spaced, resultDuplicate}, {changed, resultConflict}} {
		before := testutil.ToFloat64(h.metrics.requests.WithLabelValues("created", string(step.want)))
		wantAnswer(t, post(h, appQuery, step.body), http.StatusOK)
		if got := testutil.ToFloat64(h.metrics.requests.WithLabelValues("created", string(step.want))); got != before+1 {
			t.Errorf("%s counted %v times, want %v", step.want, got, before+1)
		}
	}
	e := log.only(t)
	if e.To[0].Room != "pk-5" {
		t.Errorf("the conflict replaced the first event: %+v", e)
	}
	if got := strings.Count(out.String(), "level=WARN"); got != 1 || !strings.Contains(out.String(), e.Battle) {
		t.Errorf("log has %d warnings, want one with the battle's id:\n%s", got, &out)
	}
}

func TestUnknownOpTypeIsAcceptedAndLogged(t *testing.T) {
	t.Parallel()
	for name, op := range map[string]string{"unknown": `"OpType":3`, "missing": `"Op":0`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			log := newMapLog()
			h := New(Options{
				Apps: map[hub.App]App{testApp: {Log: log}},
				Log:  slog.New(slog.NewTextHandler(&out, nil)),
			})
			wantAnswer(t, post(h, appQuery, strings.Replace(packetFile(t, "end.json"), `"OpType":0`, op, 1)), http.StatusOK)
			if e := log.only(t); e.Outcome != "" {
				t.Errorf("outcome %q, want none", e.Outcome)
			}
			if !strings.Contains(out.String(), "OpType") {
				t.Errorf("log does not tell the OpType:\n%s", &out)
			}
		})
	}
}

// TestHangUp checks that a sender that hangs up does not take its event with it.
func TestHangUp(t *testing.T) {
	t.Parallel()
	gone, hangUp := context.WithCancel(t.Context())
	log := newMapLog()
	h := handler(appendFunc(func(ctx context.Context, events []hub.Event) ([]hub.Appended, error) {
		hangUp()
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		return log.Append(ctx, events)
	}))
	r := httptest.NewRequest(http.MethodPost, "/webhook?"+appQuery, strings.NewReader(packetFile(t, "create.json")))
	h.ServeHTTP(httptest.NewRecorder(), r.WithContext(gone))
	log.only(t)
	wantCount(t, h, "created", resultFresh)
}

func TestAnsweredWithinTwoSecondsWhenTheLogHangs(t *testing.T) {
	t.Parallel()
	create := packetFile(t, "create.json")
	synctest.Test(t, func(t *testing.T) {
		h := handler(appendFunc(func(ctx context.Context, _ []hub.Event) ([]hub.Appended, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}))
		start := time.Now()
		resp := post(h, appQuery, create)
		if took := time.Since(start); took >= 2*time.Second {
			t.Errorf("answered after %v", took)
		}
		wantAnswer(t, resp, http.StatusServiceUnavailable)
		wantHeader(t, resp, "Retry-After", true, "1")
	})
}

// TestTooManyAtOnce fills the handler with webhooks that wait for the log. The next is
// turned away without being read, and once the log moves there is room again.
func TestTooManyAtOnce(t *testing.T) {
	t.Parallel()
	inside, open := make(chan struct{}), make(chan struct{})
	log := newMapLog()
	h := handler(appendFunc(func(ctx context.Context, events []hub.Event) ([]hub.Appended, error) {
		inside <- struct{}{}
		<-open
		return log.Append(ctx, events)
	}))
	create := packetFile(t, "create.json")
	var senders sync.WaitGroup
	for range maxRequests {
		senders.Go(func() { post(h, appQuery, create) })
	}
	for range maxRequests {
		<-inside
	}
	unread := strings.NewReader(create)
	wantAnswer(t, serve(h, http.MethodPost, appQuery, unread), http.StatusServiceUnavailable)
	if unread.Len() != len(create) {
		t.Error("the body was read")
	}
	close(open)
	senders.Wait()

	var last sync.WaitGroup
	last.Go(func() { <-inside })
	wantAnswer(t, post(h, appQuery, create), http.StatusOK)
	last.Wait()
}
