package memlog

import (
	"context"

	"battlehub/hub"
)

// maxPage bounds the entries of one read, so that a reader that asks for everything
// neither fills the memory nor, on disk, holds back the commits for long.
const maxPage = 1000

// Read returns entries after from, see [hub.Log]: at most 1000 at a time, which is
// also what a limit of zero or less stands for, and fewer when they are large.
func (l *Log) Read(ctx context.Context, from hub.Position, limit int) ([]hub.Entry, error) {
	if err := l.alive(ctx); err != nil {
		return nil, err
	}
	if limit <= 0 || limit > maxPage {
		limit = maxPage
	}
	top, _ := l.published()
	return l.store.read(from, top, limit)
}

// Tail hands h every entry after from, then follows the log, see [hub.Log]. It returns
// [hub.ErrClosed] when the log is closed, and a *[hub.ResetError] too when h took so
// long that the entries after the last ones were trimmed.
func (l *Log) Tail(ctx context.Context, from hub.Position, h hub.Handler) error {
	goal, _ := l.published()
	heard := false
	for {
		if err := l.alive(ctx); err != nil {
			return err
		}
		top, changed := l.published()
		page, err := l.store.read(from, top, maxPage)
		if err != nil {
			return err
		}
		if len(page) > 0 {
			h.Apply(page)
			from = page[len(page)-1].Position
		}
		if !heard && from.Compare(goal) >= 0 {
			heard = true
			h.Live(true)
		}
		if len(page) > 0 && from.Compare(top) < 0 {
			continue
		}
		select {
		case <-changed:
		case <-ctx.Done():
		case <-l.closing:
		}
	}
}

// Find returns what the log keeps under the ids, see [hub.Log].
func (l *Log) Find(ctx context.Context, ids []string) ([]hub.Found, error) {
	if err := l.alive(ctx); err != nil {
		return nil, err
	}
	top, _ := l.published()
	return l.store.find(ids, top)
}

// SaveBoard keeps the board, see [hub.Boards]. A board older than the kept one changes
// nothing; a position that is not in the log gives a *[hub.ResetError], since a start
// could not go on from it.
func (l *Log) SaveBoard(ctx context.Context, pos hub.Position, board []byte) error {
	if err := l.alive(ctx); err != nil {
		return err
	}
	if pos.IsZero() {
		return &hub.ResetError{Reason: hub.GapRewritten}
	}
	return l.store.SaveBoard(ctx, pos, board)
}

// LoadBoard returns the kept board, see [hub.Boards]. A log in memory forgets it with
// everything else.
func (l *Log) LoadBoard(ctx context.Context) (hub.Position, []byte, error) {
	if err := l.alive(ctx); err != nil {
		return hub.Position{}, nil, err
	}
	return l.store.LoadBoard(ctx)
}
