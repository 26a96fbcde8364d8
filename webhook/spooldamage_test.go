package webhook

import (
	"bytes"
	"errors"
	"log/slog"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"go.etcd.io/bbolt"

	"battlehub/hub"
)

// TestDamagedRecords are told of and left out; the others come to the log.
func TestDamagedRecords(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	events := spoolEvents(300)
	backlogOf(t, dir, events...)
	changeSpool(t, dir, func(b *bbolt.Bucket) error {
		return errors.Join(
			damage(b, 1, func(v []byte) []byte { v[len(v)-1] ^= 1; return v }),
			damage(b, 150, func(v []byte) []byte { return v[:3] }),
			b.Put(spoolKey(151), b.Get(spoolKey(152))),
			b.Delete(spoolKey(200)),
			b.Delete(spoolKey(299)),
			b.Delete(spoolKey(300)),
		)
	})
	var out bytes.Buffer
	m, log := NewSpoolMetrics(nil), openMemory(t)
	s := openSpool(t, dir, log, func(o *SpoolOptions) { o.Metrics, o.Logger = m, slog.New(slog.NewTextHandler(&out, nil)) })
	waitDrained(t, s)
	closeSpool(t, s)
	wantEvents(t, log, slices.Concat(events[1:149], events[151:199], events[200:298])...)
	if got := testutil.ToFloat64(m.damaged.WithLabelValues(testApp.String())); got != 6 {
		t.Errorf("%v damaged, want 6", got)
	}
	if n := strings.Count(out.String(), "level=ERROR"); n != 5 {
		t.Errorf("%d errors, want 5:\n%s", n, &out)
	}
	if left := openSpool(t, dir, log, nil).backlog.now(); left.events != 0 {
		t.Errorf("still on disk: %+v", left)
	}
}

func damage(b *bbolt.Bucket, n uint64, how func([]byte) []byte) error {
	key := spoolKey(n)
	return b.Put(key, how(bytes.Clone(b.Get(key))))
}

// TestSpoolFileVanishes cuts the file short while the spool uses it, which makes bbolt
// touch pages that are not there. The process lives, it is told what was lost, and the
// log is as reachable as without a spool.
func TestSpoolFileVanishes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	m, log := NewSpoolMetrics(nil), openMemory(t)
	away := newMoody(log, refuses)
	var out bytes.Buffer
	s := openSpool(t, dir, away, func(o *SpoolOptions) { o.Metrics, o.Logger = m, slog.New(slog.NewTextHandler(&out, nil)) })
	for chunk := range slices.Chunk(spoolEvents(500), 100) {
		if _, err := s.Append(t.Context(), chunk); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Truncate(spoolPath(dir), int64(2*os.Getpagesize())); err != nil {
		t.Fatal(err)
	}
	waitDrained(t, s) // of what cannot be read any more
	e := spoolEvent(1000)
	if _, err := s.Append(t.Context(), []hub.Event{e}); !errors.Is(err, ErrSpoolDamaged) || !errors.Is(err, errMoody) || !strings.Contains(err.Error(), spoolPath(dir)) {
		t.Errorf("Append: %v", err)
	}
	away.be(works)
	if got := mustAppend(t, s, e); got != hub.Fresh {
		t.Errorf("verdict %s, want %s", got, hub.Fresh)
	}
	closeSpool(t, s)
	if got := testutil.ToFloat64(m.damaged.WithLabelValues(testApp.String())); got != 500 {
		t.Errorf("%v damaged, want 500", got)
	}
	if strings.Count(out.String(), "level=ERROR") != 1 || !strings.Contains(out.String(), "events=500") {
		t.Errorf("told:\n%s", &out)
	}
}

// TestFlippedByteInSpool flips one byte of a file at a time: it is refused, or what comes
// to the log is what was written. It runs alone, like its likes in hub/memlog.
func TestFlippedByteInSpool(t *testing.T) {
	dir := t.TempDir()
	events := spoolEvents(40)
	backlogOf(t, dir, events...)
	file, page := readFile(t, spoolPath(dir)), os.Getpagesize()
	for n := range 150 {
		at := rand.IntN(len(file))
		if n%3 == 0 { // the headers of the pages, where bbolt itself looks
			at = at/page*page + rand.IntN(64)
		}
		broken := bytes.Clone(file)
		broken[at] ^= 1 << rand.IntN(8)
		writeFile(t, spoolPath(dir), broken)
		log, m := openMemory(t), NewSpoolMetrics(nil)
		s, err := OpenSpool(SpoolOptions{App: testApp, Dir: dir, Log: log, Metrics: m})
		if err != nil {
			if !errors.Is(err, ErrSpoolDamaged) && !errors.Is(err, errSpoolForeign) || !bytes.Equal(readFile(t, spoolPath(dir)), broken) {
				t.Errorf("byte %d of %d: %v, or the file was changed", at, len(file), err)
			}
			continue
		}
		waitDrained(t, s)
		closeSpool(t, s)
		got, lost := eventsIn(t, log), testutil.ToFloat64(m.damaged.WithLabelValues(testApp.String()))
		if at >= 2*page && len(got)+int(lost) < len(events) {
			t.Errorf("byte %d of %d: %d events in the log and %v known as lost, want %d", at, len(file), len(got), lost, len(events))
		}
		for _, e := range got {
			i := slices.IndexFunc(events, func(want hub.Event) bool { return want.ID == e.ID })
			if i < 0 || !reflect.DeepEqual(e, events[i]) {
				t.Errorf("byte %d of %d: the log has %+v", at, len(file), e)
			}
		}
	}
}
