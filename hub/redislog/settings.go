package redislog

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/redis/go-redis/v9"
)

// errUnknown is told until the settings have been seen for the first time.
var errUnknown = errors.New("redis' settings are not known yet")

// Inspect implements [hub.Inspector]: it tells what Redis' settings have against what the
// log promises, as of some seconds ago.
func (l *Log) Inspect() error {
	v := l.settings.Load()
	if v == nil {
		return l.refusal()
	}
	return errors.Join(v.refuses, v.warns)
}

// refusal is why nothing may be acknowledged, or nil.
func (l *Log) refusal() error {
	v := l.settings.Load()
	switch {
	case v != nil:
		return v.refuses
	case l.opts.Durability == Disk:
		return errUnknown
	}
	return nil
}

// inspect looks at the settings of the master. If it cannot be asked now, what was known
// stays; a user who may not ask is trusted to have set up Redis as the README says.
func (l *Log) inspect(ctx context.Context) {
	c, err := l.appends.master(ctx, l.keys.log)
	if err != nil {
		return
	}
	set := map[string]string{}
	for _, name := range []string{"maxmemory*", "appendonly", "appendfsync", "save", "min-replicas-to-write"} {
		some, err := c.ConfigGet(ctx, name).Result()
		if redis.IsPermissionError(err) || redis.HasErrorPrefix(err, "ERR unknown command") {
			l.judge(&verdict{})
			return
		}
		if err != nil {
			return
		}
		for k, v := range some {
			set[k] = v
		}
	}
	l.judge(judge(set, l.opts.Durability))
}

// judge keeps the verdict and tells of a change.
func (l *Log) judge(v *verdict) {
	before := l.Inspect()
	l.settings.Store(v)
	if after := l.Inspect(); fmt.Sprint(before) != fmt.Sprint(after) && after != nil {
		l.log.Warn("redis is not set up for what this log promises", "err", after)
	}
}

// judge weighs settings of Redis against what a mode promises.
func judge(set map[string]string, d Durability) *verdict {
	v := &verdict{}
	if set["maxmemory"] != "0" && set["maxmemory-policy"] != "noeviction" {
		v.warns = errors.Join(v.warns, fmt.Errorf("redis may evict the log: its maxmemory-policy is %s; set it to noeviction", set["maxmemory-policy"]))
	}
	synced := set["appendonly"] == "yes" && set["appendfsync"] == "always"
	if d == Disk && !synced {
		v.refuses = fmt.Errorf("durability disk: redis does not sync before it answers (appendonly %s, appendfsync %s); "+
			"set appendonly yes and appendfsync always", set["appendonly"], set["appendfsync"])
	}
	if d == Replicated {
		if n, _ := strconv.Atoi(set["min-replicas-to-write"]); n < 1 {
			v.warns = errors.Join(v.warns, errors.New("durability replicated: a master that is cut off takes what will be lost; set min-replicas-to-write to 1 or more"))
		}
		if set["appendonly"] != "yes" && set["save"] == "" {
			v.warns = errors.Join(v.warns, errors.New("durability replicated: redis keeps nothing on disk, and a master that restarts empty empties its replicas; set appendonly yes"))
		}
	}
	return v
}
