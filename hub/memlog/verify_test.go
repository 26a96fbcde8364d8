package memlog

import (
	"bytes"
	"path/filepath"
	"testing"

	"go.etcd.io/bbolt"

	"battlehub/hub/logtest"
)

// TestRefusesForeignFile hands Open sound bbolt files that it must not use.
func TestRefusesForeignFile(t *testing.T) {
	t.Parallel()
	format := func(version, app uint64) func(tx *bbolt.Tx) error {
		return func(tx *bbolt.Tx) error {
			rec := bigEndian.AppendUint32(make([]byte, sumLen), uint32(version))
			rec = bigEndian.AppendUint64(rec, app)
			return tx.Bucket(metaBucket).Put(formatKey, seal(formatKey, rec))
		}
	}
	cases := []struct {
		name   string
		change func(*bbolt.Tx) error
		want   error
	}{
		{"NewerVersion", format(formatVersion+1, uint64(logtest.App)), ErrVersion},
		{"OtherApp", format(formatVersion, 1600000000), ErrApp},
		{"NotALog", func(tx *bbolt.Tx) error { return tx.DeleteBucket(metaBucket) }, ErrVersion},
		{"NoFormat", func(tx *bbolt.Tx) error { return tx.Bucket(metaBucket).Delete(formatKey) }, ErrDamaged},
		{"NoSeenBucket", func(tx *bbolt.Tx) error { return tx.DeleteBucket(seenBucket) }, ErrDamaged},
		{"NoEntries", func(tx *bbolt.Tx) error {
			if err := tx.DeleteBucket(logBucket); err != nil {
				return err
			}
			_, err := tx.CreateBucket(logBucket)
			return err
		}, ErrDamaged},
		{"LastEntryMissing", func(tx *bbolt.Tx) error {
			log := tx.Bucket(logBucket)
			k, _ := log.Cursor().Last()
			return log.Delete(k)
		}, ErrDamaged},
		{"MiddleEntryMissing", func(tx *bbolt.Tx) error {
			k, _ := thirdEntry(tx)
			return tx.Bucket(logBucket).Delete(k)
		}, ErrDamaged},
		{"SeenMissing", func(tx *bbolt.Tx) error {
			return tx.Bucket(seenBucket).Delete([]byte(benchEvent(7).ID))
		}, ErrDamaged},
		{"BrokenChain", func(tx *bbolt.Tx) error {
			k, v := thirdEntry(tx)
			e, err := decodeEntry(k, v)
			if err != nil {
				return err
			}
			e.Prev++
			return putEntry(tx.Bucket(logBucket), e)
		}, ErrDamaged},
		{"NotAnEvent", func(tx *bbolt.Tx) error {
			k, v := thirdEntry(tx)
			rec := bytes.Clone(v[:sumLen+headLen])
			text := `{"id":7}`
			bigEndian.PutUint32(rec[sumLen+headLen-4:], uint32(len(text)))
			return tx.Bucket(logBucket).Put(k, seal(k, append(rec, text...)))
		}, ErrDamaged},
		{"ForeignKey", func(tx *bbolt.Tx) error { return tx.Bucket(logBucket).Put([]byte{0xff}, []byte("x")) }, ErrDamaged},
		{"DamagedBoard", func(tx *bbolt.Tx) error { return tx.Bucket(boardBucket).Put(boardKey, make([]byte, 50)) }, ErrDamaged},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			path, _, _ := sample(t)
			changeFile(t, path, c.change)
			file := readFile(t, path)
			_, err := Open(Options{App: logtest.App, Dir: filepath.Dir(path)})
			checkRefused(t, err, c.want, path, file)
		})
	}
}

func thirdEntry(tx *bbolt.Tx) (k, v []byte) {
	c := tx.Bucket(logBucket).Cursor()
	c.First()
	c.Next()
	return c.Next()
}
