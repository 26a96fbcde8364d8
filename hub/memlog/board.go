package memlog

import (
	"bytes"
	"context"

	"go.etcd.io/bbolt"

	"battlehub/hub"
)

func (d *disk) SaveBoard(_ context.Context, pos hub.Position, board []byte) error {
	kept := pos
	err := d.change(func(tx *bbolt.Tx) error {
		if _, _, err := seekAfter(tx.Bucket(logBucket).Cursor(), pos, pos); err != nil {
			return err
		}
		old, _, err := loadBoard(tx)
		if err != nil || pos.Compare(old) < 0 {
			kept = old
			return err
		}
		rec := append(appendPosition(make([]byte, sumLen), pos), board...)
		if err := tx.Bucket(boardBucket).Put(boardKey, seal(boardKey, rec)); err != nil {
			return err
		}
		return putNote(tx, boardKey, pos)
	})
	if err == nil {
		d.boardAt.Store(&kept)
	}
	return err
}

func (d *disk) LoadBoard(context.Context) (pos hub.Position, board []byte, err error) {
	err = d.view(func(tx *bbolt.Tx) error {
		var kept []byte
		pos, kept, err = loadBoard(tx)
		board = bytes.Clone(kept)
		return err
	})
	return pos, board, err
}

// loadBoard returns the board, which is only valid within the transaction.
func loadBoard(tx *bbolt.Tx) (pos hub.Position, board []byte, err error) {
	noted, err := note(tx, boardKey)
	if err != nil {
		return pos, nil, err
	}
	rec := tx.Bucket(boardBucket).Get(boardKey)
	if rec == nil && noted.IsZero() {
		return pos, nil, nil
	}
	b, err := unseal(boardKey, rec, positionLen)
	if err == nil && decodePosition(b) != noted {
		err = errLost
	}
	if err != nil {
		return pos, nil, damaged("board", boardKey, err)
	}
	return noted, b[positionLen:], nil
}
