package memlog

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"go.etcd.io/bbolt"

	"battlehub/hub"
	"battlehub/hub/logtest"
)

// content is everything that a log can tell.
type content struct {
	Entries []hub.Entry
	Found   []hub.Found
	Board   []byte
}

// sample writes a log with a bit of everything and returns its file and content.
func sample(t *testing.T) (path string, file []byte, c content) {
	t.Helper()
	dir := t.TempDir()
	l := openLog(t, Options{Dir: dir})
	for n := range 40 {
		a, err := l.Append(t.Context(), []hub.Event{benchEvent(n), benchEvent(n / 2)})
		if err != nil {
			t.Fatal(err)
		}
		if err := l.SaveBoard(t.Context(), a[0].Position, make([]byte, 5000)); err != nil {
			t.Fatal(err)
		}
	}
	c, err := contentOf(t, l)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(dir, logtest.App.String()+".bbolt")
	return path, readFile(t, path), c
}

func contentOf(t *testing.T, l *Log) (c content, err error) {
	if c.Entries, err = l.Read(t.Context(), hub.Position{}, 0); err != nil {
		return c, err
	}
	var ids []string
	for n := range 40 {
		ids = append(ids, benchEvent(n).ID)
	}
	if c.Found, err = l.Find(t.Context(), ids); err != nil {
		return c, err
	}
	_, c.Board, err = l.LoadBoard(t.Context())
	return c, err
}

// readBack opens the log and returns its content, or why it cannot be had.
func readBack(t *testing.T, dir string) (content, error) {
	t.Helper()
	l, err := Open(Options{App: logtest.App, Dir: dir})
	if err != nil {
		return content{}, err
	}
	c, err := contentOf(t, l)
	return c, errors.Join(err, l.Close())
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func writeFile(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestRefusesDamagedFile hands Open files that are no log any more.
func TestRefusesDamagedFile(t *testing.T) {
	t.Parallel()
	path, whole, _ := sample(t)
	used := usedBytes(t, path)
	noise := make([]byte, 1<<16)
	for i := range noise {
		noise[i] = byte(rand.Uint32())
	}
	page := os.Getpagesize()
	noMeta := bytes.Clone(whole)
	clear(noMeta[:2*page])
	noData := bytes.Clone(whole)
	clear(noData[2*page:])
	files := map[string][]byte{
		"Empty":             {},
		"Text":              []byte("hello"),
		"Noise":             noise,
		"OnePage":           whole[:page],
		"MetaPagesOnly":     whole[:2*page],
		"Half":              whole[:used/2],
		"LastByteMissing":   whole[:used-1],
		"MetaPagesCleared":  noMeta,
		"DataPagesCleared":  noData,
		"Shifted":           whole[1:],
		"StartsWithNothing": append(make([]byte, page), whole...),
	}
	for name, file := range files {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			path := filepath.Join(dir, filepath.Base(path))
			writeFile(t, path, file)
			_, err := Open(Options{App: logtest.App, Dir: dir})
			checkRefused(t, err, ErrDamaged, path, file)
		})
	}
}

// usedBytes returns up to where the file has pages; bbolt grows it ahead of need.
func usedBytes(t *testing.T, path string) (n int64) {
	t.Helper()
	changeFile(t, path, func(tx *bbolt.Tx) error {
		n = tx.Size()
		return errors.New("no change")
	})
	return n
}

// changeFile changes a log's file behind its back. A change that fails changes nothing.
func changeFile(t *testing.T, path string, change func(*bbolt.Tx) error) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = db.Update(change)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// checkRefused wants the right error, which says what to do, and the file untouched.
func checkRefused(t *testing.T, err, want error, path string, file []byte) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("Open: %v, want %v", err, want)
	}
	if !bytes.Contains([]byte(err.Error()), []byte(path)) {
		t.Errorf("the error does not name %s: %v", path, err)
	}
	if !bytes.Equal(readFile(t, path), file) {
		t.Error("the file was changed")
	}
	files, readErr := os.ReadDir(filepath.Dir(path))
	if readErr != nil || len(files) != 1 {
		t.Errorf("there are %d files now (%v): want 1", len(files), readErr)
	}
}

// TestFlippedByte flips one byte of a log's file at a time: either it was a byte that
// nobody needs, or the log says that it is damaged. It never tells anything else than
// what was written, except that a damaged meta page is the same as one whose writing
// was interrupted: bbolt goes back by that transaction.
//
// It runs alone: bbolt copies a small bucket out of its page, and a damaged offset in it
// leads bbolt to whatever else is in memory. The checksum settles that, but the race
// detector would see the memory of other tests being read.
func TestFlippedByte(t *testing.T) {
	path, file, want := sample(t)
	dir, metas := filepath.Dir(path), 2*os.Getpagesize()
	for n := range 300 {
		if t.Failed() {
			return
		}
		at := rand.IntN(len(file))
		if n%4 == 0 { // the headers of the pages, where bbolt itself looks
			at = at/os.Getpagesize()*os.Getpagesize() + rand.IntN(64)
		}
		broken := bytes.Clone(file)
		broken[at] ^= 1 << rand.IntN(8)
		writeFile(t, path, broken)
		got, err := readBack(t, dir)
		switch {
		case err != nil && !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrVersion):
			t.Errorf("byte %d of %d: %v, want %v", at, len(file), err, ErrDamaged)
		case err == nil && at >= metas && !reflect.DeepEqual(got, want):
			t.Errorf("byte %d of %d was flipped and the log says something else", at, len(file))
		case err == nil && at < metas && !reflect.DeepEqual(got.Entries, want.Entries[:len(got.Entries)]):
			t.Errorf("byte %d of %d was flipped and the log is no former log", at, len(file))
		}
		if !bytes.Equal(readFile(t, path), broken) {
			t.Fatalf("byte %d of %d was flipped and the file was changed", at, len(file))
		}
	}
}

// TestDamageInside damages an entry that is too old for Open to look at: whoever comes
// to it is told, and whoever reads behind it is served.
func TestDamageInside(t *testing.T) {
	t.Parallel()
	o := Options{App: logtest.App, Dir: t.TempDir()}
	l := openLog(t, o)
	var events []hub.Event
	for n := range checkedEntries + 100 {
		events = append(events, benchEvent(n))
	}
	a, err := l.Append(t.Context(), events)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	changeFile(t, filepath.Join(o.Dir, logtest.App.String()+".bbolt"), func(tx *bbolt.Tx) error {
		k, v := thirdEntry(tx)
		v = bytes.Clone(v)
		v[len(v)-1] ^= 1
		return tx.Bucket(logBucket).Put(k, v)
	})
	l = openLog(t, o)
	if _, err := l.Read(t.Context(), hub.Position{}, 0); !errors.Is(err, ErrDamaged) {
		t.Errorf("Read across the damage: %v", err)
	}
	if err := l.Tail(t.Context(), hub.Position{}, &counter{}); !errors.Is(err, ErrDamaged) {
		t.Errorf("Tail across the damage: %v", err)
	}
	if _, err := l.Find(t.Context(), []string{events[1].ID}); !errors.Is(err, ErrDamaged) {
		t.Errorf("Find of the damaged: %v", err)
	}
	if got, err := l.Read(t.Context(), a[2].Position, 1); err != nil || got[0].Event.ID != events[3].ID {
		t.Errorf("Read behind the damage: %v", err)
	}
}

// TestFileVanishesUnderTheLog cuts the file short while the log uses it, which makes
// bbolt touch pages that are not there: an error, not a crash, and for good.
func TestFileVanishesUnderTheLog(t *testing.T) {
	t.Parallel()
	path, _, _ := sample(t)
	l := openLog(t, Options{Dir: filepath.Dir(path)})
	if err := os.Truncate(path, int64(2*os.Getpagesize())); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := l.Append(t.Context(), []hub.Event{benchEvent(100)}); !errors.Is(err, ErrDamaged) {
			t.Errorf("Append: %v, want %v", err, ErrDamaged)
		}
		if _, err := l.Read(t.Context(), hub.Position{}, 1); !errors.Is(err, ErrDamaged) {
			t.Errorf("Read: %v, want %v", err, ErrDamaged)
		}
	}
}

// TestOtherTrouble is about errors that are not the file's fault.
func TestOtherTrouble(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, logtest.App.String()+".bbolt"), 0o700); err != nil {
		t.Fatal(err)
	}
	notADir := filepath.Join(t.TempDir(), "file")
	writeFile(t, notADir, nil)
	for name, dir := range map[string]string{"DirectoryInPlace": dir, "FileAsDirectory": notADir} {
		t.Run(name, func(t *testing.T) {
			_, err := Open(Options{App: logtest.App, Dir: dir})
			if err == nil || errors.Is(err, ErrDamaged) || !bytes.Contains([]byte(err.Error()), []byte(dir)) {
				t.Errorf("Open: %v", err)
			}
		})
	}
}
