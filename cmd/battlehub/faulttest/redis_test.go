package faulttest

import (
	"os/exec"
	"testing"
)

// redisFaults are the faults of everything that the nodes share through Redis. A scenario
// is made when its turn comes, and starts its servers then.
var redisFaults = map[string]func(t *testing.T) scenario{
	// The server.
	"kill_aof":           redisKilledWithAOF,
	"kill_empty":         redisKilledWithoutAOF,
	"kill_no_spool":      redisKilledWithoutSpool,
	"sigstop":            redisPaused,
	"maxmemory":          redisFull,
	"maxmemory_no_spool": redisFullWithoutSpool,

	// The data.
	"flushall":     redisFlushed,
	"del_log":      redisLogDeleted,
	"script_flush": redisScriptsFlushed,

	// Another server takes over.
	"replica_behind_stall":   replicaBehindShorter,
	"replica_behind_regrown": replicaBehindRegrown,
	"replicaof":              replicaOf,
	"sentinel_failover":      sentinelFailover,
	"cluster_kill":           clusterOwnerKilled,
	"cluster_failover":       clusterFailover,
	"cluster_slot_move":      clusterSlotMoved,

	// The connections.
	"client_kill_pubsub":   subscribersKilled,
	"output_buffer":        subscribersOverflow,
	"subscriber_blackhole": subscriberDeaf,
	"appender_blackhole":   appenderMute,
	"link_blackhole":       linkDead,
	"reset_peer":           connectionsReset,
	"slicer":               connectionsSliced,

	// The nodes and the clients.
	"hub_sigkill":      overRedis(2, hubKilled),
	"hub_sigstop":      overRedis(2, hubPaused(longFault)),
	"hub_before_redis": hubBeforeRedis,
	"everyone_returns": overRedis(2, everyoneReturns),
	"rolling_restart":  overRedis(3, rollingRestart),
	"calm":             overRedis(2, func(*stage) {}),
}

// TestRedis breaks what several nodes share.
func TestRedis(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("redis-server"); err != nil {
		t.Skip("redis-server is not installed: run .ci/setup.sh")
	}
	for name, fault := range redisFaults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			skipShort(t)
			play(t, "redis_"+name, fault(t))
		})
	}
}
