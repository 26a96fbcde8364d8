package webtest

import (
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"battlehub/hub"
)

// TestTheRoomPage: the past of a room from the log, its record, and what happens while it is
// open; from there to the owner and to each battle.
func TestTheRoomPage(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	const room = "<b>pk-1</b>"
	at := func(name string, minutes int) *battle {
		return newBattle(h, name, room, "pk-2").lasting(time.Minute, time.Duration(minutes)*time.Minute).create(t, true)
	}
	at("won", 9).start(t).end(t, 0, time.Minute, 5, 3)
	at("lost", 8).start(t).end(t, 0, time.Minute, 5, 1200)
	at("tie", 7).start(t).end(t, 0, time.Minute, 5, 5)
	at("left", 6).start(t).end(t, 1, 20*time.Second, 5, 3)
	at("never", 5).end(t, 2, time.Minute, 0, 0)
	newBattle(h, "others", "pk-8", "pk-9").create(t, true).start(t)
	p := newTab(t)
	p.open(t, h.url("/?panel=room&of="+url.QueryEscape(room)))
	p.waitFor(t, `document.querySelectorAll('.past tbody tr').length === 5 && document.querySelector('.reach').innerText.startsWith('All that the log has')`)
	if got := p.texts(t, ".figures div"); !slices.Equal(got, []string{"Win rate 50%", "Won 2", "Lost 1", "Tied 1", "Walk-overs 2", "Battles 5"}) {
		t.Errorf("record %q", got)
	}
	results := func() []string { return p.texts(t, ".past tbody tr td:nth-child(3)") }
	if got := results(); !slices.Equal(got, []string{"nobody joined 1:00", "won · Everyone left 1:00", "tie 1:00", "lost 1:00", "won 1:00"}) {
		t.Errorf("results %q", got)
	}
	if got := p.texts(t, ".past tbody tr .number"); !slices.Equal(got, []string{"", "5 : 3", "5 : 5", "5 : 1,200", "5 : 3"}) {
		t.Errorf("scores %q", got)
	}
	at("now", 0).start(t)
	p.waitFor(t, `document.querySelectorAll('.past tbody tr').length === 6 && document.querySelector('.past tbody td + td').innerText === 'live 1:00'`)

	p.do(t, chromedp.Click(chromedp.CSS(".past tbody th a")))
	p.waitFor(t, `document.querySelectorAll('.detail .timeline li').length === 2`)
	evaluate[chromedp.Void](t, p, `document.querySelector('.detail [href*="panel=owner"]').click()`)
	p.waitFor(t, `document.querySelector('.room-page h2')?.innerText === `+quote("Owner "+ownerOf(room))+` && document.querySelectorAll('.past tbody tr').length === 6`)
	if evaluate[bool](t, p, `document.querySelector('.detail') !== null`) {
		t.Error("the battle is open still")
	}
	evaluate[chromedp.Void](t, p, `history.back()`)
	p.waitFor(t, `document.querySelector('.detail') !== null`)
}

// TestTheRoomPageReadsOn: a log of many entries is read page by page.
func TestTheRoomPageReadsOn(t *testing.T) {
	t.Parallel()
	g := startGuarded(t, nil)
	newBattle(g.hubProcess, "needle", "pk-1", "pk-2").create(t, true)
	var others []hub.Event
	for i := range 5000 {
		id := string(rune('a'+i%26)) + time.Duration(i).String()
		others = append(others, hub.Event{ID: hub.EventID(testApp, hub.KindRoomDestroyed, id), App: testApp, Kind: hub.KindRoomDestroyed,
			At: hub.At(time.Now()), ReceivedAt: hub.At(time.Now()), From: hub.Side{Room: "pk-9"}})
	}
	if _, err := g.log.Append(t.Context(), others); err != nil {
		t.Fatal(err)
	}
	p := newTab(t)
	p.openSignedIn(t, g, hub.Grant{User: "mod"})
	p.open(t, g.url("/?panel=room&of=pk-1"))
	p.waitFor(t, `document.querySelector('.reach')?.innerText.startsWith('All that the log has') && document.querySelectorAll('.past tbody tr').length === 1`)
	if n := evaluate[int](t, p, `performance.getEntriesByType('resource').filter(({ name }) => name.includes('v1/history')).length`); n != 2 {
		t.Errorf("%d pages, want 2", n)
	}
}

// TestAForeignRoomsPageIsRefusedToAnOwner, in words.
func TestAForeignRoomsPageIsRefusedToAnOwner(t *testing.T) {
	t.Parallel()
	g := startGuarded(t, nil)
	newBattle(g.hubProcess, "others", "pk-8", "pk-9").create(t, true)
	p := newTab(t)
	p.expect("403 (Forbidden)")
	p.openSignedIn(t, g, hub.Grant{User: "ann", Rooms: []string{"pk-1"}})
	p.open(t, g.url("/?panel=room&of=pk-8"))
	p.waitFor(t, `document.querySelector('.reach')?.innerText.includes('your grant does not include')`)
	if n := evaluate[int](t, p, `document.querySelectorAll('.past tr').length`); n > 0 {
		t.Errorf("%d battles", n)
	}
}
