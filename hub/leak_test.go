package hub_test

import (
	"os"
	"testing"

	"battlehub/hub/proctest"
)

func TestMain(m *testing.M) { os.Exit(proctest.CheckLeaks(m.Run())) }
