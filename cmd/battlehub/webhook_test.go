package main

import (
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
)

func TestWebhookSettings(t *testing.T) {
	file := writeFile(t, "c.yaml", "webhook-path: /webhook/from-file\nwebhook-allow: [203.0.113.0/24, 2001:db8::7]\n")
	t.Setenv("BATTLEHUB_WEBHOOK_ALLOW", "198.51.100.9,::ffff:192.0.2.1")
	tests := map[string]struct {
		args        []string
		path, allow string
	}{
		"defaults":    {nil, "/webhook", "198.51.100.9/32 192.0.2.1/32"},
		"file":        {[]string{"serve", "--config", file}, "/webhook/from-file", "198.51.100.9/32 192.0.2.1/32"},
		"flags":       {[]string{"--webhook-path=/a/B-c_d.e~f", "--webhook-allow=10.0.0.0/8", "--webhook-allow=::1"}, "/a/B-c_d.e~f", "10.0.0.0/8 ::1/128"},
		"like_others": {[]string{"--webhook-path=/v1beta"}, "/v1beta", "198.51.100.9/32 192.0.2.1/32"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c, err := parse(t, test.args...)
			if err != nil {
				t.Fatal(err)
			}
			prefixes, err := c.allowed()
			var allow []string
			for _, p := range prefixes {
				allow = append(allow, p.String())
			}
			if string(c.WebhookPath) != test.path || strings.Join(allow, " ") != test.allow || err != nil {
				t.Errorf("path %s, allowed %v (%v)", string(c.WebhookPath), allow, err)
			}
		})
	}
}

// TestRefusedWebhookPaths: the errors say what is wrong and do not show the path.
func TestRefusedWebhookPaths(t *testing.T) {
	for name, test := range map[string]struct{ path, want string }{
		"relative":       {"s3cret", "begin with /"},
		"whole_url":      {"https://hub.example.com/s3cret", "begin with /"},
		"root":           {"/", "something else"},
		"sessions":       {"/v1/s3cret", "something else"},
		"client":         {"/client/s3cret", "something else"},
		"page":           {"/dashboard/s3cret", "something else"},
		"document":       {"/openapi.yaml", "something else"},
		"two_slashes":    {"//s3cret", "something else"},
		"inner_slashes":  {"/webhook//s3cret", "leave out"},
		"slash_at_end":   {"/webhook/s3cret/", "leave out"},
		"climbing":       {"/webhook/../s3cret", "leave out"},
		"dot":            {"/webhook/./s3cret", "leave out"},
		"query":          {"/webhook?key=s3cret", "use only"},
		"fragment":       {"/webhook#s3cret", "use only"},
		"escaped":        {"/webhook/%73s3cret", "use only"},
		"wildcard":       {"/webhook/{s3cret}", "use only"},
		"space":          {"/webhook/s3cret ", "use only"},
		"not_ascii":      {"/webhook/s3crét-s3cret", "use only"},
		"host_and_path":  {"hub.example.com/s3cret", "begin with /"},
		"method_pattern": {"POST /webhook/s3cret", "begin with /"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parse(t, "--webhook-path="+test.path)
			if err == nil || !strings.Contains(err.Error(), "--webhook-path") || !strings.Contains(err.Error(), test.want) ||
				strings.Contains(err.Error(), "s3cret") {
				t.Errorf("error %v, want %q", err, test.want)
			}
		})
	}
}

func TestRefusedWebhookAddresses(t *testing.T) {
	for _, allow := range []string{"tencent.com", "203.0.113.0/33", "::ffff:10.0.0.0/104", "fe80::1%eth0", ""} {
		if _, err := parse(t, "--webhook-allow=10.0.0.1", "--webhook-allow="+allow); err == nil || !strings.Contains(err.Error(), "--webhook-allow") {
			t.Errorf("%q: error %v", allow, err)
		}
	}
	t.Setenv("BATTLEHUB_WEBHOOK_ALLOW", "") // would let in everybody
	if _, err := parse(t); err == nil || !strings.Contains(err.Error(), "--webhook-allow") {
		t.Errorf("empty variable: error %v", err)
	}
}

// TestWebhookPathLeavesTheOthersAlone: whatever is documented to be served can be no path of
// webhooks, so that nothing gets in the way of anything.
func TestWebhookPathLeavesTheOthersAlone(t *testing.T) {
	t.Parallel()
	for path, item := range readAPI(t, "openapi.yaml").at("paths") {
		if onOps := item.(object)["get"] != nil && item.(object)["servers"] != nil; onOps || path == defaultWebhookPath {
			continue
		}
		if wrong := wrongWithPath(strings.ReplaceAll(path, "{id}", "b")); wrong == "" {
			t.Errorf("webhooks may arrive at %s", path)
		}
	}
}

// postPath sends a Create webhook to a path, said to be forwarded for an address.
func postPath(t *testing.T, url, forwarded string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"?SdkAppid=1400000000",
		strings.NewReader(strings.Replace(createPacket, "%q", `"b1"`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Forwarded-For", forwarded)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode
}

func TestWebhookAtAnotherPath(t *testing.T) {
	t.Parallel()
	a := startApp(t, func(c *config) { c.WebhookPath = "/webhook/gu3ssless" })
	base := "http://" + a.Addr().String()
	for path, want := range map[string]int{
		"/webhook/gu3ssless": 200, "/webhook": 404, "/webhook/": 404, "/webhook/guess": 404, "/webhook/gu3ssless/": 404,
	} {
		if code := postPath(t, base+path, ""); code != want {
			t.Errorf("%s answers %d, want %d", path, code, want)
		}
	}
	if code := status(t, base+"/webhook"); code != http.StatusNotFound {
		t.Errorf("GET /webhook answers %d", code)
	}
}

// TestWebhookFromAllowedAddresses: the source is what --trusted-proxy makes of it, as for
// sessions.
func TestWebhookFromAllowedAddresses(t *testing.T) {
	t.Parallel()
	strict := startApp(t, func(c *config) { c.WebhookAllow = []string{"203.0.113.0/24"} })
	proxied := startApp(t, func(c *config) { c.WebhookAllow, c.TrustedProxy = []string{"203.0.113.0/24"}, []string{"127.0.0.1"} })
	local := startApp(t, func(c *config) { c.WebhookAllow = []string{"127.0.0.1"} })
	for name, test := range map[string]struct {
		to        *app
		forwarded string
		want      int
	}{
		"stranger":              {strict, "", 401},
		"untrusted_header":      {strict, "203.0.113.9", 401},
		"behind_proxy":          {proxied, "203.0.113.9", 200},
		"stranger_behind_proxy": {proxied, "198.51.100.9", 401},
		"direct":                {local, "", 200},
	} {
		if code := postPath(t, "http://"+test.to.Addr().String()+"/webhook", test.forwarded); code != test.want {
			t.Errorf("%s: %d, want %d", name, code, test.want)
		}
	}
	_, metrics := fetch(t, "http://"+strict.OpsAddr().String()+"/metrics")
	if !strings.Contains(metrics, `battlehub_webhook_signature_rejections_total{reason="address"} 2`) {
		t.Error("the metrics do not tell of the addresses")
	}
}

// TestWebhookPathIsNotShown: neither the welcome nor the log, at its most talkative, tells the
// path; a container keeps both.
func TestWebhookPathIsNotShown(t *testing.T) {
	t.Parallel()
	p := startProcess(t, "--webhook-path=/webhook/gu3ssless", "--webhook-allow=192.0.2.1", "--log-level=debug", "--drain=0s")
	waitFor(t, "the welcome", func() bool { return strings.Contains(p.Output.String(), "simulate --url") })
	if code := postPath(t, p.base+"/webhook/gu3ssless", ""); code != http.StatusUnauthorized {
		t.Errorf("answered %d", code)
	}
	waitFor(t, "the refusal", func() bool {
		return strings.Contains(p.Output.String(), "127.0.0.1, which --webhook-allow does not name")
	})
	p.Signal(syscall.SIGTERM)
	_ = p.Wait()
	out := p.Output.String()
	if strings.Contains(out, "gu3ssless") || !strings.Contains(out, "/… ") {
		t.Errorf("the path is shown, or nothing in its place:\n%s", out)
	}
}
