package redistest_test

import (
	"testing"

	"battlehub/hub/redislog/redistest"

	"github.com/redis/go-redis/v9"
)

func TestSentinelFailover(t *testing.T) {
	t.Parallel()
	g := redistest.StartSentinel(t)
	if g.Current() != g.Master {
		t.Fatalf("the master is %s instead of %s", g.Current().Addr, g.Master.Addr)
	}
	g.Master.Do("SET", "kept", "value")
	for _, r := range g.Replicas {
		g.Master.WaitSynced(r)
	}
	for range 2 {
		old := g.Current()
		now := g.Failover()
		if now == old || now != g.Current() {
			t.Fatalf("%s was replaced by %s, and the master is %s", old.Addr, now.Addr, g.Current().Addr)
		}
	}
	if got := getByFailoverURL(t, g.URL(), "kept"); got != "value" {
		t.Errorf("GET: %q", got)
	}
}

func TestSentinelReplacesKilledMaster(t *testing.T) {
	t.Parallel()
	g := redistest.StartSentinel(t)
	g.Master.Kill()
	now := g.WaitMaster(g.Master)
	now.Do("SET", "kept", "value")
	g.Sentinels[0].Kill()
	if g.Current() != now {
		t.Errorf("without its first sentinel, the master is %s instead of %s", g.Current().Addr, now.Addr)
	}
	if got := getByFailoverURL(t, g.URL(), "kept"); got != "value" {
		t.Errorf("GET: %q", got)
	}
}

func getByFailoverURL(t *testing.T, url, key string) string {
	t.Helper()
	opt, err := redis.ParseFailoverURL(url)
	if err != nil {
		t.Fatal(err)
	}
	c := redis.NewFailoverClient(opt)
	defer c.Close()
	v, err := c.Get(t.Context(), key).Result()
	if err != nil {
		t.Fatal(err)
	}
	return v
}
