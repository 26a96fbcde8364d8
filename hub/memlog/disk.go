package memlog

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"time"

	"go.etcd.io/bbolt"

	"battlehub/hub"
)

// lockWait is how long Open waits for another process to let go of the file.
const lockWait = time.Second

// formatVersion is the layout that record.go describes.
const formatVersion = 1

// checkedEntries is how many of the newest entries Open proves. The end of a log is
// what a failing disk or file system hurts first; older damage is met when it is read.
const checkedEntries = 1000

// The buckets of the file, and the keys that are not data.
var (
	metaBucket  = []byte("meta")  // formatKey → format; topKey, boardKey → note
	logBucket   = []byte("log")   // entry key → entry
	seenBucket  = []byte("seen")  // event id → seen
	boardBucket = []byte("board") // boardKey → board
	formatKey   = []byte("format")
	topKey      = []byte("top")
	boardKey    = []byte("board")
)

// disk keeps a log in a bbolt file. bbolt syncs the file in every transaction before
// it says that the transaction is committed, and a crash at any moment leaves the state
// after one of them.
type disk struct {
	path    string
	db      *bbolt.DB
	file    *os.File                     // bbolt's own, for when bbolt cannot close it
	broken  atomic.Pointer[error]        // see guard
	boardAt atomic.Pointer[hub.Position] // where the saved board stands; nil without one
}

// openDisk opens the app's log in dir, beginning it if there is none, and returns its
// newest position.
func openDisk(dir string, app hub.App) (*disk, hub.Position, error) {
	if err := makeDir(dir); err != nil {
		return nil, hub.Position{}, fmt.Errorf("data directory: %w", err)
	}
	d := &disk{path: filepath.Join(dir, app.String()+".bbolt")}
	top, err := d.openOrBegin(app)
	if err != nil {
		return nil, hub.Position{}, errors.Join(fmt.Errorf("opening the log: %w", err), d.close())
	}
	return d, top, nil
}

func (d *disk) openOrBegin(app hub.App) (top hub.Position, err error) {
	if _, err := os.Stat(d.path); errors.Is(err, fs.ErrNotExist) {
		if err := begin(d.path, app); err != nil {
			return top, err
		}
	}
	if err := d.open(); err != nil {
		return top, err
	}
	err = d.view(func(tx *bbolt.Tx) error {
		top, err = d.verify(tx, app)
		return err
	})
	return top, err
}

// open opens an existing file that has something in it; bbolt would begin a new
// database in an empty one, and hide that everything is lost.
func (d *disk) open() error {
	return d.guard(func() error {
		if info, err := os.Stat(d.path); err != nil {
			return err
		} else if info.Size() == 0 {
			return fmt.Errorf("%w: the file is empty", ErrDamaged)
		}
		return d.openBolt(0)
	})
}

// openBolt opens the file with further flags, and creates it only if they say so.
func (d *disk) openBolt(flags int) (err error) {
	d.db, err = bbolt.Open(d.path, 0o600, &bbolt.Options{
		Timeout:      lockWait,
		FreelistType: bbolt.FreelistMapType, // the array gets slow as trimming scatters free pages
		NoStatistics: true,
		OpenFile: func(name string, flag int, mode os.FileMode) (*os.File, error) {
			f, err := os.OpenFile(name, flag&^os.O_CREATE|flags, mode)
			d.file = f
			return f, err
		},
	})
	return openError(err)
}

// begin creates the file with the history's first entry. It is written under another
// name and renamed when it is whole, so that a crash on the way leaves no half a log that
// looks like a damaged one.
func begin(path string, app hub.App) error {
	dir, err := lockDir(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer dir.Close()
	if _, err := os.Stat(path); err == nil {
		return nil // another process began it a moment ago
	}
	draft := &disk{path: path + ".new"}
	if err := os.Remove(draft.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	err = draft.guard(func() error { return draft.openBolt(os.O_CREATE | os.O_EXCL) })
	if err == nil {
		err = draft.writeOpening(app)
	}
	if err = errors.Join(err, draft.close()); err != nil {
		_ = os.Remove(draft.path) // if it stays, the next begin removes it
		return err
	}
	if err := os.Rename(draft.path, path); err != nil {
		return err
	}
	return dir.Sync()
}

// writeOpening makes an empty database a log.
func (d *disk) writeOpening(app hub.App) error {
	return d.change(func(tx *bbolt.Tx) error {
		for _, name := range [][]byte{metaBucket, logBucket, seenBucket, boardBucket} {
			if _, err := tx.CreateBucket(name); err != nil {
				return err
			}
		}
		format := bigEndian.AppendUint32(make([]byte, sumLen), formatVersion)
		format = bigEndian.AppendUint64(format, uint64(app))
		if err := tx.Bucket(metaBucket).Put(formatKey, seal(formatKey, format)); err != nil {
			return err
		}
		first := opening(hub.At(time.Now()))
		if err := putEntry(tx.Bucket(logBucket), first); err != nil {
			return err
		}
		return putNote(tx, topKey, first.Position)
	})
}

// view runs fn in a transaction that sees the last commit.
func (d *disk) view(fn func(*bbolt.Tx) error) error {
	return d.guard(func() error { return d.db.View(fn) })
}

// change runs fn in a transaction of its own and syncs it.
func (d *disk) change(fn func(*bbolt.Tx) error) error {
	return d.guard(func() error { return d.db.Update(fn) })
}

// close lets go of the file. A broken database cannot be closed, since its locks may
// be held for ever. Its memory mapping stays until the process ends, and would keep the
// file locked as long, hence the unlocking.
func (d *disk) close() error {
	switch {
	case d.file == nil:
		return nil
	case d.db == nil || d.broken.Load() != nil:
		_ = syscall.Flock(int(d.file.Fd()), syscall.LOCK_UN) // bbolt may have closed it
		_ = d.file.Close()
		return nil
	default:
		return d.db.Close()
	}
}

// makeDir makes the directory durable, if it does not exist.
func makeDir(dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	parent, err := os.Open(filepath.Dir(dir))
	if err != nil {
		return err
	}
	return errors.Join(parent.Sync(), parent.Close())
}

// lockDir opens the directory and keeps other processes from beginning a log in it at
// the same time, until it is closed. It waits for them: that takes milliseconds.
func lockDir(dir string) (*os.File, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		return nil, errors.Join(fmt.Errorf("locking %s: %w", dir, err), f.Close())
	}
	return f, nil
}
