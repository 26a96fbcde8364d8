package webtest

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
)

// downloads has the browser save files in a folder.
func (p *tab) downloads(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if _, err := chromedp.Call(p.ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: dir}); err != nil {
		t.Fatal(err)
	}
	return dir
}

// downloaded waits for the one file that matches, and returns what is in it.
func downloaded(t *testing.T, dir, pattern string) []byte {
	t.Helper()
	deadline := time.After(patience)
	for range time.Tick(20 * time.Millisecond) {
		if files, _ := filepath.Glob(filepath.Join(dir, pattern)); len(files) == 1 {
			if body, err := os.ReadFile(files[0]); err == nil && len(body) > 0 {
				return body
			}
		}
		select {
		case <-deadline:
			t.Fatalf("no file %s", pattern)
		default:
		}
	}
	return nil
}

// TestWhatIsFilteredIsExported, as CSV that any reader takes and whose cells are no formulas,
// and as NDJSON that is what the hub has.
func TestWhatIsFilteredIsExported(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	formula := newBattle(h, "formula", `=HYPERLINK("http://x","pk,1")`, "pk-2", "pk-3").create(t, true).start(t, "pk-2").end(t, 0, time.Minute, 7, 9)
	newBattle(h, "filtered out", "pk-8", "pk-9").create(t, true)
	p := newTab(t)
	dir := p.downloads(t)
	p.open(t, h.url("/?q=pk-2&panel=export"))
	p.waitFor(t, `document.querySelector('.export p')?.innerText === '1 battle, as filtered:'`)
	for i, format := range []string{"csv", "ndjson"} {
		evaluate[chromedp.Void](t, p, `document.querySelectorAll('.export button')[`+quote(i)+`].click()`)
		body := downloaded(t, dir, "battles-*Z."+format)
		if format == "csv" {
			mustBeCSV(t, body, map[string]string{"id": "'" + formula.id, "from_room": `'=HYPERLINK("http://x","pk,1")`, "from_score": "7",
				"to1_room": "pk-2", "to1_joined": "true", "to2_room": "pk-3", "to2_joined": "false", "winner": "pk-2", "outcome": "time_up"})
			continue
		}
		var of struct{ Battles []json.RawMessage }
		h.get(t, "/v1/battles?room=pk-2", &of)
		if got := bytes.TrimSuffix(body, []byte("\n")); !bytes.Equal(got, of.Battles[0]) {
			t.Errorf("NDJSON: %s, want %s", got, of.Battles[0])
		}
	}
}

// mustBeCSV checks cells of the one line, by the names of their columns.
func mustBeCSV(t *testing.T, body []byte, want map[string]string) {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(body, []byte("\ufeff")))).ReadAll()
	if err != nil || len(rows) != 2 {
		t.Fatalf("%d rows, %v: %s", len(rows), err, body)
	}
	for i, name := range rows[0] {
		if text, asked := want[name]; asked && rows[1][i] != text {
			t.Errorf("%s is %q, want %q", name, rows[1][i], text)
		}
		delete(want, name)
	}
	if len(want) > 0 {
		t.Errorf("no columns for %v", want)
	}
}
