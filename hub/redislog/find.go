package redislog

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"battlehub/hub"
)

// Find returns what the log keeps under the ids, see [hub.Log].
func (l *Log) Find(ctx context.Context, ids []string) ([]hub.Found, error) {
	if err := l.alive(ctx); err != nil {
		return nil, err
	}
	if len(ids) == 0 {
		return nil, nil
	}
	var found []hub.Found
	err := l.read(ctx, func(c *redis.Client) (err error) {
		known, err := l.look(ctx, c, ids)
		if err == nil && len(known) > 0 {
			found, err = l.fetch(ctx, c, known)
		}
		return err
	})
	if err != nil {
		return nil, l.closedOr(err)
	}
	return hub.OldestFirst(found), nil
}

// seen is what Redis knows of an event's id.
type seen struct {
	position hub.Position
	repeats  []hub.Repeat
}

// look reads what is known of the ids.
func (l *Log) look(ctx context.Context, c *redis.Client, ids []string) ([]seen, error) {
	pipe := c.Pipeline()
	texts, lists := make([]*redis.StringCmd, len(ids)), make([]*redis.StringSliceCmd, len(ids))
	for i, id := range ids {
		texts[i] = pipe.Get(ctx, l.keys.seen+id)
		lists[i] = pipe.LRange(ctx, l.keys.again+id, 0, -1)
	}
	if _, err := pipe.Exec(ctx); err != nil && err != redis.Nil {
		return nil, err
	}
	var known []seen
	for i := range ids {
		words := strings.SplitN(texts[i].Val(), " ", 3)
		if len(words) < 3 {
			continue
		}
		position, err := positionOf(words[0], words[1])
		if err != nil {
			return nil, err
		}
		repeats, err := repeatsOf(lists[i].Val())
		if err != nil {
			return nil, err
		}
		known = append(known, seen{position, repeats})
	}
	return known, nil
}

// repeatsOf reads what append.lua remembers of repeats.
func repeatsOf(texts []string) (repeats []hub.Repeat, err error) {
	for _, text := range texts {
		words := strings.SplitN(text, " ", 3)
		if len(words) < 3 {
			return nil, fmt.Errorf("%w: repeat %.20q", errRecord, text)
		}
		at, err := strconv.ParseInt(words[0], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%w: repeat: %w", errRecord, err)
		}
		r := hub.Repeat{At: hub.UnixMilli(at), Verdict: hub.Verdict(words[1])}
		if words[2] != "" {
			r.Raw = []byte(words[2])
		}
		repeats = append(repeats, r)
	}
	return repeats, nil
}

// fetch reads the entries. One that was trimmed, or lost, is left out.
func (l *Log) fetch(ctx context.Context, c *redis.Client, known []seen) ([]hub.Found, error) {
	pipe := c.Pipeline()
	pages := make([]*redis.XMessageSliceCmd, len(known))
	for i, s := range known {
		pages[i] = pipe.XRange(ctx, l.keys.log, streamID(s.position), streamID(s.position))
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, err
	}
	var found []hub.Found
	for i, page := range pages {
		records, err := recordsOf(page.Val())
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(records, func(r record) bool { return r.position == known[i].position }) {
			continue
		}
		e, err := records[0].entry()
		if err != nil {
			return nil, err
		}
		found = append(found, hub.Found{Entry: e, Repeats: known[i].repeats})
	}
	return found, nil
}
