package webhook

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"go.etcd.io/bbolt"

	"battlehub/hub"
)

// spoolLockWait is how long OpenSpool waits for another process to let go of the file.
const spoolLockWait = time.Second

// spoolFile keeps records in a bbolt file, in the order in which they came. bbolt syncs
// the file in every transaction, and a crash at any moment leaves the state after one.
type spoolFile struct {
	path   string
	bucket []byte // names the format and the app, so that no other is taken for it

	settled uint64 // number of the last record before those that were found
	found   load   // when it was opened

	mu     sync.Mutex // one user at a time, see use
	db     *bbolt.DB
	file   *os.File // bbolt's own, for when bbolt cannot close it
	broken error
}

// openSpoolFile opens the app's file in dir, beginning it if there is none.
func openSpoolFile(dir string, app hub.App) (*spoolFile, error) {
	if err := makeSpoolDir(dir); err != nil {
		return nil, err
	}
	f := &spoolFile{path: filepath.Join(dir, app.String()+".spool"), bucket: []byte("spool 1 of app " + app.String())}
	err := f.use(f.open)
	if err == nil {
		err = syncDir(dir) // the file's name must survive as what is written to it
	}
	if err != nil {
		return nil, errors.Join(err, f.close())
	}
	return f, nil
}

func (f *spoolFile) open() (err error) {
	f.db, err = bbolt.Open(f.path, 0o600, &bbolt.Options{
		Timeout:      spoolLockWait,
		FreelistType: bbolt.FreelistMapType, // the array gets slow once a long backlog has left free pages
		OpenFile: func(name string, flag int, mode os.FileMode) (*os.File, error) {
			file, err := os.OpenFile(name, flag, mode)
			f.file = file
			return file, err
		},
	})
	if err != nil {
		return spoolOpenError(err)
	}
	fresh := false
	if err = f.db.View(func(tx *bbolt.Tx) error {
		fresh, err = f.verify(tx)
		return err
	}); err != nil || !fresh {
		return err
	}
	return f.db.Update(func(tx *bbolt.Tx) error {
		b, err := tx.CreateBucket(f.bucket)
		if err != nil {
			return err
		}
		return b.Put(spoolKey(0), settledMark(spoolKey(0)))
	})
}

// verify proves that the file is this app's spool and can be worked with, or that it is
// fresh. It writes nothing, so that what is refused can be looked into.
func (f *spoolFile) verify(tx *bbolt.Tx) (fresh bool, err error) {
	root, pages := tx.Cursor().Bucket(), newSpoolPages(f.file, tx)
	if err := pages.tree(root); err != nil {
		return false, err
	}
	if name, _ := root.Cursor().First(); name == nil && len(pages.used) == freshPages {
		return true, nil
	}
	b := root.Bucket(f.bucket)
	if b == nil {
		return false, errSpoolForeign
	}
	if err := pages.tree(b); err != nil {
		return false, err
	}
	if err := pages.rest(tx); err != nil {
		return false, err
	}
	return false, f.survey(b)
}

// close lets go of the file. A broken database cannot be closed, since its locks may be
// held for ever. Its memory mapping stays until the process ends, and would keep the file
// locked as long, hence the unlocking.
func (f *spoolFile) close() error {
	switch {
	case f.file == nil:
		return nil
	case f.db == nil || f.broken != nil:
		_ = syscall.Flock(int(f.file.Fd()), syscall.LOCK_UN) // bbolt may have closed it
		_ = f.file.Close()
		return nil
	default:
		return f.db.Close()
	}
}

// makeSpoolDir makes the directory durable, if it does not exist.
func makeSpoolDir(dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("data directory: %w", err)
	}
	return syncDir(filepath.Dir(dir))
}

func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
