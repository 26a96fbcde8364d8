package webhook

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.etcd.io/bbolt"
)

// spoolPath is the file of the app's spool.
func spoolPath(dir string) string { return filepath.Join(dir, testApp.String()+".spool") }

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

// changeSpool changes a spool's file behind its back.
func changeSpool(t *testing.T, dir string, change func(*bbolt.Bucket) error) {
	t.Helper()
	f, err := openSpoolFile(dir, testApp)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.change(change), f.close()); err != nil {
		t.Fatal(err)
	}
}

// TestNoSpool opens files that are none.
func TestNoSpool(t *testing.T) {
	t.Parallel()
	other := t.TempDir()
	s := openSpool(t, other, newMoody(nil, refuses), func(o *SpoolOptions) { o.App++ })
	closeSpool(t, s)
	for name, c := range map[string]struct {
		file []byte
		want error
	}{
		"text":     {[]byte("hello"), ErrSpoolDamaged},
		"zeros":    {make([]byte, 1<<16), ErrSpoolDamaged},
		"of_other": {readFile(t, filepath.Join(other, "1400000001.spool")), errSpoolForeign},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			writeFile(t, spoolPath(dir), c.file)
			_, err := OpenSpool(SpoolOptions{App: testApp, Dir: dir})
			if !errors.Is(err, c.want) || !strings.Contains(err.Error(), spoolPath(dir)+": ") || !strings.Contains(err.Error(), "away") {
				t.Errorf("OpenSpool: %v", err)
			}
			if !bytes.Equal(readFile(t, spoolPath(dir)), c.file) {
				t.Error("the file was changed")
			}
		})
	}
}

// TestSpoolInNoOrder opens files whose records bbolt can read and a spool cannot.
func TestSpoolInNoOrder(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*bbolt.Bucket) error{
		"no_key":   func(b *bbolt.Bucket) error { return b.Put([]byte("zz"), []byte("no record")) },
		"no_begin": func(b *bbolt.Bucket) error { return b.Delete(spoolKey(0)) },
		"no_end":   func(b *bbolt.Bucket) error { return b.SetSequence(3) },
		"bucket": func(b *bbolt.Bucket) error {
			_, err := b.CreateBucket(spoolKey(6))
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			backlogOf(t, dir, spoolEvents(5)...)
			changeSpool(t, dir, change)
			before := readFile(t, spoolPath(dir))
			if _, err := OpenSpool(SpoolOptions{App: testApp, Dir: dir}); !errors.Is(err, ErrSpoolDamaged) {
				t.Errorf("OpenSpool: %v", err)
			}
			if !bytes.Equal(readFile(t, spoolPath(dir)), before) {
				t.Error("the file was changed")
			}
		})
	}
}

// TestSpoolInUse waits for a moment, as in a restart, and not for long.
func TestSpoolInUse(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		first := openSpool(t, dir, openMemory(t), nil)
		if _, err := OpenSpool(SpoolOptions{App: testApp, Dir: dir}); !errors.Is(err, ErrSpoolInUse) || !strings.Contains(err.Error(), spoolPath(dir)) {
			t.Errorf("OpenSpool: %v", err)
		}
		time.AfterFunc(spoolLockWait/2, func() { _ = first.Close() })
		openSpool(t, dir, openMemory(t), nil)
	})
}

func TestSpoolIsTheOwnersOnly(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a", "b")
	openSpool(t, dir, openMemory(t), nil)
	for path, want := range map[string]os.FileMode{dir: 0o700 | os.ModeDir, spoolPath(dir): 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode() != want {
			t.Errorf("%s: mode %v (%v), want %v", path, info.Mode(), err, want)
		}
	}
}
