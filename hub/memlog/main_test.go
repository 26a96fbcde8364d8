package memlog

import (
	"os"
	"testing"

	"battlehub/hub/proctest"
)

func TestMain(m *testing.M) {
	proctest.Play(map[string]func(dir string) error{"append": childAppend, "hold": childHold, "full": childFull})
	os.Exit(m.Run())
}
