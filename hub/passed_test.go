package hub_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"battlehub/hub"
)

// ownership makes an event that tells whose a room is, and of no battle.
func ownership(kind hub.Kind, room, owner string) hub.Event {
	now := hub.At(time.Now())
	return hub.Event{ID: hub.EventID(testApp, kind, room+" "+owner), App: testApp, Kind: kind, At: now, ReceivedAt: now,
		From: hub.Side{Room: room, Owner: owner}, Raw: json.RawMessage(fmt.Sprintf(`{"RoomId":%q,"Owner":%q}`, room, owner))}
}

// TestWhatIsAboutNoBattleIsNotSent: it stands in the log between the battles' events, moves
// everyone on, and is neither on the board nor on a socket, live, from the ring or from the
// log.
func TestWhatIsAboutNoBattleIsNotSent(t *testing.T) {
	t.Parallel()
	for name, ring := range map[string]int{"from_the_ring": 1024, "from_the_log": 16} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := startNode(t, hub.Options{Ring: ring})
			live := n.dial("room", "pk-3")
			live.wantGreeting()
			opened := n.append(ownership(hub.KindRoomCreated, "pk-3", "brennan"))[0].Position
			n.append(event(hub.KindCreated, "b1", "pk-3", "pk-5"))
			left := n.append(ownership(hub.KindOwnerChanged, "pk-3", "tandy"), ownership(hub.KindRoomDestroyed, "pk-3", ""))[1].Position
			for i := range 40 {
				n.append(ownership(hub.KindRoomCreated, fmt.Sprint("pk-", i+100), "mika"))
			}
			n.append(event(hub.KindStarted, "b1", "pk-3", "pk-5"))

			live.wantEvent(hub.KindCreated, "b1")
			live.wantEvent(hub.KindStarted, "b1")
			back := n.dial("cursor", opened.String())
			back.want(hub.FrameHello)
			back.wantEvent(hub.KindCreated, "b1")
			back.wantEvent(hub.KindStarted, "b1")
			later := n.dial("cursor", left.String())
			if hello := later.want(hub.FrameHello); !hello.Resumed {
				t.Errorf("hello %+v", hello)
			}
			later.wantEvent(hub.KindStarted, "b1")
			if _, board := n.dial().wantGreeting(); len(board) != 1 {
				t.Errorf("board %+v", board)
			}
		})
	}
}
