package memlog

import (
	"bytes"

	"go.etcd.io/bbolt"

	"battlehub/hub"
)

// pageBytes ends a page of entries early: packets may be up to 1 MiB each.
const pageBytes = 8 << 20

func (d *disk) read(after, top hub.Position, limit int) (page []hub.Entry, err error) {
	err = d.view(func(tx *bbolt.Tx) error {
		c := tx.Bucket(logBucket).Cursor()
		k, v, err := seekAfter(c, after, top)
		if err != nil {
			return err
		}
		size, last := 0, after
		for ; k != nil && len(page) < limit && size < pageBytes; k, v = c.Next() {
			e, err := decodeEntry(k, v)
			if err == nil && !last.IsZero() && !hub.Continues(last, e.Position, e.Prev) {
				err = errChain
			}
			if err != nil {
				return damaged("entry", k, err)
			}
			if e.Position.Compare(top) > 0 {
				return nil
			}
			page, last, size = append(page, e), e.Position, size+len(v)
		}
		return nil
	})
	return page, err
}

// seekAfter moves to the record after p, which must be in the log and not after top, or
// just before the oldest entry, or zero.
func seekAfter(c *bbolt.Cursor, p, top hub.Position) (k, v []byte, err error) {
	k, v = c.First()
	oldest, _, err := decodeHead(k, v)
	if err != nil {
		return nil, nil, damaged("entry", k, err)
	}
	if before, ok := oldest.Before(); p.IsZero() || ok && p == before {
		return k, v, nil
	}
	if p.Compare(oldest.Position) < 0 {
		return nil, nil, hub.BeforeFirst(oldest.Prev)
	}
	key := entryKey(p)
	k, v = c.Seek(key)
	if !bytes.Equal(k, key) || p.Compare(top) > 0 {
		return nil, nil, &hub.ResetError{Reason: hub.GapRewritten}
	}
	e, _, err := decodeHead(k, v)
	if err != nil {
		return nil, nil, damaged("entry", k, err)
	}
	if e.Position != p {
		return nil, nil, &hub.ResetError{Reason: hub.GapRewritten}
	}
	k, v = c.Next()
	return k, v, nil
}

func (d *disk) find(ids []string, top hub.Position) (found []hub.Found, err error) {
	err = d.view(func(tx *bbolt.Tx) error {
		w := diskWriter{log: tx.Bucket(logBucket), known: tx.Bucket(seenBucket)}
		for _, id := range ids {
			s, known, err := w.seen(id)
			if err != nil {
				return err
			}
			if !known || s.position.Compare(top) > 0 {
				continue
			}
			key := entryKey(s.position)
			e, err := decodeEntry(key, w.log.Get(key))
			if err != nil {
				return damaged("entry", key, err)
			}
			found = append(found, hub.Found{Entry: e, Repeats: s.repeats})
		}
		return nil
	})
	return hub.OldestFirst(found), err
}
