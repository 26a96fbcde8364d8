package memlog

import (
	"go.etcd.io/bbolt"

	"battlehub/hub"
)

// trimStep is how many entries one transaction forgets, so that appends need not wait
// long for it.
const trimStep = 1000

// trim forgets nothing from the board's position on: a start needs what follows the
// board, and the position itself to prove that it follows.
func (d *disk) trim(before hub.Time) (more bool, err error) {
	board := d.boardAt.Load()
	if board == nil {
		return false, nil
	}
	// Looked up apart, because a transaction that changes nothing is synced as well.
	old, err := d.expired(before, *board)
	if err != nil || len(old) == 0 {
		return false, err
	}
	err = d.change(func(tx *bbolt.Tx) error {
		for _, e := range old {
			if err := forget(tx, e); err != nil {
				return err
			}
		}
		return nil
	})
	return err == nil && len(old) == trimStep, err
}

// expired returns the oldest entries from before the cutoff and the board.
func (d *disk) expired(before hub.Time, board hub.Position) (old []hub.Entry, err error) {
	err = d.view(func(tx *bbolt.Tx) error {
		c := tx.Bucket(logBucket).Cursor()
		for k, v := c.First(); k != nil && len(old) < trimStep; k, v = c.Next() {
			e, err := decodeEntry(k, v)
			if err != nil {
				return damaged("entry", k, err)
			}
			if e.Position.Compare(board) >= 0 || !e.At.Before(before.Time) {
				return nil
			}
			old = append(old, e)
		}
		return nil
	})
	return old, err
}

func forget(tx *bbolt.Tx, e hub.Entry) error {
	if err := tx.Bucket(logBucket).Delete(entryKey(e.Position)); err != nil {
		return err
	}
	if e.Event == nil {
		return nil
	}
	return tx.Bucket(seenBucket).Delete([]byte(e.Event.ID))
}
