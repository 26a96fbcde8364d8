package webhook

import (
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"battlehub/hub"
)

func TestMetricsAreWellNamedAndThereFromTheStart(t *testing.T) {
	t.Parallel()
	reg := prometheus.NewPedanticRegistry()
	New(Options{Apps: map[hub.App]App{testApp: {}, testApp + 1: {}}, Registerer: reg})
	problems, err := testutil.GatherAndLint(reg)
	if err != nil || len(problems) > 0 {
		t.Errorf("lint: %v %v", problems, err)
	}
	for name, want := range map[string]int{
		"battlehub_webhook_requests_total":                  3*6 + 3*5 + 1 + 7,
		"battlehub_webhook_signature_rejections_total":      4,
		"battlehub_webhook_duration_seconds":                1,
		"battlehub_webhook_last_accepted_timestamp_seconds": 2,
	} {
		if got, err := testutil.GatherAndCount(reg, name); got != want || err != nil {
			t.Errorf("%s has %d series, want %d (%v)", name, got, want, err)
		}
	}
}

// TestLabelsFromOutsideMakeNoSeries sends commands and apps nobody knows.
func TestLabelsFromOutsideMakeNoSeries(t *testing.T) {
	t.Parallel()
	reg := prometheus.NewPedanticRegistry()
	h := New(Options{Apps: map[hub.App]App{testApp: {Log: newMapLog()}}, Registerer: reg})
	before, err := testutil.GatherAndCount(reg)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"created", "other", "Live.CallbackX", strings.Repeat("x", 5000), "\u202e"} {
		post(h, appQuery, `{"CallbackCommand":"`+name+`"}`)
		post(h, "SdkAppid=7&CallbackCommand="+name, `{}`)
	}
	if after, err := testutil.GatherAndCount(reg); after != before || err != nil {
		t.Errorf("%d series, before %d (%v)", after, before, err)
	}
}

// TestAges checks at which hops an event's age is measured: a repeat was appended once.
func TestAges(t *testing.T) {
	t.Parallel()
	reg := prometheus.NewPedanticRegistry()
	h := New(Options{Apps: map[hub.App]App{testApp: {Log: newMapLog()}}, Ages: hub.NewAges(reg)})
	for range 3 {
		post(h, appQuery, packetFile(t, "create.json"))
	}
	post(h, appQuery, `{"CallbackCommand":"Live.CallbackAfterCreateBattle"}`)
	post(h, appQuery, packetFile(t, "create-room.json")) // in whole seconds: it would only blur the others
	for hop, want := range map[string]uint64{"received": 3, "appended": 1} {
		if got := ageCount(t, reg, hop); got != want {
			t.Errorf("%s measured %d times, want %d", hop, got, want)
		}
	}
}

func ageCount(t *testing.T, reg prometheus.Gatherer, hop string) uint64 {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range families[0].GetMetric() {
		if m.GetLabel()[0].GetValue() == hop {
			return m.GetHistogram().GetSampleCount()
		}
	}
	t.Fatalf("no hop %s", hop)
	return 0
}

func TestLastAccepted(t *testing.T) {
	t.Parallel()
	h := handler(newMapLog())
	last := h.metrics.accepted.WithLabelValues(testApp.String())
	post(h, appQuery, "no webhook")
	if got := testutil.ToFloat64(last); got != 0 {
		t.Errorf("last accepted %v before there was one", got)
	}
	before := time.Now().Unix()
	post(h, appQuery, packetFile(t, "before-send-gift.json"))
	if got := testutil.ToFloat64(last); got < float64(before) {
		t.Errorf("last accepted %v, want at least %v", got, before)
	}
}
