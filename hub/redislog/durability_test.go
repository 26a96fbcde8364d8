package redislog

import (
	"errors"
	"strings"
	"testing"

	"battlehub/hub"
	"battlehub/hub/logtest"
	"battlehub/hub/redislog/redistest"
)

// inspected waits until the log has judged its Redis, by a condition on what it says.
func inspected(t *testing.T, l *Log, what string, says func(error) bool) {
	t.Helper()
	waitFor(t, what, func() bool {
		l.inspect(t.Context())
		return l.settings.Load() != nil && says(l.Inspect())
	})
}

func isFine(err error) bool { return err == nil }

func mentions(text string) func(error) bool {
	return func(err error) bool { return err != nil && strings.Contains(err.Error(), text) }
}

// TestDiskSurvivesKill: what durability disk acknowledged is there after kill -9.
func TestDiskSurvivesKill(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, "--appendonly", "yes", "--appendfsync", "always")
	l := openLog(t, Options{URL: hub.Secret(s.URL()), Durability: Disk})
	inspected(t, l, "its settings are fine", isFine)
	mustAppend(t, l, newEvents(0, 100)...)
	s.Kill()
	s.Restart()
	var entries []hub.Entry
	waitFor(t, "redis is back", func() bool {
		_, err := l.Read(t.Context(), hub.Position{}, 1)
		return err == nil
	})
	entries = logtest.ReadAll(t, l, hub.Position{})
	checkOnce(t, entries, newEvents(0, 100))
}

// TestDiskRefusesWhatItCannotPromise: nothing is acknowledged under settings that lose it.
func TestDiskRefusesWhatItCannotPromise(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, "--appendonly", "yes", "--appendfsync", "everysec")
	l := openLog(t, Options{URL: hub.Secret(s.URL()), Durability: Disk})
	inspected(t, l, "the mode is contradicted", mentions("set appendonly yes and appendfsync always"))
	if _, err := l.Append(t.Context(), newEvents(0, 1)); !mentions("appendfsync everysec")(err) {
		t.Errorf("Append: %v, want the setting that contradicts the mode", err)
	}
	s.Do("CONFIG", "SET", "appendfsync", "always")
	inspected(t, l, "its settings are fine", isFine)
	mustAppend(t, l, newEvent(0))
}

// TestReplicated: nothing is acknowledged that no replica has. A repeat writes nothing of
// its own, and must nevertheless wait for what it repeats.
func TestReplicated(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, "--appendonly", "yes", "--min-replicas-to-write", "1", "--min-replicas-max-lag", "60")
	r := s.Replica()
	l := openLog(t, Options{URL: hub.Secret(s.URL()), Durability: Replicated})
	inspected(t, l, "its settings are fine", isFine)
	mustAppend(t, l, newEvent(0))

	r.Pause()
	for _, what := range []string{"an event", "its repeat"} {
		if _, err := l.Append(t.Context(), newEvents(1, 1)); !errors.Is(err, errTooFewReplicas) {
			t.Errorf("Append of %s with a stopped replica: %v", what, err)
		}
	}
	r.Resume()
	waitFor(t, "the replica confirms", func() bool {
		_, err := l.Append(t.Context(), newEvents(1, 1))
		return err == nil
	})
	s.Kill()
	r.Promote()
	survivor := openLog(t, Options{URL: hub.Secret(r.URL())})
	checkOnce(t, logtest.ReadAll(t, survivor, hub.Position{}), newEvents(0, 2))
}

// TestSettingsAreJudged tries every contradiction.
func TestSettingsAreJudged(t *testing.T) {
	t.Parallel()
	good := map[string]string{"maxmemory": "0", "maxmemory-policy": "noeviction", "appendonly": "yes", "appendfsync": "always", "save": "", "min-replicas-to-write": "1"}
	cases := []struct {
		name       string
		set, to    string
		durability Durability
		says       string // "" nothing
		refuses    bool
	}{
		{"Fast", "", "", Fast, "", false},
		{"Disk", "", "", Disk, "", false},
		{"Replicated", "", "", Replicated, "", false},
		{"PolicyWithoutBound", "maxmemory-policy", "allkeys-lru", Fast, "", false},
		{"NoAppendOnlyFast", "appendonly", "no", Fast, "", false},
		{"NoAppendOnlyDisk", "appendonly", "no", Disk, "appendonly no", true},
		{"EverySecond", "appendfsync", "everysec", Disk, "appendfsync everysec", true},
		{"NoPersistence", "appendonly", "no", Replicated, "keeps nothing on disk", false},
		{"NoMinReplicas", "min-replicas-to-write", "0", Replicated, "min-replicas-to-write", false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			set := map[string]string{}
			for k, v := range good {
				set[k] = v
			}
			set[c.set] = c.to
			v := judge(set, c.durability)
			all := errors.Join(v.refuses, v.warns)
			if (v.refuses != nil) != c.refuses || (c.says == "") != (all == nil) || (all != nil && !strings.Contains(all.Error(), c.says)) {
				t.Errorf("refuses %v, warns %v", v.refuses, v.warns)
			}
		})
	}
}

// TestEvictionIsTold: a Redis that may evict the log is told of, in words.
func TestEvictionIsTold(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, "--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru")
	l := openLog(t, Options{URL: hub.Secret(s.URL())})
	inspected(t, l, "eviction", mentions("set it to noeviction"))
	mustAppend(t, l, newEvent(0))
}
