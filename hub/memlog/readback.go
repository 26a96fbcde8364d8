package memlog

import (
	"bytes"
	"context"
	"slices"

	"go.etcd.io/bbolt"

	"battlehub/hub"
)

// ReadBack returns entries before p, newest first, see [hub.Backwards]: at most 1000 at a
// time, which is also what a limit of zero or less stands for, and fewer when they are large.
func (l *Log) ReadBack(ctx context.Context, p hub.Position, limit int) ([]hub.Entry, error) {
	if err := l.alive(ctx); err != nil {
		return nil, err
	}
	if limit <= 0 || limit > maxPage {
		limit = maxPage
	}
	top, _ := l.published()
	return l.store.readBack(p, top, limit)
}

func (m *memory) readBack(p, _ hub.Position, limit int) ([]hub.Entry, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	end := len(m.entries)
	if !p.IsZero() {
		after, err := m.afterLocked(p)
		if err != nil {
			return nil, err
		}
		end = max(0, after-1) // p itself may have been the last to be forgotten
	}
	page := slices.Clone(m.entries[max(0, end-limit):end])
	slices.Reverse(page)
	return page, nil
}

func (d *disk) readBack(p, top hub.Position, limit int) (page []hub.Entry, err error) {
	err = d.view(func(tx *bbolt.Tx) error {
		c := tx.Bucket(logBucket).Cursor()
		k, v, err := seekBefore(c, p, top)
		size := 0
		for ; err == nil && k != nil && len(page) < limit && size < pageBytes; k, v = c.Prev() {
			e, err := decodeEntry(k, v)
			if err == nil && len(page) > 0 {
				if next := page[len(page)-1]; !hub.Continues(e.Position, next.Position, next.Prev) {
					err = errChain
				}
			}
			if err != nil {
				return damaged("entry", k, err)
			}
			page, size = append(page, e), size+len(v)
		}
		return err
	})
	return page, err
}

// seekBefore moves to the record before p, which must be in the log and not after top, or
// just before the oldest entry; or, for the zero position, to top.
func seekBefore(c *bbolt.Cursor, p, top hub.Position) (k, v []byte, err error) {
	if p.IsZero() {
		k, v = c.Seek(entryKey(top))
		return k, v, nil
	}
	if _, _, err := seekAfter(c, p, top); err != nil {
		return nil, nil, err
	}
	key := entryKey(p)
	if k, _ := c.Seek(key); !bytes.Equal(k, key) {
		return nil, nil, nil // p was the last to be forgotten
	}
	k, v = c.Prev()
	return k, v, nil
}
