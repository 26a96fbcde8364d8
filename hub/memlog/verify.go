package memlog

import (
	"errors"
	"fmt"

	"go.etcd.io/bbolt"

	"battlehub/hub"
)

// verify returns the log's newest position, after having proven that the file is whole
// as far as can be told cheaply: its size, its format, and its newest entries.
func (d *disk) verify(tx *bbolt.Tx, app hub.App) (hub.Position, error) {
	if err := d.verifySize(tx); err != nil {
		return hub.Position{}, err
	}
	if err := d.verifyTrees(tx); err != nil {
		return hub.Position{}, err
	}
	if err := verifyFormat(tx, app); err != nil {
		return hub.Position{}, err
	}
	pos, _, err := loadBoard(tx)
	if err != nil {
		return hub.Position{}, err
	}
	if !pos.IsZero() {
		d.boardAt.Store(&pos)
	}
	return verifyEnd(tx)
}

// verifySize finds a file that was cut short, before its missing pages are touched.
func (d *disk) verifySize(tx *bbolt.Tx) error {
	info, err := d.file.Stat()
	if err != nil {
		return err
	}
	if info.Size() < tx.Size() {
		return fmt.Errorf("%w: cut short at %d of %d bytes", ErrDamaged, info.Size(), tx.Size())
	}
	return nil
}

func verifyFormat(tx *bbolt.Tx, app hub.App) error {
	meta := tx.Bucket(metaBucket)
	if meta == nil {
		return fmt.Errorf("%w: not a battlehub log", ErrVersion)
	}
	b, err := unseal(formatKey, meta.Get(formatKey), 4)
	if err != nil {
		return damaged("record", formatKey, err)
	}
	if v := bigEndian.Uint32(b); v != formatVersion {
		return fmt.Errorf("%w: version %d, want %d", ErrVersion, v, formatVersion)
	}
	if len(b) < 4+8 {
		return damaged("record", formatKey, errShort)
	}
	if a := hub.App(bigEndian.Uint64(b[4:])); a != app {
		return fmt.Errorf("%w: %v, want %v", ErrApp, a, app)
	}
	for _, name := range [][]byte{logBucket, seenBucket, boardBucket} {
		if tx.Bucket(name) == nil {
			return fmt.Errorf("%w: bucket %s is missing", ErrDamaged, name)
		}
	}
	return nil
}

// verifyEnd proves the newest entries, each by itself, by its successor, and by what
// the log has seen of its event, and returns the position of the last.
func verifyEnd(tx *bbolt.Tx) (top hub.Position, err error) {
	c := tx.Bucket(logBucket).Cursor()
	known := tx.Bucket(seenBucket)
	var next hub.Entry
	k, v := c.Last()
	for n := 0; n < checkedEntries && k != nil; n++ {
		e, err := decodeEntry(k, v)
		if err == nil {
			err = verifySeen(known, e)
		}
		if err == nil && n > 0 && !hub.Continues(e.Position, next.Position, next.Prev) {
			err = errChain
		}
		if err != nil {
			return top, damaged("entry", k, err)
		}
		if n == 0 {
			top = e.Position
		}
		next = e
		k, v = c.Prev()
	}
	return top, verifyTop(tx, top)
}

// verifyTop misses entries at the end that the log had.
func verifyTop(tx *bbolt.Tx, top hub.Position) error {
	noted, err := note(tx, topKey)
	if err == nil && noted != top {
		err = damaged("top", topKey, errLost)
	}
	return err
}

var (
	errChain = errors.New("the next entry does not continue it")
	errSeen  = errors.New("its event is not known")
	errLost  = errors.New("it is not where it was noted to be")
)

func verifySeen(known *bbolt.Bucket, e hub.Entry) error {
	if e.Event == nil {
		return nil
	}
	id := []byte(e.Event.ID)
	rec := known.Get(id)
	if rec == nil {
		return errSeen
	}
	s, err := decodeSeen(id, rec)
	if err == nil && s.position != e.Position {
		err = errSeen
	}
	return err
}
