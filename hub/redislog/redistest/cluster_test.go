package redistest_test

import (
	"fmt"
	"testing"

	"battlehub/hub/redislog/redistest"

	"github.com/redis/go-redis/v9"
)

// keys are of one slot, and too many for one MIGRATE.
const keys = 250

func TestClusterMovesSlot(t *testing.T) {
	t.Parallel()
	c := redistest.StartCluster(t)
	client := clusterClient(t, c)
	writeKeys(t, client)
	from := c.Owner(keyOf(0))
	to := c.MoveSlot(keyOf(0))
	if to == from || c.Owner(keyOf(0)) != to {
		t.Fatalf("moved from %s to %s, and the owner is %s", from.Addr, to.Addr, c.Owner(keyOf(0)).Addr)
	}
	readKeys(t, client)
}

func TestClusterFailover(t *testing.T) {
	t.Parallel()
	c := redistest.StartCluster(t)
	client := clusterClient(t, c)
	writeKeys(t, client)
	old := c.Owner(keyOf(0))
	replica := c.ReplicaOf(old)
	c.Failover(keyOf(0))
	if c.Owner(keyOf(0)) != replica {
		t.Fatalf("the owner is %s instead of %s", c.Owner(keyOf(0)).Addr, replica.Addr)
	}
	if c.ReplicaOf(replica) != old {
		t.Fatalf("the new owner's replica is %s", c.ReplicaOf(replica).Addr)
	}
	readKeys(t, client)
}

func TestClusterReplacesKilledOwner(t *testing.T) {
	t.Parallel()
	c := redistest.StartCluster(t)
	writeKeys(t, clusterClient(t, c))
	old := c.Owner(keyOf(0))
	replica := c.ReplicaOf(old)
	old.WaitSynced(replica)
	old.Kill()
	if c.Owner(keyOf(0)) != replica {
		t.Fatalf("the owner is %s instead of %s", c.Owner(keyOf(0)).Addr, replica.Addr)
	}
	// A new client, for the old one asks the dead owner a few times before it learns.
	readKeys(t, clusterClient(t, c))
	old.Start()
	replica.WaitSynced(old)
}

func clusterClient(t *testing.T, c *redistest.Cluster) *redis.ClusterClient {
	t.Helper()
	opt, err := redis.ParseClusterURL(c.URL())
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClusterClient(opt)
	t.Cleanup(func() { client.Close() })
	return client
}

func keyOf(i int) string { return fmt.Sprintf("{slot}:%d", i) }

func writeKeys(t *testing.T, client *redis.ClusterClient) {
	t.Helper()
	for i := range keys {
		if err := client.Set(t.Context(), keyOf(i), i, 0).Err(); err != nil {
			t.Fatal(err)
		}
	}
}

func readKeys(t *testing.T, client *redis.ClusterClient) {
	t.Helper()
	for i := range keys {
		got, err := client.Get(t.Context(), keyOf(i)).Int()
		if err != nil || got != i {
			t.Fatalf("GET %s: %d, %v", keyOf(i), got, err)
		}
	}
}
