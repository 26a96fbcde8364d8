package webhook

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestNamesOfTheQuery(t *testing.T) {
	t.Parallel()
	const create, start = "Live.CallbackAfterCreateBattle", "Live.CallbackAfterStartBattle"
	packet := packetFile(t, "create.json")
	silent := `{` + packet[len(`{"CallbackCommand":"Live.CallbackAfterCreateBattle",`):]
	webhook := `{"WebhookCommand":"` + create + `",` + silent[1:]
	for name, c := range map[string]struct {
		query, body string
		status      int
	}{
		"battle_pages":           {"SdkAppid=1400000000&CallbackCommand=" + create + "&contenttype=json", packet, 200},
		"overview":               {"SdkAppId=1400000000&WebhookCommand=" + create + "&contenttype=JSON", packet, 200},
		"lower_case":             {"sdkappid=1400000000&callbackcommand=" + create + "&contenttype=Json", packet, 200},
		"upper_case":             {"SDKAPPID=1400000000&CALLBACKCOMMAND=" + create + "&CONTENTTYPE=json", packet, 200},
		"same_twice":             {"SdkAppid=1400000000&SdkAppId=1400000000&contenttype=json&contenttype=json", packet, 200},
		"empty_counts_as_absent": {"SdkAppid=1400000000&SdkAppId=&CallbackCommand=&contenttype=", packet, 200},
		"command_in_url_only":    {"SdkAppid=1400000000&CallbackCommand=" + create, silent, 200},
		"command_in_body_only":   {"SdkAppid=1400000000", packet, 200},
		"overview_name_in_body":  {"SdkAppid=1400000000&CallbackCommand=" + create, webhook, 200},
		"command_nowhere":        {"SdkAppid=1400000000", silent, 400},
		"url_against_body":       {"SdkAppid=1400000000&CallbackCommand=" + start, packet, 400},
		"url_against_url":        {"SdkAppid=1400000000&CallbackCommand=" + create + "&WebhookCommand=" + start, silent, 400},
		"body_against_body":      {"SdkAppid=1400000000", `{"WebhookCommand":"` + start + `",` + packet[1:], 400},
		"bad_escape_elsewhere":   {"SdkAppid=1400000000&ClientIP=fe80::1%eth0", packet, 200},
		"app_over_64_bits":       {"SdkAppid=18446744073709551617", packet, 403},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantAnswer(t, post(handler(newMapLog()), c.query, c.body), c.status)
		})
	}
}

// TestContentTypeHeaderIsIgnored: which one Tencent sends is not documented.
func TestContentTypeHeaderIsIgnored(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest(http.MethodPost, "/webhook?"+appQuery, strings.NewReader(packetFile(t, "create.json")))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	handler(newMapLog()).ServeHTTP(w, r)
	wantAnswer(t, w.Result(), http.StatusOK)
}

func TestAgree(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		values []string
		value  string
		ok     bool
	}{
		"none":      {nil, "", true},
		"one":       {[]string{"a"}, "a", true},
		"same":      {[]string{"a", "", "a"}, "a", true},
		"differ":    {[]string{"a", "", "b"}, "", false},
		"all_empty": {[]string{"", ""}, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if value, ok := agree(c.values...); value != c.value || ok != c.ok {
				t.Errorf("agree(%q) = %q, %v, want %q, %v", c.values, value, ok, c.value, c.ok)
			}
		})
	}
}
