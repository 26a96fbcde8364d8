package redislog

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/redis/go-redis/v9"
)

// beatEvery is how long the channel may be quiet before a node beats. Every node hears
// every beat, so usually one of them keeps all quiet; one that is deaf beats in vain, and
// knows by that.
const beatEvery = time.Second

// trimEvery is how often old entries are looked for.
const trimEvery = time.Minute

// upkeepLoop beats, looks at Redis' settings and trims, until Close.
func (l *Log) upkeepLoop() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	l.loops.Go(func() { // what is under way must not hold Close back
		<-l.closing
		cancel()
	})
	beat, settings, trim := time.NewTimer(0), time.NewTimer(0), time.NewTimer(rand.N(trimEvery))
	for {
		select {
		case <-beat.C:
			if quiet := time.Since(time.Unix(0, l.heard.Load())); quiet >= beatEvery {
				_ = l.beat(ctx) // the tails notice its absence
			}
			beat.Reset(beatEvery + rand.N(beatEvery/4))
		case <-settings.C:
			l.inspect(ctx)
			settings.Reset(settingsEvery)
		case <-trim.C:
			l.trim(ctx, time.Now().Add(-l.opts.Retention))
			trim.Reset(trimEvery + rand.N(trimEvery/4))
		case <-l.closing:
			return
		}
	}
}

// beat tells the tails that the channel is alive and up to where the log goes. If Redis has
// another history than before, it begins a new epoch: without appends, too, somebody must.
func (l *Log) beat(ctx context.Context) error {
	c, err := l.appends.master(ctx, l.keys.log)
	if err == nil {
		err = beatScript.Run(ctx, c, []string{l.keys.log, l.keys.meta}, l.preamble()...).Err()
	}
	if err != nil {
		l.appends.relocate(ctx)
	}
	return err
}

// trimStep is how many entries one script forgets, so that appends need not wait long.
const trimStep = 2000

// trim forgets what is from before the cutoff, or beyond the bound of the memory. Nodes that
// trim at the same time do each other no harm.
func (l *Log) trim(ctx context.Context, cutoff time.Time) {
	for ctx.Err() == nil {
		c, err := l.appends.master(ctx, l.keys.log)
		if err != nil {
			return
		}
		n, err := l.trimOnce(ctx, c, cutoff)
		if err != nil {
			l.log.Warn("cannot trim the log; trying again in a minute", "err", err)
			return
		}
		if n == 0 {
			return
		}
		l.metrics.trimmed.Add(float64(n))
	}
}

func (l *Log) trimOnce(ctx context.Context, c *redis.Client, cutoff time.Time) (int, error) {
	return trimScript.Run(ctx, c, []string{l.keys.log, l.keys.board}, cutoff.UnixMilli(), l.opts.MaxBytes, trimStep).Int()
}
