package main

import (
	"bytes"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
)

func TestVersionTellsWhatTheToolchainKnows(t *testing.T) {
	t.Parallel()
	const revision = "876f807abcde0123456789abcdef0123456789ab"
	tests := map[string]struct {
		module, revision, modified string
		want                       string
	}{
		"release":          {"v1.2.0", revision, "false", "v1.2.0 876f807abcde"},
		"untagged":         {"v0.0.0-20261123160800-876f807abcde", revision, "false", "v0.0.0-20261123160800-876f807abcde"},
		"untagged-dirty":   {"v0.0.0-20261123160800-876f807abcde+dirty", revision, "true", "v0.0.0-20261123160800-876f807abcde+dirty"},
		"checkout":         {"(devel)", revision, "false", "devel 876f807abcde"},
		"checkout-dirty":   {"(devel)", revision, "true", "devel 876f807abcde+dirty"},
		"outside-checkout": {"", "", "", "devel"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			info := &debug.BuildInfo{
				Main:     debug.Module{Version: test.module},
				Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: test.revision}, {Key: "vcs.modified", Value: test.modified}},
			}
			if got := versionOf(info); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

func TestVersionCommandPrintsOneLine(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := (versionCmd{}).Run(stdio{out: &out}); err != nil {
		t.Fatal(err)
	}
	line := out.String()
	if !strings.HasPrefix(line, "battlehub ") || strings.Count(line, "\n") != 1 || !strings.Contains(line, runtime.Version()) {
		t.Errorf("%q", line)
	}
}
