package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"battlehub/hub"
)

// apiRequest is what is asked of a running hub, and the status that is due.
type apiRequest struct {
	of     *app
	path   string // as documented
	target string // what is asked for; the same if empty
	method string // GET if empty
	header string // "Name: value", one a line
	body   string
	status int
}

// TestAPIAnswers asks running hubs for every path, rightly and wrongly, and compares the
// answers with what is documented.
func TestAPIAnswers(t *testing.T) {
	t.Parallel()
	d := readAPI(t, "openapi.yaml")
	a := startApp(t, nil)
	full := startApp(t, func(c *config) { c.WebhookToken, c.MaxPerIP = secrets{"token"}, 1 })
	defer openEvents(t, "http://"+full.Addr().String()).Body.Close()
	guarded := startApp(t, func(c *config) {
		c.JWTSecret, c.PublicURL = secrets{jwtSecret}, "https://hub.example"
		c.OIDCIssuer, c.OIDCClientID, c.OIDCModerator = "http://127.0.0.1:1", "hub", []string{"mods"}
	})
	const own, good = "Origin: https://hub.example", "Content-Type: application/json"
	token := fmt.Sprintf(`{"token":%q}`, strings.TrimPrefix(mint(t, hub.Grant{User: "ann", Rooms: []string{"pk-3"}}), "Bearer "))
	leaving := startApp(t, nil)
	leaving.draining.Store(true)
	leaving.hub.Drain(t.Context(), 0)

	const hook = "/webhook?SDKAPPID=1400000000"
	battle := sendDocumentedPackets(t, d, a, hook)
	asked := map[string]bool{}
	for _, r := range []apiRequest{
		{of: a, path: "/webhook", method: "POST", body: "{}", status: 403},
		{of: a, path: "/webhook", target: hook, status: 405},
		{of: a, path: "/webhook", target: hook, method: "POST", body: "[", status: 400},
		{of: a, path: "/webhook", target: hook, method: "POST", body: strings.Repeat(" ", 1<<20+1), status: 413},
		{of: a, path: "/webhook", target: hook + "&contenttype=xml", method: "POST", body: "{}", status: 415},
		{of: full, path: "/webhook", target: hook, method: "POST", body: "{}", status: 401},
		{of: a, path: "/v1/battles", status: 200},
		{of: a, path: "/v1/battles", target: "/v1/battles?limit=1", status: 200},
		{of: a, path: "/v1/battles", target: "/v1/battles?limit=0", status: 400},
		{of: a, path: "/v1/battles", header: "Origin: https://elsewhere.example", status: 403},
		{of: a, path: "/v1/battles", method: "POST", status: 405},
		{of: a, path: "/v1/battles/{id}", target: "/v1/battles/" + url.PathEscape(battle), status: 200},
		{of: a, path: "/v1/battles/{id}", target: "/v1/battles/b?app=7", status: 400},
		{of: a, path: "/v1/battles/{id}", target: "/v1/battles/none", status: 404},
		{of: a, path: "/v1/history", target: "/v1/history?room=pk-3", status: 200},
		{of: a, path: "/v1/history", target: "/v1/history?owner=brennan&limit=1", status: 200},
		{of: a, path: "/v1/history", status: 400},
		{of: a, path: "/v1/history", method: "POST", status: 405},
		{of: guarded, path: "/v1/history", target: "/v1/history?room=pk-3", status: 401},
		{of: guarded, path: "/v1/history", target: "/v1/history?room=pk-9", header: "Authorization: " + mint(t, hub.Grant{User: "ann", Rooms: []string{"pk-3"}}), status: 403},
		{of: a, path: "/v1/source", status: 200},
		{of: a, path: "/v1/source", target: "/v1/source?app=7", status: 400},
		{of: a, path: "/v1/source", method: "POST", status: 405},
		{of: guarded, path: "/v1/source", status: 401},
		{of: guarded, path: "/v1/source", header: "Authorization: " + mint(t, hub.Grant{User: "ann", Rooms: []string{"pk-3"}}), status: 403},
		{of: a, path: "/v1/tickets", method: "POST", status: 200},
		{of: a, path: "/v1/tickets", status: 405},
		{of: a, path: "/v1/session", status: 200},
		{of: a, path: "/v1/session", method: "PUT", status: 405},
		{of: guarded, path: "/v1/session", status: 401},
		{of: guarded, path: "/v1/session", header: "Authorization: " + mint(t, hub.Grant{User: "ann", Rooms: []string{"pk-3"}, Apps: []hub.App{7}}), status: 200},
		{of: guarded, path: "/v1/session", method: "POST", header: own + "\n" + good, body: token, status: 200},
		{of: guarded, path: "/v1/session", method: "POST", header: own + "\n" + good, body: "{}", status: 400},
		{of: guarded, path: "/v1/session", method: "POST", header: own + "\n" + good, body: `{"token":"x"}`, status: 401},
		{of: guarded, path: "/v1/session", method: "POST", header: good, body: token, status: 403},
		{of: guarded, path: "/v1/session", method: "POST", header: own + "\n" + good, body: strings.Repeat(" ", 1<<14+1), status: 413},
		{of: guarded, path: "/v1/session", method: "POST", header: own, body: token, status: 415},
		{of: guarded, path: "/v1/session", method: "DELETE", header: own, status: 204},
		{of: guarded, path: "/v1/session", method: "DELETE", status: 403},
		{of: guarded, path: "/v1/signin/oidc", status: 502},
		{of: a, path: "/v1/signin/oidc", status: 404},
		{of: guarded, path: "/v1/signin/callback", status: 400},
		{of: a, path: "/v1/signin/callback", status: 404},
		{of: a, path: "/v1/ws", status: 426},
		{of: a, path: "/v1/events", status: 200},
		{of: a, path: "/v1/events", target: "/v1/events?room=", status: 400},
		{of: full, path: "/v1/events", status: 429},
		{of: leaving, path: "/v1/events", status: 503},
		{of: a, path: "/", status: 200},
		{of: a, path: "/", header: "If-None-Match: *", status: 304},
		{of: a, path: "/", method: "POST", status: 405},
		{of: a, path: "/client/battlehub.js", status: 200},
		{of: a, path: "/examples/owner.html", status: 200},
		{of: a, path: "/openapi.yaml", status: 200},
		{of: a, path: "/asyncapi.yaml", status: 200},
		{of: a, path: "/metrics", status: 200},
		{of: a, path: "/livez", status: 200},
		{of: a, path: "/readyz", status: 200},
		{of: leaving, path: "/readyz", status: 503},
	} {
		asked[r.path] = true
		compareAnswer(t, d, r)
	}
	wantSet(t, "paths", slices.Collect(maps.Keys(d.at("paths"))), slices.Collect(maps.Keys(asked)))
}

// sendDocumentedPackets sends the packets that the document shows and waits until the board
// has them. It returns the id of the battle that the document is about.
func sendDocumentedPackets(t *testing.T, d apiDocument, a *app, hook string) string {
	t.Helper()
	packets := d.at("paths", "/webhook", "post", "requestBody", "content", "application/json", "examples")
	for _, name := range slices.Sorted(maps.Keys(packets)) {
		body, err := json.Marshal(packets[name].(object)["value"])
		if err != nil {
			t.Fatal(err)
		}
		compareAnswer(t, d, apiRequest{of: a, path: "/webhook", target: hook, method: "POST", body: string(body), status: 200})
	}
	battle := packets["end"].(object)["value"].(object)["BattleId"].(string)
	waitFor(t, "the documented battle", func() bool {
		_, body := fetch(t, "http://"+a.Addr().String()+"/v1/battles?state=ended")
		return strings.Contains(body, battle) && strings.Count(body, `"outcome"`) == 2
	})
	return battle
}

// compareAnswer compares status, headers, type and body of an answer with the document.
func compareAnswer(t *testing.T, d apiDocument, r apiRequest) {
	t.Helper()
	where := strings.TrimSpace(r.method + " " + r.path + " " + http.StatusText(r.status))
	resp := ask(t, d, r)
	defer resp.Body.Close()
	var operation object
	for _, method := range []string{strings.ToLower(r.method), "get", "post"} { // another's 405 stands with these
		if operation == nil {
			operation = d.at("paths", r.path, method)
		}
	}
	responses, _ := operation["responses"].(object)
	documented, _ := responses[strconv.Itoa(resp.StatusCode)].(object)
	if resp.StatusCode != r.status || documented == nil {
		t.Errorf("%s: status %d, documented: %t", where, resp.StatusCode, documented != nil)
		return
	}
	documented = d.follow(documented)
	headers, _ := documented["headers"].(object)
	for name := range headers {
		if name != "Access-Control-Allow-Origin" && resp.Header.Get(name) == "" {
			t.Errorf("%s: no header %s", where, name)
		}
	}
	contents, _ := documented["content"].(object)
	mediaType, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	content, ok := contents[mediaType].(object)
	if !ok && len(contents) > 0 {
		t.Errorf("%s: content of type %q", where, mediaType)
	}
	if strings.HasSuffix(mediaType, "json") {
		var v any
		if err := json.NewDecoder(resp.Body).Decode(&v); err != nil {
			t.Errorf("%s: %v", where, err)
		}
		report(t, d.faults(where, content["schema"].(object), v))
	}
}

// ask sends a request to the server that the document names for the path.
func ask(t *testing.T, d apiDocument, r apiRequest) *http.Response {
	t.Helper()
	addr := r.of.Addr()
	if d.at("paths", r.path)["servers"] != nil {
		addr = r.of.OpsAddr()
	}
	req, err := http.NewRequestWithContext(t.Context(), cmp.Or(r.method, "GET"), "http://"+addr.String()+cmp.Or(r.target, r.path),
		strings.NewReader(r.body))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(r.header) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		req.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	return resp
}

func openEvents(t *testing.T, base string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", base+"/v1/events?cursor=none", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatal(resp, err)
	}
	return resp
}
