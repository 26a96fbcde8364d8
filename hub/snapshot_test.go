package hub

import (
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"
)

// TestSnapshotIsShared: a crowd that reconnects at once is shown one encoding of the board;
// it is renewed soon, and never outlives a reset.
func TestSnapshotIsShared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := New(map[App]Log{1: nil}, Options{})
		defer h.Close()
		f := h.feeds[1]
		f.Live(true)
		first := f.snapshot(nil)
		e := lifeOf("b1")[KindCreated]
		f.apply(&Entry{Position: Position{1, 1, 1}, At: e.At, Event: e})
		if f.snapshot(nil) != first {
			t.Error("the next client, a moment later, was not shown the same")
		}
		if own := f.snapshot([]string{"pk-3"}); own == first || own.next != first.next+1 {
			t.Errorf("an owner's snapshot: %+v", own)
		}
		<-time.After(shareFor + time.Millisecond)
		second := f.snapshot(nil)
		if second == first || second.pos != (Position{1, 1, 1}) {
			t.Errorf("it was not renewed: %+v", second)
		}
		f.mu.Lock()
		f.clear()
		f.mu.Unlock()
		if f.snapshot(nil) == second {
			t.Error("it outlived a reset")
		}
	})
}

func TestSnapshotPages(t *testing.T) {
	t.Parallel()
	big := []byte(`"` + string(make([]byte, snapshotPageBytes/2)) + `"`)
	for name, battles := range map[string][][]byte{
		"empty": nil, "one": {[]byte(`{}`)}, "many": {[]byte(`1`), big, []byte(`2`), big, big, big, []byte(`3`)},
		"huge": {append(big, big...), []byte(`1`)},
	} {
		var got [][]byte
		pages := snapshotPages(battles, Position{1, 2, 3})
		for i, page := range pages {
			data := []byte(jsonWithoutNulls(page.json()))
			var s Snapshot
			if err := json.Unmarshal(data, &s); err != nil && name != "huge" {
				t.Fatalf("%s: %v in %.80s", name, err, data)
			}
			last := i == len(pages)-1
			if name != "huge" && s.Done != last || last == page.pos.IsZero() {
				t.Errorf("%s: page %d of %d: done %v, resumable %v", name, i, len(pages), s.Done, !page.pos.IsZero())
			}
			for _, b := range s.Battles {
				got = append(got, b)
			}
		}
		if name != "huge" && len(got) != len(battles) {
			t.Errorf("%s: %d battles, want %d", name, len(got), len(battles))
		}
	}
}

// jsonWithoutNulls makes the zero bytes of the test's padding valid JSON.
func jsonWithoutNulls(b []byte) string {
	out := make([]byte, len(b))
	for i, c := range b {
		out[i] = max(c, ' ')
	}
	return string(out)
}
