package webtest

import (
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"testing"
	"time"
)

// battles asks the hub for its whole board: all that it says of each battle, by id.
func (h *hubProcess) battles(t *testing.T) map[string]any {
	t.Helper()
	all := map[string]any{}
	for next := "first"; next != ""; {
		var page struct {
			Battles []map[string]any
			Next    string
		}
		query := url.Values{"limit": {"1000"}}
		if next != "first" {
			query.Set("after", next)
		}
		h.get(t, "/v1/battles?"+query.Encode(), &page)
		for _, b := range page.Battles {
			all[b["id"].(string)] = b
		}
		next = page.Next
	}
	return all
}

// waitUntilEqual waits until the page holds exactly the hub's board, in all that is said of any
// battle, lists each once, and has none twice in the page.
func (p *tab) waitUntilEqual(t *testing.T, h *hubProcess) {
	t.Helper()
	want := h.battles(t)
	var different string
	deadline := time.After(patience)
	for range time.Tick(100 * time.Millisecond) {
		if different = p.difference(t, want); different == "" {
			return
		}
		select {
		case <-deadline:
			t.Fatalf("the page's board is not the hub's: %s", different)
		default:
		}
		want = h.battles(t)
	}
}

// difference says how the page's board differs from that of the hub.
func (p *tab) difference(t *testing.T, want map[string]any) string {
	t.Helper()
	page := evaluate[struct {
		Held   map[string]any
		Listed []string
		Drawn  [][2]string
	}](t, p, `Promise.all(['store', 'shown'].map((name) => import('/dashboard/' + name + '.js'))).then(([{ hub }, { shown }]) => ({
		Held: Object.fromEntries(hub.battles),
		Listed: ['pending', 'live', 'ended'].flatMap((state) => shown.value[state].map(({ id }) => id)),
		Drawn: [...document.querySelectorAll('.scroll [data-id]')].map((item) => [item.dataset.id,
			['pending', 'live', 'ended'].find((state) => (item.querySelector('.card') ?? item).classList.contains(state))]),
	}))`)
	if len(page.Held) != len(want) || len(page.Listed) != len(want) {
		return fmt.Sprintf("it holds %d battles and lists %d, the hub has %d", len(page.Held), len(page.Listed), len(want))
	}
	for id := range want {
		if !reflect.DeepEqual(page.Held[id], want[id]) {
			return fmt.Sprintf("it holds %v, the hub has %v", page.Held[id], want[id])
		}
	}
	if id, twice := repeated(page.Listed); twice {
		return "it lists twice " + id
	}
	drawn := map[string]bool{}
	for _, item := range page.Drawn {
		id, state := item[0], item[1]
		if b, known := want[id].(map[string]any); !known || b["state"] != state || drawn[id] {
			return fmt.Sprintf("it draws %s as %s, the hub has %v, and drawn before is %v", id, state, b, drawn[id])
		}
		drawn[id] = true
	}
	if len(want) > 0 && len(drawn) == 0 {
		return "it draws nothing"
	}
	return ""
}

func repeated(ids []string) (string, bool) {
	slices.Sort(ids)
	for i := range ids[min(1, len(ids)):] {
		if ids[i] == ids[i+1] {
			return ids[i], true
		}
	}
	return "", false
}
