package webhook

import (
	"bytes"

	"go.etcd.io/bbolt"
)

// change runs fn in a transaction of its own and syncs it.
func (f *spoolFile) change(fn func(*bbolt.Bucket) error) error {
	return f.db.Update(func(tx *bbolt.Tx) error { return fn(tx.Bucket(f.bucket)) })
}

// view runs fn in a transaction that sees the last commit.
func (f *spoolFile) view(fn func(*bbolt.Bucket) error) error {
	return f.db.View(func(tx *bbolt.Tx) error { return fn(tx.Bucket(f.bucket)) })
}

// put adds records and syncs them. It calls kept once they are in the file, before
// anybody can read them: when the very last sync fails, that is so and put fails too.
func (f *spoolFile) put(records [][]byte, kept func()) error {
	return f.use(func() error {
		var last []byte
		err := f.change(func(b *bbolt.Bucket) (err error) {
			b.FillPercent = 0.9 // keys only ever grow: a page that was split gets no more of them
			for _, rec := range records {
				if last, err = add(b, rec); err != nil {
					return err
				}
			}
			return nil
		})
		if err == nil || f.has(last) {
			kept()
		}
		return err
	})
}

// add puts a record behind all others and returns its key.
func add(b *bbolt.Bucket, rec []byte) (key []byte, err error) {
	number, err := b.NextSequence()
	if err != nil {
		return nil, err
	}
	key = spoolKey(number)
	return key, b.Put(key, sealSpooled(key, rec))
}

func (f *spoolFile) has(key []byte) (found bool) {
	err := f.view(func(b *bbolt.Bucket) error {
		found = b.Get(key) != nil
		return nil
	})
	return found && err == nil
}

// read returns the oldest records after one, up to a number of them, and no more once they
// have that many bytes; and the number of the newest that was ever put.
func (f *spoolFile) read(after uint64, events int, size int64) (batch []spooled, newest uint64, err error) {
	err = f.use(func() error {
		return f.view(func(b *bbolt.Bucket) error {
			newest = b.Sequence()
			return walk(b, after, func(number uint64, rec []byte) bool {
				batch = append(batch, decodeSpooled(number, rec))
				size -= int64(len(rec))
				return len(batch) < events && size > 0
			})
		})
	})
	return batch, newest, err
}

// forget deletes the records up to one, of which it keeps the number.
func (f *spoolFile) forget(last uint64) error {
	return f.use(func() error {
		return f.change(func(b *bbolt.Bucket) error {
			var old [][]byte
			c, end := b.Cursor(), spoolKey(last)
			for k, _ := c.First(); k != nil && bytes.Compare(k, end) < 0; k, _ = c.Next() {
				old = append(old, k) // a cursor loses its way when its page changes
			}
			for _, k := range old {
				if err := b.Delete(k); err != nil {
					return err
				}
			}
			return b.Put(end, settledMark(end))
		})
	})
}
