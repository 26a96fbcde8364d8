package webhook

import (
	"errors"
	"fmt"
	"runtime/debug"
	"syscall"

	berrors "go.etcd.io/bbolt/errors"
)

// Why a spool's file is refused. The errors that OpenSpool and Append return wrap these
// with the file's path and what to do about it.
var (
	// ErrSpoolInUse says that another process, or another Spool, has the file open.
	ErrSpoolInUse = errors.New("the spool is in use")
	// ErrSpoolDamaged says that the file is not what was written, in such a way that
	// its records cannot be found. A spool that meets this on the way stops for good rather
	// than write into it, and lets everything through to the log.
	ErrSpoolDamaged = errors.New("the spool is damaged")

	errSpoolForeign = errors.New("the file is no spool of this app and this version")
)

// spoolRemedies tell a person what to do about an error.
var spoolRemedies = map[error]string{
	ErrSpoolInUse:   "is another battlehub running on this data directory?",
	ErrSpoolDamaged: "restore the file from a backup, or move it away to begin an empty spool; webhooks in it that were answered OK are in no log yet",
	errSpoolForeign: "use another data directory, or move the file away",
}

// explain adds the path and the remedy to an error of the file.
func (f *spoolFile) explain(err error) error {
	if err == nil {
		return nil
	}
	for cause, remedy := range spoolRemedies {
		if errors.Is(err, cause) {
			return fmt.Errorf("%s: %w: %s", f.path, err, remedy)
		}
	}
	return fmt.Errorf("%s: %w", f.path, err)
}

// spoolOpenError tells what an error of bbolt.Open means.
func spoolOpenError(err error) error {
	var errno syscall.Errno
	switch {
	case errors.As(err, &errno):
		return err // the disk's or the permissions' fault, not the file's
	case errors.Is(err, berrors.ErrTimeout):
		return ErrSpoolInUse
	default:
		return fmt.Errorf("%w: %w", ErrSpoolDamaged, err)
	}
}

// use runs fn, which uses the file. bbolt believes every page it reads: a damaged one
// makes it panic, or reach beyond the mapped file, which without SetPanicOnFault would
// kill the process. Either leaves its locks in an unknown state, so that nobody else may
// be in there meanwhile, and the file is not touched again.
func (f *spoolFile) use(fn func() error) (err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.broken != nil {
		return f.broken
	}
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", ErrSpoolDamaged, p)
		}
		if err = f.explain(err); errors.Is(err, ErrSpoolDamaged) {
			f.broken = err
		}
	}()
	return fn()
}
