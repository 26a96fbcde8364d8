package faulttest

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"battlehub/hub"
	"battlehub/hub/redislog/redistest"
)

// The keys of the log in Redis (design §4).
const (
	baseKey = "bh:{1400000000}:"
	logKey  = baseKey + "log"
)

// alone is one Redis server, to which each node has a link of its own.
type alone struct {
	server *redistest.Server
	links  []*link
}

func startAlone(t *testing.T, args ...string) *alone {
	t.Helper()
	return &alone{server: redistest.Start(t, args...)}
}

// backend leads the nodes to the server. Without a spool, they refuse what it cannot take.
func (a *alone) backend(spool bool) func(*testing.T) backend {
	return func(t *testing.T) backend {
		return backend{
			flags: func(int) []string {
				l := startLink(t, a.server.Addr)
				a.links = append(a.links, l)
				return redisFlags(t, "redis://"+l.addr(), "standalone", spool)
			},
			log: streamOf(func() *redistest.Server { return a.server }),
		}
	}
}

// overRedis is a fault of the nodes or clients, over one Redis server that is well.
func overRedis(nodes int, fault func(*stage)) func(*testing.T) scenario {
	return func(t *testing.T) scenario {
		a := startAlone(t)
		return scenario{nodes: nodes, log: a.backend(true), fault: fault}
	}
}

func redisFlags(t *testing.T, url, mode string, spool bool) []string {
	flags := []string{"--redis-url", url, "--redis-mode", mode}
	if spool {
		flags = append(flags, "--data-dir", t.TempDir())
	}
	return flags
}

// streamOf reads the log from the server that is the master now. It waits for one that
// does not answer.
func streamOf(master func() *redistest.Server) finalLog {
	return func(t *testing.T) []entry {
		t.Helper()
		var log []entry
		var err error
		if !within(patience, func() bool {
			log, err = readStream(master().Client())
			return err == nil
		}) {
			t.Fatalf("reading the log: %v", err)
		}
		return log
	}
}

// readStream reads all entries of the log's stream.
func readStream(c *redis.Client) ([]entry, error) {
	const page = 1000
	ctx, cancel := context.WithTimeout(context.Background(), askTimeout)
	defer cancel()
	var log []entry
	for from := "-"; ; {
		messages, err := c.XRangeN(ctx, logKey, from, "+", page).Result()
		if err != nil {
			return nil, err
		}
		for _, m := range messages {
			e, err := entryOf(m)
			if err != nil {
				return nil, err
			}
			log = append(log, e)
		}
		if len(messages) < page {
			return log, nil
		}
		from = "(" + messages[page-1].ID
	}
}

// entryOf reads an entry. One that opens an epoch has no event.
func entryOf(m redis.XMessage) (entry, error) {
	text := func(field string) string { s, _ := m.Values[field].(string); return s }
	pos, err := hub.ParseCursor(m.ID + "-" + text("tag"))
	if err != nil {
		return entry{}, fmt.Errorf("entry %s: %w", m.ID, err)
	}
	prev, err := strconv.ParseUint(text("prev"), 16, 32)
	if err != nil {
		return entry{}, fmt.Errorf("entry %s: %w", m.ID, err)
	}
	at, err := strconv.ParseInt(text("at"), 10, 64)
	if err != nil {
		return entry{}, fmt.Errorf("entry %s: %w", m.ID, err)
	}
	e := entry{Entry: hub.Entry{Position: pos, Prev: uint32(prev), At: hub.UnixMilli(at)}, chained: true}
	if event := strings.TrimSpace(text("event")); event != "" {
		e.Event = &hub.Event{}
		err = json.Unmarshal([]byte(event), e.Event)
	}
	return e, err
}
