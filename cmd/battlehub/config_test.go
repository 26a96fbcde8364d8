package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
)

// parse reads a command line as run does, and returns the configuration of serve.
func parse(t *testing.T, args ...string) (config, error) {
	t.Helper()
	c := &cli{}
	parser, err := kong.New(c, cliOptions(t.Context(), stdio{&bytes.Buffer{}, &bytes.Buffer{}}, func(int) {})...)
	if err != nil {
		t.Fatal(err)
	}
	_, err = parser.Parse(args)
	return c.Serve.config, err
}

func writeFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDefaults(t *testing.T) {
	c, err := parse(t)
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "localhost:8080" || c.OpsListen != "localhost:8081" || c.Retention != 24*time.Hour || c.Ring != 65536 || c.Drain != 30*time.Second ||
		len(c.Apps) != 1 || c.Apps[0].SDKAppID != 1400000000 || len(c.Apps[0].WebhookToken) != 0 {
		t.Errorf("defaults %+v", c)
	}
}

func TestPrecedence(t *testing.T) {
	file := writeFile(t, "c.yaml", "listen: localhost:1\nring: 100\nretention: 2h\nallow-origin: [https://a.example, https://b.example]\nopen: true\nmax-per-ip: 3\n")
	t.Setenv("BATTLEHUB_RING", "200")
	t.Setenv("BATTLEHUB_RETENTION", "3h")
	c, err := parse(t, "serve", "--config", file, "--retention", "4h")
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "localhost:1" || c.Ring != 200 || c.Retention != 4*time.Hour || len(c.AllowOrigin) != 2 || !c.Open || c.MaxPerIP != 3 {
		t.Errorf("got %+v, want the file's listen, the environment's ring, the flag's retention", c)
	}
}

func TestSeveralApps(t *testing.T) {
	secret := writeFile(t, "token", "from-file\nand-another\n")
	file := writeFile(t, "c.yaml", "apps:\n  - sdkappid: 1400000000\n    webhook-token: [one]\n  - sdkappid: 20000001\n    webhook-token-file: ["+secret+"]\n")
	c, err := parse(t, "serve", "--config", file)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Apps) != 2 || string(c.Apps[0].WebhookToken[0]) != "one" || c.Apps[1].SDKAppID != 20000001 || len(c.Apps[1].WebhookToken) != 2 {
		t.Errorf("apps %+v", c.Apps)
	}
}

func TestSecretFromFile(t *testing.T) {
	t.Setenv("BATTLEHUB_WEBHOOK_TOKEN_FILE", writeFile(t, "token", "s3cret\n"))
	c, err := parse(t)
	if err != nil || len(c.Apps[0].WebhookToken) != 1 || string(c.Apps[0].WebhookToken[0]) != "s3cret" {
		t.Errorf("%+v, %v", c.Apps, err)
	}
}

func TestTokensForARotation(t *testing.T) {
	t.Setenv("BATTLEHUB_WEBHOOK_TOKEN", "env")
	tests := map[string]struct {
		args []string
		want string
	}{
		"environment":      {nil, "env"},
		"flags_win":        {[]string{"--webhook-token", "a", "--webhook-token", "b"}, "a b"},
		"flags_with_comma": {[]string{"--webhook-token", "a,b"}, "a b"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c, err := parse(t, test.args...)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, token := range c.Apps[0].WebhookToken {
				got = append(got, string(token))
			}
			if strings.Join(got, " ") != test.want {
				t.Errorf("tokens %q, want %q", got, test.want)
			}
		})
	}
	t.Run("empty_environment", func(t *testing.T) {
		t.Setenv("BATTLEHUB_WEBHOOK_TOKEN", "")
		if _, err := parse(t); err == nil || !strings.Contains(err.Error(), "empty") {
			t.Errorf("error %v", err)
		}
	})
	t.Run("partly_empty_environment", func(t *testing.T) {
		t.Setenv("BATTLEHUB_WEBHOOK_TOKEN", "s3cret,")
		if _, err := parse(t); err == nil || !strings.Contains(err.Error(), "empty") || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("error %v", err)
		}
	})
}

// TestRefusedConfiguration: every error names the setting, and none shows a secret.
func TestRefusedConfiguration(t *testing.T) {
	yaml := func(text string) []string { return []string{"serve", "--config", writeFile(t, "c.yaml", text)} }
	tests := map[string]struct {
		args []string
		want string
	}{
		"unknown_flag":          {[]string{"--redis"}, "--redis"},
		"beyond_loopback":       {[]string{"--listen", ":8080"}, "--open"},
		"beyond_loopback_by_ip": {[]string{"--listen", "10.0.0.1:80"}, "--open"},
		"bad_duration":          {[]string{"--retention", "soon"}, "--retention"},
		"short_retention":       {[]string{"--retention", "1s"}, "--retention"},
		"small_ring":            {[]string{"--ring", "1"}, "--ring"},
		"negative":              {[]string{"--max-sessions=-1"}, "--max-sessions"},
		"origin_with_path":      {[]string{"--allow-origin", "https://a.example/x"}, "--allow-origin"},
		"proxy":                 {[]string{"--trusted-proxy", "lb"}, "--trusted-proxy"},
		"app_zero":              {[]string{"--sdkappid", "0"}, "--sdkappid"},
		"empty_token":           {[]string{"--webhook-token", ""}, "webhook-token"},
		"token_file_missing":    {[]string{"--webhook-token-file", "/does/not/exist"}, "--webhook-token-file"},
		"token_file_empty":      {[]string{"--webhook-token-file", writeFile(t, "empty", " \n")}, "--webhook-token-file"},
		"unknown_key":           {yaml("listne: localhost:1\n"), "listne"},
		"unknown_key_of_app":    {yaml("apps: [{sdkappid: 1, token: s3cret}]\n"), "apps"},
		"apps_no_list":          {yaml("apps: 7\n"), "apps"},
		"app_twice":             {yaml("apps: [{sdkappid: 1}, {sdkappid: 1}]\n"), "sdkappid"},
		"tokens_beside_apps":    {append(yaml("apps: [{sdkappid: 1}]\n"), "--webhook-token", "s3cret"), "apps"},
		"key_without_value":     {yaml("listen:\n"), "listen"},
		"wrong_type":            {yaml("ring: many\n"), "ring"},
		"not_yaml":              {yaml("{"), "configuration file"},
		"file_missing":          {[]string{"--config", "/does/not/exist"}, "/does/not/exist"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := parse(t, test.args...)
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "s3cret") {
				t.Errorf("error %v, want one that names %s", err, test.want)
			}
		})
	}
}

func TestHelpIsForPeople(t *testing.T) {
	for _, args := range [][]string{{"--help"}, {"serve", "--help"}, {"simulate", "--help"}, {"tail", "--help"},
		{"token", "--help"}, {"token", "mint", "--help"}, {"token", "inspect", "--help"}} {
		var out, errs bytes.Buffer
		if code := run(args, stdio{&out, &errs}); code != 0 || errs.Len() > 0 || !strings.Contains(out.String(), "Usage: battlehub") {
			t.Errorf("%v: %d\n%s%s", args, code, out.String(), errs.String())
		}
	}
}
