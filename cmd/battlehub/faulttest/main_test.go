package faulttest

import (
	"flag"
	"os"
	"testing"
	"time"

	"battlehub/hub"
	"battlehub/hub/proctest"
)

// testApp is the app of all tests.
const testApp hub.App = 1400000000

// patience is how long anything may take that must happen. It is long, since it matters
// only when something is broken.
const patience = 90 * time.Second

// scenariosAtOnce is how many scenarios run beside each other, unless -parallel says
// otherwise. They mostly wait, so more than there are cores do no harm.
const scenariosAtOnce = "4"

func TestMain(m *testing.M) {
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "test.parallel" })
	if !given {
		_ = flag.Set("test.parallel", scenariosAtOnce) // the flag exists and takes numbers
	}
	os.Exit(proctest.CheckLeaks(proctest.Run(m, "-race")))
}

// eventually waits until a condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	if !within(patience, holds) {
		t.Fatalf("not in time: %s", what)
	}
}

// within waits until a condition holds, and reports whether it did in time.
func within(patience time.Duration, holds func() bool) bool {
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for !holds() {
		select {
		case <-look.C:
		case <-deadline.C:
			return false
		}
	}
	return true
}
