package faulttest

import (
	"testing"
	"time"
)

// embeddedFaults are the faults of one node that keeps its log on its own disk.
var embeddedFaults = map[string]scenario{
	"hub_sigkill":      {fault: hubKilled},
	"hub_sigterm":      {fault: hubStopped},
	"hub_sigstop":      {fault: hubPaused(3 * time.Second)},
	"everyone_returns": {fault: everyoneReturns},
	"slow_clients":     {fault: slowClients, rate: 100},
	"calm":             {fault: func(*stage) {}}, // tells a fault of the hub from one of the harness
}

// TestEmbedded breaks a node that needs no other server.
func TestEmbedded(t *testing.T) {
	t.Parallel()
	for name, sc := range embeddedFaults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			skipShort(t)
			play(t, "embedded_"+name, sc)
		})
	}
}
