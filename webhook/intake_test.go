package webhook

import (
	"context"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"battlehub/hub"
)

// TestIntakeTellsWhatBecameOfWebhooks sends what is refused for each fault that a sender can
// cause, and what is not.
func TestIntakeTellsWhatBecameOfWebhooks(t *testing.T) {
	t.Parallel()
	stale := func() string {
		sign, at := Sign(testToken, time.Now().Add(-5*time.Minute))
		return appQuery + "&Sign=" + sign + "&RequestTime=" + at
	}
	good := packetFile(t, "create.json")
	for name, test := range map[string]struct {
		query, body string
		fault       hub.SourceFault // "": accepted
	}{
		"accepted":     {signed(appQuery, testToken), good, ""},
		"not_kept":     {signed(appQuery, testToken), packetFile(t, "before-send-gift.json"), ""},
		"sign_missing": {appQuery, good, hub.FaultSignMissing},
		"sign_wrong":   {signed(appQuery, "another"), good, hub.FaultSignWrong},
		"sign_stale":   {stale(), good, hub.FaultSignStale},
		"wrong_app":    {signed("SdkAppid=7", testToken), good, hub.FaultApp},
		"no_app":       {signed("", testToken), good, hub.FaultApp},
		"wrong_type":   {signed(appQuery, testToken) + "&contenttype=xml", good, hub.FaultType},
		"too_large":    {signed(appQuery, testToken), strings.Repeat(" ", maxBody+1), hub.FaultSize},
		"bad_request":  {signed(appQuery, testToken), "[", hub.FaultPacket},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := handler(newMapLog(), testToken)
			post(h, test.query, test.body)
			serve(h, http.MethodGet, appQuery, nil) // a browser's, say: no webhook
			in := h.Intake(testApp)
			if !in.Signed {
				t.Error("it does not know that webhooks are signed")
			}
			if test.fault == "" {
				if len(in.Refused) > 0 || in.Accepted.Total != 1 || in.Accepted.LastAt.Before(in.Since.Time) {
					t.Errorf("intake %+v, want one accepted", in)
				}
				return
			}
			if in.Accepted.Total > 0 || len(in.Refused) != 1 || in.Refused[0].Fault != test.fault || in.Refused[0].Total != 1 {
				t.Errorf("intake %+v, want one refused for %s", in, test.fault)
			}
		})
	}
}

// TestIntakeKnowsWhenItLastHappened, each by itself, and each app by itself.
func TestIntakeKnowsWhenItLastHappened(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const other = testApp + 1
		h := New(Options{
			Apps:  map[hub.App]App{testApp: {Log: newMapLog()}, other: {}},
			Allow: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}, // of httptest's requests
		})
		begun := hub.At(time.Now())
		<-time.After(time.Minute) // of the bubble's clock
		post(h, appQuery, packetFile(t, "create.json"))
		accepted := hub.At(time.Now())
		<-time.After(time.Minute)
		for range 3 {
			post(h, appQuery, "[")
		}
		refused := hub.At(time.Now())
		<-time.After(time.Minute)
		h.allow = []netip.Prefix{netip.MustParsePrefix("203.0.113.0/24")}
		post(h, appQuery, "[")
		in := h.Intake(testApp)
		if in.Since != begun || in.Signed || in.Accepted != (hub.Tally{Total: 1, LastAt: accepted}) || len(in.Refused) != 2 ||
			in.Refused[1] != (hub.Refused{Fault: hub.FaultPacket, Tally: hub.Tally{Total: 3, LastAt: refused}}) ||
			in.Refused[0] != (hub.Refused{Fault: hub.FaultAddress, Tally: hub.Tally{Total: 1, LastAt: hub.At(time.Now())}}) {
			t.Errorf("intake %+v", in)
		}
		if in := h.Intake(other); in.Accepted.Total > 0 || len(in.Refused) > 0 {
			t.Errorf("the other app's intake %+v", in)
		}
		if in := h.Intake(7); in.Accepted.Total > 0 || len(in.Refused) > 0 {
			t.Errorf("nobody's intake %+v", in)
		}
	})
}

func TestIntakeOfALogThatFails(t *testing.T) {
	t.Parallel()
	h := handler(appendFunc(func(context.Context, []hub.Event) ([]hub.Appended, error) { return nil, hub.ErrClosed }))
	post(h, appQuery, packetFile(t, "create.json"))
	if in := h.Intake(testApp); len(in.Refused) != 1 || in.Refused[0].Fault != hub.FaultLog {
		t.Errorf("intake %+v, want the log's fault", in)
	}
}
