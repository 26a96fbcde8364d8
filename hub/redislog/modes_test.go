package redislog

import (
	"fmt"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"battlehub/hub"
	"battlehub/hub/logtest"
	"battlehub/hub/redislog/redistest"
)

// leastRights are what a user of Redis needs for battlehub, as the README has it.
const leastRights = "resetkeys ~bh:* resetchannels &bh:* -@all " +
	"+hello +ping +client|setname +role +info +time +config|get " +
	"+eval +evalsha +get +getdel +set +del +hget +hset +hmget +llen +lrange +rpush +pexpire " +
	"+xadd +xrange +xrevrange +xtrim +xlen +memory|usage +publish +subscribe +wait"

// rightsInACluster are what it needs besides in a Cluster.
const rightsInACluster = " +cluster|slots +cluster|shards +command +readonly +spublish +ssubscribe"

// TestLeastRights runs a log by a user who may do nothing else, and has a password.
func TestLeastRights(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	s.Do(append([]any{"ACL", "SETUSER", "hub", "on", ">pa:ss/word"}, words(leastRights)...)...)
	s.Do("ACL", "SETUSER", "default", "off")
	url := strings.Replace(s.URL(), "redis://", "redis://hub:pa%3Ass%2Fword@", 1)
	useLog(t, openLog(t, Options{URL: hub.Secret(url)}))
}

// TestLeastRightsInACluster does so in a Cluster.
func TestLeastRightsInACluster(t *testing.T) {
	t.Parallel()
	c := redistest.StartCluster(t)
	for _, n := range c.Nodes {
		n.Do(append([]any{"ACL", "SETUSER", "hub", "on", ">secret"}, words(leastRights+rightsInACluster)...)...)
	}
	url := strings.Replace(c.URL(), "redis://", "redis://hub:secret@", 1)
	useLog(t, openLog(t, Options{URL: hub.Secret(url), Mode: Cluster}))
}

func words(text string) (words []any) {
	for _, w := range strings.Fields(text) {
		words = append(words, w)
	}
	return words
}

// TestFewerRights: without INFO, ROLE and CONFIG a log works, with the tags alone to tell a
// rewritten history by.
func TestFewerRights(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	few := strings.NewReplacer("+info ", "", "+role ", "", "+config|get ", "").Replace(leastRights)
	s.Do(append([]any{"ACL", "SETUSER", "hub", "on", ">secret"}, words(few)...)...)
	url := strings.Replace(s.URL(), "redis://", "redis://hub:secret@", 1)
	l := openLog(t, Options{URL: hub.Secret(url)})
	useLog(t, l)
	s.Do("FLUSHALL")
	waitFor(t, "it is given back", func() bool { return s.Do("XLEN", l.keys.log).(int64) >= 21 })
}

// TestTLS demands a certificate of both sides.
func TestTLS(t *testing.T) {
	t.Parallel()
	s, config, _ := redistest.StartTLS(t)
	useLog(t, openLog(t, Options{URL: hub.Secret(s.URL()), TLS: config}))
}

// useLog tries all that a log does with Redis.
func useLog(t *testing.T, l *Log) {
	t.Helper()
	w := follow(t, l)
	told := mustAppend(t, l, newEvents(0, 20)...)
	mustAppend(t, l, newEvent(3)) // a repeat
	waitFor(t, "all events", func() bool { return w.sawAll(newEvents(0, 20)) })
	if found, err := l.Find(t.Context(), []string{newEvent(3).ID}); err != nil || len(found) != 1 || len(found[0].Repeats) != 1 {
		t.Errorf("Find: %+v, %v", found, err)
	}
	checkOnce(t, logtest.ReadAll(t, l, hub.Position{}), newEvents(0, 20))
	saveBoard(t, l, told[9].Position)
	if p, board, err := l.LoadBoard(t.Context()); err != nil || p != told[9].Position || string(board) != "board" {
		t.Errorf("LoadBoard: %v, %q, %v", p, board, err)
	}
	c, err := l.appends.master(t.Context(), l.keys.log)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.trimOnce(t.Context(), c, told[5].Published.Time); err != nil {
		t.Errorf("trim: %v", err)
	}
	if err := l.beat(t.Context()); err != nil {
		t.Errorf("beat: %v", err)
	}
	l.inspect(t.Context())
	if l.settings.Load() == nil {
		t.Error("its Redis' settings are not known")
	}
	if _, err := l.appends.master(t.Context(), l.keys.log); err != nil {
		t.Error(err)
	}
}

// TestSeveralApps: in a Cluster, apps spread over the servers, and none sees another's.
func TestSeveralApps(t *testing.T) {
	t.Parallel()
	c := redistest.StartCluster(t)
	owners := map[*redistest.Server]bool{}
	for i := range 8 {
		app := hub.App(20000001 + i)
		l, err := Open(Options{App: app, URL: hub.Secret(c.URL()), Mode: Cluster})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = l.Close() })
		w := follow(t, l)
		e := newEvent(i)
		e.App, e.ID = app, hub.EventID(app, e.Kind, e.Battle)
		mustAppend(t, l, e)
		waitFor(t, "its event", func() bool { return w.has(e) })
		owners[c.Owner(l.keys.log)] = true
		if entries := logtest.ReadAll(t, l, hub.Position{}); len(entries) != 2 || entries[1].Event.App != app {
			t.Errorf("app %v: %d entries: want its own event and the epoch's", app, len(entries))
		}
	}
	if len(owners) < 2 {
		t.Error("all apps are on one server")
	}
}

// TestBadOptions are told at once, and never show the password.
func TestBadOptions(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		o    Options
		says string
	}{
		"Scheme":     {Options{URL: "http://:secret@localhost"}, "scheme"},
		"Escape":     {Options{URL: "redis://:secret%zz@localhost"}, "escape"},
		"Port":       {Options{URL: "redis://:secret@localhost:port"}, "port"},
		"Mode":       {Options{URL: "redis://localhost", Mode: "x"}, "mode"},
		"MasterName": {Options{URL: "redis://:secret@localhost", Mode: Sentinel}, "master_name"},
		"Durability": {Options{URL: "redis://localhost", Durability: "x"}, "durability"},
	}
	for name, c := range cases {
		_, err := Open(c.o)
		if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestReplicaIsRefused: a URL that leads to a replica gives old entries and takes none.
func TestReplicaIsRefused(t *testing.T) {
	t.Parallel()
	replica := redistest.Start(t).Replica()
	l := openLog(t, Options{URL: hub.Secret(replica.URL())})
	if _, err := l.Append(t.Context(), newEvents(0, 1)); err == nil || !strings.Contains(err.Error(), errReplica.Error()) {
		t.Errorf("Append to a replica: %v", err)
	}
	if _, err := l.Read(t.Context(), hub.Position{}, 1); err == nil {
		t.Error("a replica is read")
	}
	if n, err := redis.NewClient(&redis.Options{Addr: replica.Addr}).Exists(t.Context(), l.keys.log).Result(); err != nil || n != 0 {
		t.Error(fmt.Sprint(n, err))
	}
}
