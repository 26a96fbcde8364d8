package webtest

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// detailText is what the open detail says.
func (p *tab) detailText(t *testing.T) string {
	t.Helper()
	return evaluate[string](t, p, `document.querySelector('.detail').innerText.replace(/\s+/g, ' ')`)
}

func TestTheDetailOfABattle(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	b := newBattle(h, "detail", "pk-1", "pk-2").lasting(time.Minute, 2*time.Minute).create(t, true)
	p := newTab(t)
	p.open(t, h.url("/"))
	p.waitFor(t, `document.querySelector('.card') !== null`)
	p.do(t, chromedp.Click(chromedp.CSS(".card-link")))
	p.waitFor(t, `document.querySelectorAll('.timeline li').length === 1`)
	p.mustAddress(t, "?battle="+url.QueryEscape(b.id))

	// It follows the battle while it is open.
	b.start(t)
	p.waitFor(t, `document.querySelectorAll('.timeline li').length === 2`)
	b.end(t, 0, time.Minute, 10, 20)
	p.waitFor(t, `document.querySelectorAll('.timeline li').length === 3`)
	text := p.detailText(t)
	for _, want := range []string{
		b.id, "App 1400000000", "Operator op-pk-1", "Ended because Time was up", "Length 1:00", "Winner pk-2", "Leaves the board",
		"created", "started", "ended", "late", "+1:00", "Received", "In the log", "Delay 2:0",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the detail lacks %q: %s", want, text)
		}
	}
	p.mustRows(t, ".rooms-table", "pk-1 | owner-of-pk-1 | challenger | 10", "pk-2 winner | owner-of-pk-2 | invited, joined | 20")
	if evaluate[bool](t, p, `document.querySelector('.timeline details').open`) {
		t.Error("packets are not folded")
	}

	p.do(t, chromedp.KeyEvent(kb.Escape))
	p.waitFor(t, `document.querySelector('.detail') === null`)
	p.mustAddress(t, "")
	evaluate[chromedp.Void](t, p, `history.back()`)
	p.waitFor(t, `location.search === '' && document.querySelector('.detail') === null`)
}

// mustRows compares the rows of a table, their cells joined, without what copies ids.
func (p *tab) mustRows(t *testing.T, table string, want ...string) {
	t.Helper()
	got := evaluate[[]string](t, p, `[...document.querySelectorAll('`+table+` tbody tr')].map((row) =>
		[...row.cells].map((cell) => cell.innerText.replace(/Copy/g, '').replace(/\s+/g, ' ').trim()).join(' | '))`)
	if !slices.Equal(got, want) {
		t.Errorf("%s: %q, want %q", table, got, want)
	}
}

// TestWhoCameAndWhoDidNot: of the invited, those that a Start does not name have declined.
func TestWhoCameAndWhoDidNot(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	b := newBattle(h, "invited", "pk-1", "pk-2", "pk-3").create(t, true)
	p := newTab(t)
	p.open(t, h.url("/?battle="+url.QueryEscape(b.id)))
	p.waitFor(t, `document.querySelectorAll('.rooms-table tbody tr').length === 3`)
	p.mustRows(t, ".rooms-table", "pk-1 |  | challenger", "pk-2 |  | invited", "pk-3 |  | invited")
	b.start(t, "pk-3")
	p.waitFor(t, `document.querySelectorAll('.timeline li').length === 2`)
	p.mustRows(t, ".rooms-table", "pk-1 | owner-of-pk-1 | challenger", "pk-2 |  | invited, declined", "pk-3 | owner-of-pk-3 | invited, joined")
}

// TestIdsAreCopied with one click, with the browser's clipboard and without.
func TestIdsAreCopied(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	b := newBattle(h, "copied", "pk-1", `<b>"pk-2"</b>`).create(t, true).start(t)
	p := newTab(t)
	p.script(t, `Object.defineProperty(navigator, 'clipboard', { value: location.search.includes('old') ? undefined : { writeText: async (text) => { window.clip = text; } } });
		document.addEventListener('copy', () => { window.clip = document.activeElement.value; });`)
	for _, query := range []string{"/?battle=", "/?old=1&battle="} {
		p.open(t, h.url(query+url.QueryEscape(b.id)))
		p.waitFor(t, `document.querySelectorAll('.timeline li').length === 2`)
		for label, want := range map[string]string{
			"Copy: Battle id": b.id, `Copy: Room <b>"pk-2"</b>`: `<b>"pk-2"</b>`, "Copy: Owner owner-of-pk-1": "owner-of-pk-1", "Copy: Operator": "op-pk-1",
			"Copy link: the address of this page": h.url("/?battle=" + url.QueryEscape(b.id)),
		} {
			evaluate[chromedp.Void](t, p, `window.button = [...document.querySelectorAll('.copy button')].find(({ ariaLabel }) => ariaLabel === `+quote(label)+`), button.focus()`)
			p.do(t, chromedp.KeyEvent(kb.Enter))
			p.waitFor(t, `window.clip === `+quote(want)+` && button.nextElementSibling.innerText === 'Copied'`)
		}
	}
}

func TestARepeatedWebhookIsInTheTimeline(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	b := newBattle(h, "repeated", "pk-1", "pk-2").create(t, true).create(t, true)
	p := newTab(t)
	p.open(t, h.url("/?battle="+url.QueryEscape(b.id))) // its permalink
	p.waitFor(t, `document.querySelectorAll('.timeline li').length === 2`)
	if text := p.detailText(t); !strings.Contains(text, "duplicate, ignored") {
		t.Errorf("the detail does not tell of the repeat: %s", text)
	}
	p.waitFor(t, `document.querySelectorAll('.card').length > 0`)
	if n := len(p.cards(t)); n != 1 {
		t.Errorf("%d cards", n)
	}
}

// TestAConflictIsMarked: another body for a known battle may be somebody who has seen a signed
// URL, so it is shown at the top, marked unlike what merely comes twice, and explained. What
// it says is not believed.
func TestAConflictIsMarked(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	b := newBattle(h, "attacked", "pk-1", "pk-2").create(t, false).create(t, false).start(t)
	p := newTab(t)
	p.open(t, h.url("/?battle="+url.QueryEscape(b.id)))
	p.waitFor(t, `document.querySelectorAll('.timeline li').length === 3`)
	if evaluate[bool](t, p, `document.querySelector('.warning, .conflict') !== null`) {
		t.Errorf("it warns of a repeat: %s", p.detailText(t))
	}

	newBattle(h, "attacked", "pk-1", "<img src=x>").start(t)
	p.open(t, h.url("/?battle="+url.QueryEscape(b.id)))
	p.waitFor(t, `document.querySelectorAll('.timeline li').length === 4`)
	text := p.detailText(t)
	for _, want := range []string{
		"A webhook contradicts this battle, and was kept out: see below.", "duplicate, ignored", "conflict, kept out",
		"Another body for the same battle; it was kept out. If it was not Tencent, the webhook URL leaked",
		"The packet that was kept out",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the detail lacks %q: %s", want, text)
		}
	}
	const look = `((line) => getComputedStyle(line).backgroundColor)(document.querySelector('.timeline .%s'))`
	if marked := evaluate[string](t, p, fmt.Sprintf(look, "conflict")); marked == evaluate[string](t, p, fmt.Sprintf(look, "duplicate")) {
		t.Errorf("a conflict looks like a repeat: %s", marked)
	}
	evaluate[chromedp.Void](t, p, `document.querySelector('.conflict details').open = true`)
	if raw := evaluate[string](t, p, `document.querySelector('.conflict pre').innerText`); !strings.Contains(raw, "<img src=x>") {
		t.Errorf("the packet that was kept out is shown as %s", raw)
	}
	p.waitForCard(t, "live", "pk-1")
	if card := p.cardOf(t, "pk-1"); !strings.Contains(card, "pk-2") || strings.Contains(card, "img") {
		t.Errorf("the card believes it: %s", card)
	}
	if evaluate[bool](t, p, `document.querySelector('.detail img') !== null`) {
		t.Error("an element came from the packet")
	}
}

func TestAnAccountKeepsEveryDigit(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	const packet = `{"CallbackCommand":"Live.CallbackAfterStartBattle","BattleId":"digits+/=","Duration":60000,
		"CreateTime":1739956115,"StartTime":1739956115,"FromRoomInfo":{"RoomId":"pk-3","Owner_Account":144115245353757792},
		"ToRoomList":[{"RoomId":"pk-5","Owner_Account":144115245442327523}],"EventTime":1739956115119}`
	response, err := http.Post(h.url("/webhook?SdkAppid=1400000000&CallbackCommand=Live.CallbackAfterStartBattle"),
		"application/json", bytes.NewReader([]byte(packet)))
	mustAnswer(t, response, err)
	p := newTab(t)
	p.open(t, h.url("/?battle="+url.QueryEscape("digits+/=")))
	p.waitFor(t, `document.querySelector('.timeline details') !== null`)
	evaluate[chromedp.Void](t, p, `document.querySelector('.timeline details').open = true`)
	raw := evaluate[string](t, p, `document.querySelector('.timeline pre').innerText`)
	p.waitFor(t, `document.querySelector('.card') !== null`)
	for _, account := range []string{"144115245353757792", "144115245442327523"} {
		if !strings.Contains(raw, `"Owner_Account": `+account) {
			t.Errorf("the packet as shown lacks the account %s as a number: %s", account, raw)
		}
		if !strings.Contains(p.cardOf(t, "pk-3"), account) {
			t.Errorf("the card lacks the account %s", account)
		}
	}
}

func TestAnUnknownBattleIsSaidToBeUnknown(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	p := newTab(t)
	p.expect("404")
	p.open(t, h.url("/?battle=nothing"))
	p.waitFor(t, `document.querySelector('.detail')?.innerText.includes('This hub has no such battle')`)
}
