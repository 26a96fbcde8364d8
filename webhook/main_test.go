package webhook

import (
	"os"
	"testing"

	"battlehub/hub/proctest"
)

func TestMain(m *testing.M) {
	proctest.Play(map[string]func(dir string) error{"append": childAppend, "full": childFull})
	os.Exit(m.Run())
}
