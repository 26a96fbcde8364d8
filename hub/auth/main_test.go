package auth

import (
	"os"
	"testing"

	"battlehub/hub/proctest"
)

// TestMain fails the run when goroutines of ours outlive the tests.
func TestMain(m *testing.M) { os.Exit(proctest.CheckLeaks(m.Run())) }
