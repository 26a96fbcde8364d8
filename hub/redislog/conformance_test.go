package redislog

import (
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"battlehub/hub"
	"battlehub/hub/logtest"
	"battlehub/hub/redislog/redistest"
)

// Every log passes the same suite, in each way that Redis is run.

func TestStandalone(t *testing.T) {
	t.Parallel()
	conform(t, Options{URL: hub.Secret(redistest.Start(t).URL())})
}

func TestSentinel(t *testing.T) {
	t.Parallel()
	conform(t, Options{URL: hub.Secret(redistest.StartSentinel(t).URL()), Mode: Sentinel})
}

func TestCluster(t *testing.T) {
	t.Parallel()
	conform(t, Options{URL: hub.Secret(redistest.StartCluster(t).URL()), Mode: Cluster})
}

func conform(t *testing.T, o Options) {
	open := func(t *testing.T) hub.Log { return openLog(t, apart(o)) }
	storage := func(*testing.T) func() hub.Log {
		o := apart(o)
		return func() hub.Log { return openLog(t, o) }
	}
	logtest.Run(t, open, logtest.Features{Storage: storage, Expire: expire, Boards: true, Tickets: true, Backwards: true})
}

// places counts the logs of this process.
var places atomic.Int64

// apart gives a log a place of its own in its Redis.
func apart(o Options) Options {
	o.prefix = fmt.Sprintf("t%d:", places.Add(1))
	return o
}

// openLog opens a log for the test's duration.
func openLog(t testing.TB, o Options) *Log {
	t.Helper()
	o.App = logtest.App
	o.Log = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelInfo}))
	l, err := Open(o)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return l
}

// expire trims as if everything were older than the retention, which needs a board at the
// top.
func expire(t *testing.T, l hub.Log) {
	m := l.(*Log)
	all := logtest.ReadAll(t, l, hub.Position{})
	if err := m.SaveBoard(t.Context(), all[len(all)-1].Position, nil); err != nil {
		t.Fatalf("SaveBoard: %v", err)
	}
	m.trim(t.Context(), time.Now().Add(time.Hour))
}
