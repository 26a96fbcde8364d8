package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
)

// versionCmd prints the version.
type versionCmd struct{}

// Run prints the version, the toolchain and the platform in one line.
func (versionCmd) Run(std stdio) error {
	_, err := fmt.Fprintf(std.out, "battlehub %s %s %s/%s\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

// version names what this binary was built from, as the Go toolchain noted it.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	return versionOf(info)
}

// versionOf returns the module's version, and the commit and whether files had changed
// since, unless the version says so already. A build outside a checkout knows neither.
func versionOf(info *debug.BuildInfo) string {
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	v := info.Main.Version
	if v == "" || v == "(devel)" {
		v = "devel"
	}
	revision := settings["vcs.revision"]
	revision = revision[:min(12, len(revision))]
	if !strings.Contains(v, revision) {
		v += " " + revision
	}
	if settings["vcs.modified"] == "true" && !strings.HasSuffix(v, "+dirty") {
		v += "+dirty"
	}
	return v
}
