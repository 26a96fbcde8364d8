package redistest_test

import (
	"context"
	"errors"
	"syscall"
	"testing"
	"time"

	"battlehub/hub/redislog/redistest"

	"github.com/redis/go-redis/v9"
)

func TestKilledServerKeepsItsAppendOnlyFile(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, "--appendonly", "yes")
	s.Do("SET", "kept", "value")
	before := s.Pid()
	s.Kill()
	if s.Running() {
		t.Error("a killed server runs")
	}
	if err := s.Client().Ping(t.Context()).Err(); err == nil {
		t.Error("a killed server answers")
	}
	s.Start()
	if s.Pid() == before {
		t.Errorf("it is still process %d", before)
	}
	if got := s.Do("GET", "kept"); got != "value" {
		t.Errorf("GET after the restart: %v", got)
	}
}

func TestRestartForgetsWithoutAppendOnlyFile(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	s.Do("SET", "lost", "value")
	s.Restart()
	if got := s.Do("EXISTS", "lost"); got != int64(0) {
		t.Errorf("EXISTS after the restart: %v", got)
	}
}

func TestPausedServerDoesNotAnswer(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	s.Pause()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := s.Client().Ping(ctx).Err(); err == nil {
		t.Error("a paused server answers")
	}
	s.Resume()
	if got := s.Do("PING"); got != "PONG" {
		t.Errorf("PING after Resume: %v", got)
	}
}

func TestCleanupEndsServers(t *testing.T) {
	t.Parallel()
	var killed, paused *redistest.Server
	t.Run("start", func(t *testing.T) {
		killed, paused = redistest.Start(t), redistest.Start(t)
		killed.Kill()
		paused.Pause()
	})
	for _, s := range []*redistest.Server{killed, paused} {
		if err := syscall.Kill(s.Pid(), 0); !errors.Is(err, syscall.ESRCH) {
			t.Errorf("process %d runs on", s.Pid())
		}
	}
}

func TestURL(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	opt, err := redis.ParseURL(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	c := redis.NewClient(opt)
	defer c.Close()
	if err := c.Ping(t.Context()).Err(); err != nil {
		t.Error(err)
	}
}

func TestReplicaIsPromoted(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	s.Do("SET", "before", "value")
	r := s.Replica()
	if got := r.Do("GET", "before"); got != "value" {
		t.Errorf("GET at the replica: %v", got)
	}
	s.Do("SET", "after", "value")
	s.WaitSynced(r)
	s.Kill()
	if err := r.Client().Set(t.Context(), "own", "value", 0).Err(); err == nil {
		t.Error("a replica was written to")
	}
	r.Promote()
	r.Do("SET", "own", "value")
	if got := r.Do("DBSIZE"); got != int64(3) {
		t.Errorf("the new master has %v keys", got)
	}
	s.Start()
	s.Follow(r)
	r.WaitSynced(s)
	if got := s.Do("GET", "own"); got != "value" {
		t.Errorf("GET at the old master: %v", got)
	}
}
