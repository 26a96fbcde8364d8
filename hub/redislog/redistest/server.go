// Package redistest runs real Redis servers for tests: one alone, with replicas, under
// sentinels, as a cluster, or behind TLS. A test can kill, pause, restart and promote
// them. Every server has a port of its own on 127.0.0.1 and a directory of its own, and
// none outlives the test, nor the test binary.
//
// Whatever goes wrong ends the test, with the end of the server's log. As with
// testing.T's FailNow, the functions are therefore to be called by the goroutine of the
// test that started the server.
package redistest

import (
	"crypto/tls"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// Server is a redis-server process, which may be killed and started again.
type Server struct {
	// Addr is the server's host and port, which stay the same when it is restarted.
	Addr string
	Port int

	t    testing.TB
	dir  string
	argv []string
	tls  *identity // nil if it speaks plain TCP

	client func() *redis.Client // made by the first call

	mu     sync.Mutex
	proc   *process // the last one started
	paused bool
}

// setup is what one kind of server has and another has not.
type setup struct {
	conf []string // lines for its configuration file
	args []string // arguments after the file's name
	tls  *identity
}

// Start starts a server that keeps nothing on disk, unless the arguments, as for the
// command redis-server, say otherwise: "--appendonly", "yes".
func Start(t testing.TB, args ...string) *Server {
	t.Helper()
	return start(t, setup{conf: dataConf(), args: args})
}

// dataConf configures a server that holds data, other than a sentinel. It saves nothing
// on its own, and brings its replicas into sync as fast as it can.
func dataConf() []string {
	return []string{
		`save ""`,
		"appendonly no",
		"repl-diskless-sync-delay 0",
		"repl-ping-replica-period 1",
	}
}

// start starts a server on a free port. A port that was free can be taken before the
// server has it: then another one will do.
func start(t testing.TB, with setup) *Server {
	t.Helper()
	for {
		s := prepare(t, with)
		err := s.run()
		if err == nil {
			return s
		}
		if !s.lostPort() {
			t.Fatalf("start redis-server: %v\n%s", err, s.logTail())
		}
	}
}

// prepare makes a server that only has to be run.
func prepare(t testing.TB, with setup) *Server {
	t.Helper()
	port := reservePort(t)
	s := &Server{
		Addr: net.JoinHostPort("127.0.0.1", strconv.Itoa(port)),
		Port: port,
		t:    t,
		dir:  t.TempDir(),
		tls:  with.tls,
	}
	s.argv = append([]string{s.path("redis.conf")}, with.args...)
	s.client = sync.OnceValue(s.newClient)
	s.writeConf(with.conf)
	t.Cleanup(s.Kill)
	return s
}

// writeConf writes the configuration file. A server with a file can be told to rewrite
// it, which is how a replica, or one that was promoted, remains so when it is restarted.
func (s *Server) writeConf(lines []string) {
	s.t.Helper()
	conf := append(s.listenConf(), "daemonize no", "dir "+s.dir)
	conf = append(conf, lines...)
	if err := os.WriteFile(s.argv[0], []byte(strings.Join(conf, "\n")+"\n"), 0o600); err != nil {
		s.t.Fatalf("redistest: %v", err)
	}
}

func (s *Server) listenConf() []string {
	if s.tls != nil {
		return append(s.tls.conf(), "bind 127.0.0.1", fmt.Sprintf("tls-port %d", s.Port))
	}
	return []string{"bind 127.0.0.1", fmt.Sprintf("port %d", s.Port)}
}

func (s *Server) path(name string) string { return filepath.Join(s.dir, name) }

// URL returns the server's address in the form of redis.ParseURL.
func (s *Server) URL() string {
	if s.tls != nil {
		return "rediss://" + s.Addr
	}
	return "redis://" + s.Addr
}

// Client returns the test's own client of the server, the same at each call. It tries
// every command once only, and heeds the deadlines of contexts. The end of the test
// closes it.
func (s *Server) Client() *redis.Client { return s.client() }

func (s *Server) newClient() *redis.Client {
	var config *tls.Config
	if s.tls != nil {
		config = s.tls.config
	}
	c := redis.NewClient(&redis.Options{
		Addr:                  s.Addr,
		TLSConfig:             config,
		MaxRetries:            -1,
		DialerRetries:         1,
		DialTimeout:           patience,
		ReadTimeout:           patience,
		WriteTimeout:          patience,
		PoolTimeout:           time.Second + patience,
		ContextTimeoutEnabled: true,
		MaintNotificationsConfig: &maintnotifications.Config{
			Mode: maintnotifications.ModeDisabled,
		},
	})
	s.t.Cleanup(func() { c.Close() })
	return c
}
