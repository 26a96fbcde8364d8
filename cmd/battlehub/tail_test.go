package main

import (
	"context"
	"errors"
	"io"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"battlehub/hub"
	"battlehub/hub/memlog"
)

// lineWriter notes what is written and lets tests wait for it.
type lineWriter struct {
	mu      sync.Mutex
	text    strings.Builder
	written chan struct{} // signalled after each write
}

func newLineWriter() *lineWriter { return &lineWriter{written: make(chan struct{}, 1)} }

func (w *lineWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.text.Write(p)
	select {
	case w.written <- struct{}{}:
	default:
	}
	return len(p), nil
}

func (w *lineWriter) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

// await waits until the text has a part.
func (w *lineWriter) await(t *testing.T, part string) {
	t.Helper()
	patience := time.After(time.Minute)
	for !strings.Contains(w.String(), part) {
		select {
		case <-w.written:
		case <-patience:
			t.Fatalf("no %q in %q", part, w)
		}
	}
}

// tailedHub is a hub of one app on a port of its own.
func tailedHub(t *testing.T) (url string, log hub.Log) {
	t.Helper()
	embedded, err := memlog.Open(memlog.Options{App: 1400000000})
	if err != nil {
		t.Fatal(err)
	}
	h := hub.New(map[hub.App]hub.Log{1400000000: embedded}, hub.Options{Node: "n1"})
	h.Start()
	server := httptest.NewServer(h.Handler())
	t.Cleanup(func() {
		h.Close()
		server.Close()
		embedded.Close()
	})
	return server.URL, embedded
}

// startBattle appends a Start.
func startBattle(t *testing.T, log hub.Log, id, from, to string) {
	t.Helper()
	now := hub.At(time.Now())
	_, err := log.Append(t.Context(), []hub.Event{{
		ID: hub.EventID(1400000000, hub.KindStarted, id), App: 1400000000, Kind: hub.KindStarted, Battle: id,
		At: now, ReceivedAt: now, StartedAt: now, DurationMS: 3600_000,
		From: hub.Side{Room: from, Owner: "brennan"}, To: []hub.Side{{Room: to, Owner: "tandy"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
}

// runTail parses the flags and runs the subcommand until stop is called, which returns
// its error.
func runTail(t *testing.T, std stdio, args ...string) (stop func() error) {
	t.Helper()
	c := parseTail(t, args...)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- c.Run(ctx, std) }()
	stop = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	t.Cleanup(func() { stop() })
	return stop
}

func parseTail(t *testing.T, args ...string) *tailCmd {
	t.Helper()
	var c tailCmd
	parser, err := kong.New(&c, kong.Exit(func(int) { t.Fatal("kong exits") }))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(args); err != nil {
		t.Fatal(err)
	}
	return &c
}

func TestTailFollowsAHub(t *testing.T) {
	t.Parallel()
	url, log := tailedHub(t)
	startBattle(t, log, "b1", "pk-1", "pk-2")
	out, notes := newLineWriter(), newLineWriter()
	stop := runTail(t, stdio{out, notes}, "--url", url)
	out.await(t, "live     pk-1 vs pk-2            brennan vs tandy            ends in ")
	startBattle(t, log, "b2", "pk-3", "pk-4")
	out.await(t, "live     pk-3 vs pk-4            brennan vs tandy            ends in ")
	if err := stop(); err != nil {
		t.Errorf("ended with %v", err)
	}
	if got := notes.String(); got != "connected to node n1: app 1400000000, every room\n" {
		t.Errorf("notes %q", got)
	}
	if strings.Contains(out.String(), "\x1b") {
		t.Errorf("colours in %q", out)
	}
}

func TestTailOfOneRoomInJSON(t *testing.T) {
	t.Parallel()
	url, log := tailedHub(t)
	startBattle(t, log, "b1", "pk-1", "pk,2")
	startBattle(t, log, "b2", "pk-3", "pk-4")
	out, notes := newLineWriter(), newLineWriter()
	runTail(t, stdio{out, notes}, "--url", url, "--room", "pk,2", "--room", "pk-9", "--json", "--app", "1400000000")
	out.await(t, `{"type":"snapshot","battle":{"id":"b1",`)
	startBattle(t, log, "b3", "pk-3", "pk-4")
	startBattle(t, log, "b4", "pk-9", "pk-4")
	out.await(t, `"kind":"started"`)
	if got := out.String(); strings.Contains(got, `"b2"`) || strings.Contains(got, `"b3"`) || strings.Count(got, "\n") != 2 {
		t.Errorf("printed %s", got)
	}
	notes.await(t, "following pk,2, pk-9\n")
}

func TestTailFromACursor(t *testing.T) {
	t.Parallel()
	url, log := tailedHub(t)
	startBattle(t, log, "b1", "pk-1", "pk-2")
	startBattle(t, log, "b2", "pk-3", "pk-4")
	entries, err := log.Read(t.Context(), hub.Position{}, 10)
	if err != nil {
		t.Fatal(err)
	}
	after := entries[len(entries)-2].Position // b1's
	out, notes := newLineWriter(), newLineWriter()
	runTail(t, stdio{out, notes}, "--url", url, "--cursor", after.String())
	out.await(t, "pk-3 vs pk-4")
	notes.await(t, "continuing\n")
	if strings.Contains(out.String(), "pk-1") {
		t.Errorf("printed what was before the cursor: %s", out)
	}
}

func TestTailWithoutSnapshot(t *testing.T) {
	t.Parallel()
	url, log := tailedHub(t)
	startBattle(t, log, "b1", "pk-1", "pk-2")
	out, notes := newLineWriter(), newLineWriter()
	runTail(t, stdio{out, notes}, "--url", url, "--no-snapshot", "--color", "always")
	notes.await(t, "\x1b[2mconnected")
	startBattle(t, log, "b2", "pk-3", "pk-4")
	out.await(t, "\x1b[32mlive   \x1b[0m  pk-3 vs pk-4")
	if strings.Contains(out.String(), "pk-1") {
		t.Errorf("printed the snapshot: %s", out)
	}
}

func TestTailSaysWhenThereIsNoHub(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(nil)
	server.Close()
	notes := newLineWriter()
	stop := runTail(t, stdio{io.Discard, notes}, "--url", server.URL)
	notes.await(t, "connection refused; trying again in ")
	if err := stop(); err != nil {
		t.Errorf("ended with %v", err)
	}
}

func TestTailEndsWhenTheHubRefuses(t *testing.T) {
	t.Parallel()
	url, _ := tailedHub(t)
	tests := map[string]struct {
		args []string
		want string
	}{
		"wrong-url":   {[]string{"--url", "localhost:8080"}, "--url: "},
		"unknown-app": {[]string{"--url", url, "--app", "7"}, "bad_request: app: "},
		"empty-room":  {[]string{"--url", url, "--room", ""}, "bad_request: rooms: "},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := parseTail(t, test.args...).Run(t.Context(), stdio{io.Discard, io.Discard})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("ended with %v, want %s", err, test.want)
			}
		})
	}
}

// brokenWriter fails as a pipe does that nobody reads.
type brokenWriter struct{ err error }

func (w brokenWriter) Write([]byte) (int, error) { return 0, w.err }

func TestTailEndsWithItsReader(t *testing.T) {
	t.Parallel()
	url, log := tailedHub(t)
	startBattle(t, log, "b1", "pk-1", "pk-2")
	c := parseTail(t, "--url", url)
	if err := c.Run(t.Context(), stdio{brokenWriter{syscall.EPIPE}, io.Discard}); err != nil {
		t.Errorf("a closed pipe ended it with %v", err)
	}
	if err := c.Run(t.Context(), stdio{brokenWriter{syscall.ENOSPC}, io.Discard}); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("a full disk ended it with %v", err)
	}
}

func TestTailColours(t *testing.T) {
	t.Parallel()
	device, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0) // a character device, as terminals are
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { device.Close() })
	tests := map[string]struct {
		cmd  tailCmd
		out  io.Writer
		want palette
	}{
		"always":          {tailCmd{Color: "always"}, newLineWriter(), true},
		"always-no-color": {tailCmd{Color: "always", NoColor: "1"}, newLineWriter(), true}, // asked for by name
		"never":           {tailCmd{Color: "never"}, device, false},
		"auto-terminal":   {tailCmd{Color: "auto"}, device, true},
		"auto-no-color":   {tailCmd{Color: "auto", NoColor: "1"}, device, false},
		"auto-no-file":    {tailCmd{Color: "auto"}, newLineWriter(), false},
	}
	for name, test := range tests {
		if got := test.cmd.colours(test.out); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
