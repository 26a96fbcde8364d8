package simulate

import (
	"math"
	"math/rand/v2"
	"strconv"
	"time"
)

// simRoom is one of the script's rooms, pk-1 to pk-N.
type simRoom struct {
	id    string
	owner string // stable: pk-3 has the same owner in every script
	title string
	open  bool          // its CreateRoom was sent, and no DestroyRoom since
	gone  time.Duration // when its latest DestroyRoom is sent
	busy  time.Duration // until when it is in a battle, handed over or closing
}

// hosts are the owners' names; beyond the list they are numbered. pk-3 and pk-5
// have the owners of Tencent's samples.
var hosts = []string{
	"luna", "kenji", "brennan", "amara", "tandy", "sofia", "mika", "diego", "yuki", "freya",
	"omar", "priya", "jonas", "chloe", "rafael", "ines", "noah", "mei", "viktor", "zara",
	"elif", "tomas", "aisha", "leo", "nadia", "felix", "hana", "bruno", "saoirse", "kofi",
}

// titles are what owners call their rooms; not all of them are ASCII.
var titles = []string{"Late Night Karaoke", "唱歌房", "Speedrun Sunday", "Baile de viernes", "Beat Lab", "Чилл", "Dance Floor", "夜猫子电台"}

// Every fourth owner has an account of 18 digits, above 2^53, as apps have that use
// numeric user ids. Both constants come from Tencent's sample of an End.
const (
	firstNumericAccount = 144115245353757792
	numericAccountStep  = 88569730
)

// newRooms makes pk-1 to pk-n, all of them closed.
func newRooms(n int) []*simRoom {
	rooms := make([]*simRoom, n)
	for i := range rooms {
		rooms[i] = &simRoom{id: "pk-" + strconv.Itoa(i+1), owner: ownerName(i), title: titles[i%len(titles)]}
	}
	return rooms
}

// ownerName returns the account that owns the room of index i.
func ownerName(i int) string {
	if i%4 == 3 {
		return strconv.Itoa(firstNumericAccount + i*numericAccountStep)
	}
	if i < len(hosts) {
		return hosts[i]
	}
	return hosts[i%len(hosts)] + strconv.Itoa(i/len(hosts)+1)
}

// roomsFor returns how many rooms a rate needs so that hardly ever a room is in two
// battles at once.
func roomsFor(rate, speed float64) int {
	const (
		length = 34.5 // seconds, of response, battle and what a co-host has of the room, on average
		pause  = 3.0  // seconds, between two battles of a room, on average
		sides  = 2.4  // rooms of a battle, on average
	)
	// Battles come at random, so their number at any instant is a Poisson variable:
	// three times its deviation is seldom exceeded.
	battles := rate / 60 * (length/speed + pause)
	return int(math.Ceil(sides * (battles + 3*math.Sqrt(battles))))
}

// pickRooms picks n different rooms for a battle at the instant at. Rooms with low
// numbers are the popular ones. A room that is free goes before one that is busy;
// only when too few are free is a room in two battles at once.
func pickRooms(rooms []*simRoom, n int, at time.Duration, rng *rand.Rand) []*simRoom {
	picked := make([]*simRoom, 0, n)
	taken := map[*simRoom]bool{}
	for len(picked) < n {
		u := rng.Float64()
		r := nextRoom(rooms, int(u*u*float64(len(rooms))), at, taken)
		taken[r] = true
		picked = append(picked, r)
	}
	return picked
}

// nextRoom returns the first free room from index first on, around the end; without
// one, the room that is free the soonest.
func nextRoom(rooms []*simRoom, first int, at time.Duration, taken map[*simRoom]bool) *simRoom {
	var soonest *simRoom
	for i := range rooms {
		r := rooms[(first+i)%len(rooms)]
		switch {
		case taken[r]:
		case r.busy <= at:
			return r
		case soonest == nil || r.busy < soonest.busy:
			soonest = r
		}
	}
	return soonest
}
