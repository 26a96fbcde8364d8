package hub_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"battlehub/hub"
)

func TestHelloOfAnEmptyLog(t *testing.T) {
	t.Parallel()
	n := startNode(t, hub.Options{Node: "n1"})
	hello, battles := n.dial().wantGreeting()
	if hello.Protocol != 1 || hello.App != testApp || hello.Node != "n1" || hello.Session == "" || hello.Rooms != nil ||
		hello.HeartbeatMS != 25000 || !regexp.MustCompile(`^\d{4}-.*\.\d{3}Z$`).MatchString(hello.ServerTime) {
		t.Errorf("hello %+v", hello)
	}
	if len(battles) != 0 {
		t.Errorf("battles %+v", battles)
	}
	// The cursor of an empty log resumes like any other (socketio/socket.io#5538).
	c := n.dial("cursor", hello.Cursor)
	if again := c.want(hub.FrameHello); !again.Resumed {
		t.Errorf("not resumed: %+v", again)
	}
	n.append(event(hub.KindCreated, "b1", "pk-3", "pk-5"))
	c.wantEvent(hub.KindCreated, "b1")
}

func TestEventsReachWhoMaySeeThem(t *testing.T) {
	t.Parallel()
	n := startNode(t, hub.Options{})
	all, three, five, both, other := n.dial(), n.dial("room", "pk-3"), n.dial("room", "pk-5"), n.dial("room", "pk-5", "room", "pk-3"), n.dial("room", "pk-9")
	for _, c := range []*client{all, three, five, both, other} {
		c.wantGreeting()
	}
	n.append(event(hub.KindCreated, "b1", "pk-3", "pk-5"), event(hub.KindStarted, "b1", "pk-3", "pk-5"), event(hub.KindCreated, "b2", "pk-7", "pk-9"))
	for _, c := range []*client{three, five, both} { // whoever follows both rooms gets each event once
		c.wantEvent(hub.KindCreated, "b1")
		if m := c.wantEvent(hub.KindStarted, "b1"); m.Battle.State != hub.StateLive {
			t.Errorf("battle %+v", m.Battle)
		}
		c.send(`{"type":"ping","id":7}`)
		if m := c.want(hub.FramePong); m.ID != 7.0 {
			t.Errorf("pong %+v", m)
		}
	}
	other.wantEvent(hub.KindCreated, "b2")
	all.wantEvent(hub.KindCreated, "b1")
	all.wantEvent(hub.KindStarted, "b1")
	all.wantEvent(hub.KindCreated, "b2")
}

// TestDeclinedRoomHearsTheEnd: the End of a battle names only those who took part, but
// the battle concerned the room that declined, too.
func TestDeclinedRoomHearsTheEnd(t *testing.T) {
	t.Parallel()
	n := startNode(t, hub.Options{})
	c := n.dial("room", "pk-7")
	c.wantGreeting()
	n.append(event(hub.KindCreated, "b1", "pk-3", "pk-5", "pk-7"), event(hub.KindStarted, "b1", "pk-3", "pk-5"), event(hub.KindEnded, "b1", "pk-3", "pk-5"))
	c.wantEvent(hub.KindCreated, "b1")
	c.wantEvent(hub.KindStarted, "b1")
	if m := c.wantEvent(hub.KindEnded, "b1"); m.Battle.Winner != "pk-3" || *m.Battle.To[1].Joined {
		t.Errorf("battle %+v", m.Battle)
	}
}

func TestSnapshotIsPagedAndScoped(t *testing.T) {
	t.Parallel()
	n := startNode(t, hub.Options{})
	var events []hub.Event
	for i := range 200 {
		e := event(hub.KindCreated, fmt.Sprint("b", i), fmt.Sprint("room-", i), fmt.Sprint("room-", i+1000))
		e.Extension = fmt.Sprint("an extension that takes some room: ", e.ID, e.ID, e.ID, e.ID)
		events = append(events, e)
	}
	n.append(events...)
	n.eventually("applied", func() bool {
		var page struct{ Battles []hub.Battle }
		n.get("/v1/battles?limit=1000", &page)
		return len(page.Battles) == 200
	})
	c := n.dial()
	c.want(hub.FrameHello)
	pages, seen := 0, map[string]bool{}
	for done := false; !done; pages++ {
		m := c.want(hub.FrameSnapshot)
		done = m.Done
		for _, b := range m.Battles {
			seen[b.ID] = true
		}
	}
	if pages < 3 || len(seen) != 200 {
		t.Errorf("%d battles on %d pages", len(seen), pages)
	}
	if _, battles := n.dial("room", "room-7", "room", "room-1007").wantGreeting(); len(battles) != 1 || battles[0].ID != "b7" {
		t.Errorf("an owner's board: %+v", battles)
	}
}

func TestSubscribeWhileConnected(t *testing.T) {
	t.Parallel()
	n := startNode(t, hub.Options{})
	n.append(event(hub.KindCreated, "b1", "pk-3", "pk-5"), event(hub.KindCreated, "b2", "pk-7", "pk-9"))
	c := n.dial("room", "pk-3")
	c.wantGreeting()
	c.send(`{"type":"subscribe","id":1,"rooms":["pk-9","pk-9","pk-3"]}`)
	if m := c.want(hub.FrameSubscribed); m.ID != 1.0 || !slices.Equal(m.Rooms, []string{"pk-3", "pk-9"}) {
		t.Errorf("subscribed %+v", m)
	}
	if battles, _ := c.wantBoard(); len(battles) != 1 || battles[0].ID != "b2" {
		t.Errorf("snapshot of the new rooms: %+v", battles)
	}
	n.append(event(hub.KindStarted, "b2", "pk-7", "pk-9"))
	c.wantEvent(hub.KindStarted, "b2")
	c.send(`{"type":"unsubscribe","id":2,"rooms":["pk-3"]}`)
	if m := c.want(hub.FrameSubscribed); m.ID != 2.0 || !slices.Equal(m.Rooms, []string{"pk-9"}) {
		t.Errorf("subscribed %+v", m)
	}
	n.append(event(hub.KindStarted, "b1", "pk-3", "pk-5"), event(hub.KindEnded, "b2", "pk-7", "pk-9"))
	c.wantEvent(hub.KindEnded, "b2")
}

func TestSubscribeOfAModerator(t *testing.T) {
	t.Parallel()
	n := startNode(t, hub.Options{})
	c := n.dial()
	c.wantGreeting()
	c.send(`{"type":"subscribe","id":1,"rooms":["pk-9"]}`)
	if m := c.want(hub.FrameSubscribed); m.Rooms != nil {
		t.Errorf("subscribed %+v", m)
	}
	if battles, _ := c.wantBoard(); len(battles) != 0 {
		t.Errorf("there is nothing new to show: %+v", battles)
	}
	c.send(`{"type":"unsubscribe","id":2,"rooms":["pk-9"]}`)
	if m := c.want(hub.FrameError); m.Code != "bad_request" || m.ID != 2.0 {
		t.Errorf("error %+v", m)
	}
}

// TestSubscribeAgain: whoever subscribes to what it follows already is shown nothing new,
// least of all other rooms' battles.
func TestSubscribeAgain(t *testing.T) {
	t.Parallel()
	n := startNode(t, hub.Options{})
	n.append(event(hub.KindCreated, "b1", "pk-3", "pk-5"), event(hub.KindCreated, "b2", "pk-7", "pk-9"))
	for _, query := range [][]string{{"room", "pk-9"}, nil} {
		c := n.dial(query...)
		c.wantGreeting()
		c.send(`{"type":"subscribe","id":1,"rooms":["pk-9"]}`)
		c.want(hub.FrameSubscribed)
		if battles, _ := c.wantBoard(); len(battles) != 0 {
			t.Errorf("following %v: shown %+v", query, battles)
		}
	}
}

// TestUnsubscribeFromAll leaves a session that follows nothing and can go on.
func TestUnsubscribeFromAll(t *testing.T) {
	t.Parallel()
	n := startNode(t, hub.Options{})
	c := n.dial("room", "pk-3")
	c.wantGreeting()
	c.send(`{"type":"unsubscribe","id":1,"rooms":["pk-3"]}`)
	if m := c.want(hub.FrameSubscribed); m.Rooms == nil || len(m.Rooms) != 0 {
		t.Errorf("subscribed %+v, want none, not all", m)
	}
	n.append(event(hub.KindCreated, "b1", "pk-3", "pk-5"))
	c.send(`{"type":"subscribe","id":2,"rooms":["pk-5"]}`)
	c.want(hub.FrameSubscribed)
	if battles, _ := c.wantBoard(); len(battles) != 1 {
		t.Errorf("board %+v", battles)
	}
}

// TestHelloComesFirst: a heartbeat that is due while a session is still joining must not
// overtake its hello.
func TestHelloComesFirst(t *testing.T) {
	t.Parallel()
	n := startNode(t, hub.Options{Heartbeat: 50 * time.Millisecond}) // every session, every 50 ms
	for range 100 {
		c := n.dial()
		if m, err := c.readAny(); err != nil || m.Type != hub.FrameHello {
			t.Fatalf("first came %+v, %v", m, err)
		}
		c.conn.CloseNow()
	}
	for range 100 { // nor may the answer to what the client sent with its handshake
		raw := n.rawSocket([]byte(maskedText(`{"type":"ping"}`))...)
		if _, first, err := raw.frame(); err != nil || !strings.Contains(string(first), `"type":"hello"`) {
			t.Fatalf("first came %s, %v", first, err)
		}
		raw.conn.Close()
	}
}
