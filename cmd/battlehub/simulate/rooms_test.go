package simulate

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"
	"time"

	"battlehub/hub"
)

func TestRoomsAreInOneBattleAtATime(t *testing.T) {
	t.Parallel()
	cfg := aScript(1000)
	cfg.rooms = roomsFor(cfg.rate, cfg.speed)
	cfg.lost = 0
	busy, clashes := map[string]time.Time{}, 0
	events := stories(decodeAll(t, allCalls(t, cfg)))
	for _, e := range inOrderOfCreation(events) {
		created, ended := e.events[hub.KindCreated], e.events[hub.KindEnded]
		for _, room := range created.Rooms() {
			if created.At.Before(busy[room]) {
				clashes++
			}
			busy[room] = ended.At.Time
		}
	}
	if clashes > 10 {
		t.Errorf("%d times a room was in two battles of 1000, although %d rooms should do", clashes, cfg.rooms)
	}
}

func TestFewRoomsStillHoldTheRate(t *testing.T) {
	t.Parallel()
	cfg := aScript(500)
	cfg.rooms, cfg.rate = minRooms, 6000
	for _, b := range stories(decodeAll(t, allCalls(t, cfg))) {
		created := b.events[hub.KindCreated]
		if rooms := created.Rooms(); len(rooms) != 1+len(created.To) {
			t.Fatalf("a room battles itself: %v", rooms)
		}
	}
}

func TestEveryRoomBattlesAndTheFirstMost(t *testing.T) {
	t.Parallel()
	cfg := aScript(2000)
	count := map[string]int{}
	for _, e := range decodeAll(t, allCalls(t, cfg)) {
		if e.Kind == hub.KindCreated {
			for _, room := range e.Rooms() {
				count[room]++
			}
		}
	}
	if len(count) != cfg.rooms {
		t.Errorf("%d rooms battled, want %d", len(count), cfg.rooms)
	}
	if count["pk-3"] <= count["pk-99"] {
		t.Errorf("pk-3 battled %d times, pk-99 %d times: pk-3 should be the popular one", count["pk-3"], count["pk-99"])
	}
}

func TestOwnersAreStable(t *testing.T) {
	t.Parallel()
	rooms, seen := newRooms(5000), map[string]bool{}
	for _, r := range rooms {
		if seen[r.owner] {
			t.Fatalf("%s owns two rooms", r.owner)
		}
		seen[r.owner] = true
	}
	owners := map[string]string{}
	for _, r := range newRooms(8) {
		owners[r.id] = r.owner
	}
	if owners["pk-3"] != "brennan" || owners["pk-5"] != "tandy" || owners["pk-7"] != "mika" {
		t.Errorf("pk-3, pk-5 and pk-7 belong to %s, %s and %s, unlike in Tencent's samples", owners["pk-3"], owners["pk-5"], owners["pk-7"])
	}
	for _, e := range decodeAll(t, allCalls(t, aScript(200))) {
		if e.Kind == hub.KindOwnerChanged { // for a while; see TestRoomsAreOwned
			continue
		}
		for _, s := range append([]hub.Side{e.From}, e.To...) {
			if want := ownerOf(rooms, s.Room); s.Owner != "" && s.Owner != want {
				t.Fatalf("%s of %s says that %s belongs to %s, want %s", e.Kind, e.Battle, s.Room, s.Owner, want)
			}
		}
	}
}

func ownerOf(rooms []*simRoom, id string) string {
	for _, r := range rooms {
		if r.id == id {
			return r.owner
		}
	}
	return ""
}

// TestAccountsOfDigits shows what receivers stumble over: a string in one packet, in the
// next a bare integer that no float64 can hold.
func TestAccountsOfDigits(t *testing.T) {
	t.Parallel()
	account := ownerName(3)
	start, _ := json.Marshal(startSide{Owner: account})
	end, _ := json.Marshal(endSide{Owner: endAccount(account)})
	named, _ := json.Marshal(endSide{Owner: "brennan"})
	if want := `{"RoomId":"","Owner_Account":"` + account + `"}`; string(start) != want {
		t.Errorf("Start has %s, want %s", start, want)
	}
	if want := `{"RoomId":"","Score":0,"Owner_Account":` + account + `}`; string(end) != want {
		t.Errorf("End has %s, want %s", end, want)
	}
	if want := `{"RoomId":"","Score":0,"Owner_Account":"brennan"}`; string(named) != want {
		t.Errorf("End has %s, want %s", named, want)
	}
	if len(account) != 18 {
		t.Errorf("account %s has %d digits, want 18", account, len(account))
	}
}

// inOrderOfCreation lists battles by when they were created.
func inOrderOfCreation(battles map[string]*told) []*told {
	return slices.SortedFunc(maps.Values(battles), func(a, b *told) int {
		return a.events[hub.KindCreated].At.Compare(b.events[hub.KindCreated].At.Time)
	})
}
