package memlog

import (
	"go.etcd.io/bbolt"

	"battlehub/hub"
)

// update runs fn in one transaction. A transaction whose last sync failed may have
// happened nevertheless: so nothing is remembered between updates, each begins from
// what the file says.
func (d *disk) update(fn func(writer) error) error {
	return d.change(func(tx *bbolt.Tx) error {
		w := &diskWriter{log: tx.Bucket(logBucket), known: tx.Bucket(seenBucket)}
		k, v := w.log.Cursor().Last()
		var err error
		if w.last, _, err = decodeHead(k, v); err != nil {
			return damaged("entry", k, err)
		}
		if err := fn(w); err != nil {
			return err
		}
		return putNote(tx, topKey, w.last.Position)
	})
}

// putNote notes where the log ends, or where the board stands, apart from them: so what
// got lost as a whole is missed.
func putNote(tx *bbolt.Tx, key []byte, p hub.Position) error {
	rec := appendPosition(make([]byte, sumLen, sumLen+positionLen), p)
	return tx.Bucket(metaBucket).Put(key, seal(key, rec))
}

// note returns what putNote put, or a zero position.
func note(tx *bbolt.Tx, key []byte) (hub.Position, error) {
	rec := tx.Bucket(metaBucket).Get(key)
	if rec == nil {
		return hub.Position{}, nil
	}
	b, err := unseal(key, rec, positionLen)
	if err != nil {
		return hub.Position{}, damaged("note", key, err)
	}
	return decodePosition(b), nil
}

// diskWriter is a transaction that writes.
type diskWriter struct {
	log, known *bbolt.Bucket
	last       hub.Entry
}

func (w *diskWriter) newest() hub.Entry { return w.last }

func (w *diskWriter) seen(id string) (s seen, known bool, err error) {
	key := []byte(id)
	rec := w.known.Get(key)
	if rec == nil {
		return s, false, nil
	}
	if s, err = decodeSeen(key, rec); err != nil {
		return s, false, damaged("seen", key, err)
	}
	return s, true, nil
}

func (w *diskWriter) remember(id string, s seen) error {
	key := []byte(id)
	rec, err := encodeSeen(key, s)
	if err != nil {
		return err
	}
	return w.known.Put(key, rec)
}

func (w *diskWriter) add(e hub.Entry, digest [32]byte) error {
	if err := putEntry(w.log, e); err != nil {
		return err
	}
	w.last = e
	return w.remember(e.Event.ID, seen{position: e.Position, at: e.At, digest: digest})
}

func putEntry(log *bbolt.Bucket, e hub.Entry) error {
	key := entryKey(e.Position)
	log.FillPercent = 0.9 // keys only ever grow: a page that was split gets no more of them
	return log.Put(key, encodeEntry(key, e))
}
