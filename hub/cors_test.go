package hub_test

import (
	"net/http"
	"testing"

	"battlehub/hub"
)

// TestPreflight: a page of a configured origin may send a credential in a header, any other
// page learns nothing.
func TestPreflight(t *testing.T) {
	t.Parallel()
	n := startNode(t, hub.Options{AllowOrigins: []string{"https://mods.example.com"}, Authorize: byToken})
	for name, test := range map[string]struct {
		path, origin string
		status       int
		methods      string
	}{
		"board":          {"/v1/battles", "https://mods.example.com", 204, "GET, HEAD"},
		"events":         {"/v1/events", "https://mods.example.com", 204, "GET"},
		"tickets":        {"/v1/tickets", "https://mods.example.com", 204, "POST"},
		"another_origin": {"/v1/battles", "https://evil.example", 403, ""},
		"null":           {"/v1/battles", "null", 403, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := http.NewRequestWithContext(t.Context(), http.MethodOptions, n.url+test.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Origin", test.origin)
			r.Header.Set("Access-Control-Request-Method", "GET")
			r.Header.Set("Access-Control-Request-Headers", "authorization")
			resp, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			allowed := ""
			if test.methods != "" {
				allowed = test.origin
			}
			h := resp.Header
			if resp.StatusCode != test.status || h.Get("Access-Control-Allow-Methods") != test.methods ||
				h.Get("Access-Control-Allow-Origin") != allowed || h.Get("Access-Control-Allow-Credentials") != "" {
				t.Errorf("%d, %v", resp.StatusCode, h)
			}
		})
	}
}

// TestAnswersAreSecured: no answer, error or not, is kept, guessed to be a page or framed.
func TestAnswersAreSecured(t *testing.T) {
	t.Parallel()
	n := startNode(t, hub.Options{})
	for path, status := range map[string]int{"/v1/battles": 200, "/v1/battles?limit=x": 400, "/v1/battles/none": 404,
		"/v1/nothing": 404, "/v1/ws": 426, "/v1/tickets": 405, "/v1/events?app=7": 400} {
		resp := n.get(path, nil)
		h := resp.Header
		if resp.StatusCode != status || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" ||
			h.Get("Cache-Control") != "no-store" || h.Get("Content-Security-Policy") != "default-src 'none'; frame-ancestors 'none'" {
			t.Errorf("%s: %d, %v", path, resp.StatusCode, h)
		}
	}
}
