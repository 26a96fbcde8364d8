package redislog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// Mode says how Redis is run.
type Mode string

// The modes.
const (
	Standalone Mode = "standalone" // one server, or one address that always leads to the master
	Sentinel   Mode = "sentinel"   // a master that Sentinel fails over
	Cluster    Mode = "cluster"    // a Redis Cluster
)

// Timeouts of single commands. An append must be given up, and tried again on another
// connection, well within the time that a webhook has.
const (
	dialTimeout   = time.Second
	appendTimeout = 500 * time.Millisecond
	readTimeout   = 2 * time.Second
)

// server is one client of Redis. A log has three, since one's trouble must not be
// another's: a stuck append must not hold back the reads that repair what it missed.
type server struct {
	single  *redis.Client        // standalone, or through Sentinel
	cluster *redis.ClusterClient // else
}

// profile is what tells the clients of a log apart.
type profile struct {
	timeout  time.Duration // of one command
	protocol int           // of Redis: 2 or 3
	pool     int           // connections
	trusting bool          // do not look whether a connection is open before a command
}

var (
	appending = profile{timeout: appendTimeout, protocol: 3, pool: 4, trusting: true}
	reading   = profile{timeout: readTimeout, protocol: 3, pool: 16}
	// With protocol 3, go-redis' parsing of pushes has lost messages and hung
	// (redis/go-redis#3839, #3935); a subscriber needs nothing of it.
	subscribing = profile{timeout: readTimeout, protocol: 2, pool: 1}
)

// connect makes a client. It connects when it is first used, so it never fails for want
// of a server: its errors are about the URL.
func connect(o *Options, p profile) (*server, error) {
	switch o.Mode {
	case Standalone, "":
		opt, err := redis.ParseURL(string(o.URL))
		if err != nil {
			return nil, urlError(err)
		}
		tune(opt, o, p)
		return &server{single: redis.NewClient(opt)}, nil
	case Sentinel:
		opt, err := redis.ParseFailoverURL(string(o.URL))
		if err == nil && opt.MasterName == "" {
			err = errors.New("say which master, as in redis://host:26379?master_name=mymaster")
		}
		if err != nil {
			return nil, urlError(err)
		}
		tuneFailover(opt, o, p)
		return &server{single: redis.NewFailoverClient(opt)}, nil
	case Cluster:
		opt, err := redis.ParseClusterURL(string(o.URL))
		if err != nil {
			return nil, urlError(err)
		}
		tuneCluster(opt, o, p)
		return &server{cluster: redis.NewClusterClient(opt)}, nil
	}
	return nil, fmt.Errorf("mode %q: want %s, %s or %s", o.Mode, Standalone, Sentinel, Cluster)
}

// errReplica refuses a connection to a server that does not take the writes.
var errReplica = errors.New("this Redis is a replica, not the master")

// requireMaster refuses a replica, be it one that was the master until now: what it says is
// old, and what it publishes may come to an end. A user who may not call ROLE is trusted;
// any other error refuses the connection, on which the answer may still be to come, and
// would be taken for that of the next command.
func requireMaster(ctx context.Context, conn *redis.Conn) error {
	role, err := conn.Do(ctx, "ROLE").Slice()
	switch {
	case redis.IsPermissionError(err), redis.HasErrorPrefix(err, "ERR unknown command"):
		return nil
	case err == nil && len(role) > 0 && role[0] == "slave":
		return errReplica
	}
	return err
}

// master returns the client of the server that takes the writes for key.
func (s *server) master(ctx context.Context, key string) (*redis.Client, error) {
	if s.cluster == nil {
		return s.single, nil
	}
	return s.cluster.MasterForKey(ctx, key)
}

// relocate makes a Cluster's client ask again who owns which slot.
func (s *server) relocate(ctx context.Context) {
	if s.cluster != nil {
		s.cluster.ReloadState(ctx)
	}
}

func (s *server) close() error {
	if s.cluster != nil {
		return s.cluster.Close()
	}
	return s.single.Close()
}
