package redislog

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// Durability is what a successful Append promises of an event. Each mode needs settings of
// Redis, which settings.go checks: nothing is acknowledged while they contradict it.
type Durability string

// The modes.
const (
	// Fast: the master has it. A master that dies at once may take it along, but for what
	// the nodes have seen of it and append again.
	Fast Durability = "fast"
	// Disk: the master has synced it to its disk. Redis does so before it replies under
	// appendonly yes and appendfsync always.
	Disk Durability = "disk"
	// Replicated: a replica has it, too. Redis replicates behind its back, so a failover to
	// another replica can still lose it; min-replicas-to-write bounds for how long a
	// master that is cut off takes what will be lost.
	Replicated Durability = "replicated"
)

func (d Durability) validate() error {
	switch d {
	case Fast, Disk, Replicated:
		return nil
	}
	return fmt.Errorf("durability %q: want %s, %s or %s", d, Fast, Disk, Replicated)
}

// replicaTimeout is how long a replica has to confirm; it must be shorter than the time-out
// of an append's connection.
const replicaTimeout = appendTimeout * 4 / 5

// wait adds the condition of the mode to an append, or returns nil if there is none.
func (d Durability) wait(ctx context.Context, pipe redis.Pipeliner) *redis.Cmd {
	if d != Replicated {
		return nil
	}
	return pipe.Do(ctx, "WAIT", 1, replicaTimeout.Milliseconds())
}

// verdict is what Redis' settings are worth for a mode.
type verdict struct {
	refuses error // nothing may be acknowledged
	warns   error // not refuses, but what was kept may be lost
}

// settingsEvery is how often the settings are looked at. Somebody may change them at any
// time, and a failover brings another server's.
const settingsEvery = 5 * time.Second
