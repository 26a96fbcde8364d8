// Package webtest tests the page in a real Chromium against a real hub: the binary,
// started as a process. The JavaScript client has tests of its own, in client/tests.
package webtest

import (
	"os"
	"testing"
	"time"

	"battlehub/hub/proctest"
)

// patience is how long a condition may take to come true. It is far more than is needed:
// a loaded machine must not fail a test.
const patience = 90 * time.Second

func TestMain(m *testing.M) { os.Exit(proctest.Run(m)) }
