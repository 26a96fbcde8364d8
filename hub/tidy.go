package hub

import (
	"context"
	"time"
)

// tidyEvery is the beat of the feed's housekeeping, checkpointEvery that of storing the
// board: after a crash, the log since then is read again.
const (
	tidyEvery       = time.Second
	checkpointEvery = time.Minute
)

// tidyLoop presumes ends, takes ended battles off the board and stores the board, until
// ctx ends.
func (f *feed) tidyLoop(ctx context.Context) {
	tick := time.NewTicker(tidyEvery)
	defer tick.Stop()
	var stored Position
	next := time.Now().Add(checkpointEvery)
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			f.tidy(ctx, now)
			if now.After(next) {
				f.sweepAccess(now)
				stored, next = f.store(ctx, stored), now.Add(checkpointEvery)
			}
		}
	}
}

func (f *feed) tidy(ctx context.Context, now time.Time) {
	f.mu.Lock()
	f.board.sweep(now)
	f.mu.Unlock()
	events := f.presumed(now)
	if len(events) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, askAgain)
	defer cancel()
	if _, err := f.log.Append(ctx, events); err != nil && ctx.Err() == nil {
		f.logger.Error("appending presumed ends", "err", err, "battles", len(events))
	}
}

// sweepAccess forgets owners and revocations that cannot matter any more. It looks at every
// room, so it is not for every second.
func (f *feed) sweepAccess(now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.handOver(f.owners.sweep(now))
	f.revoked.sweep(now)
}

// store keeps the board with the log, unless it is the one already stored, and returns
// the position that is stored now.
func (f *feed) store(ctx context.Context, stored Position) Position {
	boards, ok := f.log.(Boards)
	if !ok {
		return stored
	}
	f.mu.RLock()
	pos, c, whole := f.ring.head(), f.checkpoint(), f.whole
	f.mu.RUnlock()
	if !whole || pos == stored {
		return stored
	}
	if err := boards.SaveBoard(ctx, pos, encode(c)); err != nil {
		f.logger.Error("storing the board", "err", err)
		return stored
	}
	return pos
}
