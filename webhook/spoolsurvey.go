package webhook

import (
	"bytes"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"
)

var errSpoolOrder = errors.New("its records are in no order")

// survey goes through an opened file. A record that is damaged, or missing, is met when
// its turn comes; but those that are in no order can be neither read nor deleted.
func (f *spoolFile) survey(b *bbolt.Bucket) error {
	first, mark := b.Cursor().First()
	if len(first) != 8 || !bytes.Equal(mark, settledMark(first)) {
		return fmt.Errorf("%w: its first record is missing", ErrSpoolDamaged)
	}
	f.settled = bigEndian.Uint64(first)
	last := f.settled
	err := walk(b, last, func(number uint64, rec []byte) bool {
		if f.found.oldest.IsZero() {
			f.found.oldest, _ = spooledAt(spoolKey(number), rec) // if it is intact
		}
		f.found.bytes += int64(len(rec))
		last = number
		return true
	})
	if err == nil && b.Sequence() < last {
		err = fmt.Errorf("%w: %w", ErrSpoolDamaged, errSpoolOrder)
	}
	f.found.events = int64(b.Sequence() - f.settled)
	return err
}

// walk hands the records after one to fn, in order, until fn returns false.
func walk(b *bbolt.Bucket, after uint64, fn func(number uint64, rec []byte) bool) error {
	c := b.Cursor()
	for k, v := c.Seek(spoolKey(after + 1)); k != nil; k, v = c.Next() {
		if len(k) != 8 || bigEndian.Uint64(k) <= after || v == nil { // nil is a bucket
			return fmt.Errorf("%w: %w", ErrSpoolDamaged, errSpoolOrder)
		}
		if after = bigEndian.Uint64(k); !fn(after, v) {
			return nil
		}
	}
	return nil
}
