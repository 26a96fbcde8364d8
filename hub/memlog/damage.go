package memlog

import (
	"errors"
	"fmt"
	"runtime/debug"
	"syscall"

	berrors "go.etcd.io/bbolt/errors"

	"battlehub/hub"
)

// Why a log on disk is refused. The errors that Open and the log's methods return wrap
// these with the file's path and what to do about it.
var (
	// ErrInUse says that another process, or another Log, has the file open.
	ErrInUse = errors.New("the log is in use")
	// ErrDamaged says that the file is not what was written: cut short, overwritten,
	// or with flipped bits. A log that meets damage on the way returns it too; when
	// the damage is such that bbolt cannot even walk the file, the log stops for good
	// rather than write into it.
	ErrDamaged = errors.New("the log is damaged")
	// ErrVersion says that the file is not a battlehub log, or a newer one.
	ErrVersion = errors.New("the log has another format")
	// ErrApp says that the file is the log of another app.
	ErrApp = errors.New("the log belongs to another app")
)

// remedies tell a person what to do about an error.
var remedies = []struct {
	err  error
	text string
}{
	{ErrInUse, "is another battlehub running on this data directory?"},
	{ErrDamaged, "restore the file from a backup, or move it away to begin an empty log"},
	{ErrVersion, "run the battlehub that wrote the file, or use another data directory"},
	{ErrApp, "use another data directory, or move the file away"},
}

// explain adds the path and the remedy to an error of the file.
func (d *disk) explain(err error) error {
	var reset *hub.ResetError
	switch {
	case err == nil, errors.As(err, &reset):
		return err
	case errors.Is(err, berrors.ErrDatabaseNotOpen):
		return hub.ErrClosed
	}
	for _, r := range remedies {
		if errors.Is(err, r.err) {
			return fmt.Errorf("%s: %w: %s", d.path, err, r.text)
		}
	}
	return fmt.Errorf("%s: %w", d.path, err)
}

// openError tells what an error of bbolt.Open means.
func openError(err error) error {
	var errno syscall.Errno
	switch {
	case err == nil, errors.As(err, &errno):
		return err // the disk's or the permissions' fault, not the file's
	case errors.Is(err, berrors.ErrTimeout):
		return ErrInUse
	case errors.Is(err, berrors.ErrVersionMismatch):
		return fmt.Errorf("%w: %w", ErrVersion, err)
	default:
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
}

// damaged says which record is not what was written.
func damaged(what string, key []byte, err error) error {
	return fmt.Errorf("%w: %s %x: %w", ErrDamaged, what, key, err)
}

// guard runs fn, which uses the file. bbolt believes every page it reads: a damaged one
// makes it panic, or reach beyond the mapped file, which without SetPanicOnFault would
// kill the process. Either leaves its locks in an unknown state, so that from then on
// the file is not touched again.
func (d *disk) guard(fn func() error) (err error) {
	if broken := d.broken.Load(); broken != nil {
		return *broken
	}
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = d.explain(fmt.Errorf("%w: %v", ErrDamaged, p))
			d.broken.Store(&err)
		}
	}()
	return d.explain(fn())
}
