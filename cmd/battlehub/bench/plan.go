package bench

import (
	"strconv"

	"battlehub/hub"
)

// plan says who connects, what happens, and who is to hear of it. Every process of a run
// has the same, so that none needs to be told what to expect.
type plan struct {
	Run      string  // 8 hex digits, part of every battle's id: events of others do not count
	Sessions int     // that connect
	Owners   float64 // share of them that follow one room each; the others, moderators, follow all
	Rooms    int     // that owners are spread over
	Active   int     // the first of them, between which battles happen; at least 2
	Events   int
	Slow     float64 // share of the sessions that stop reading when the events begin
	Together int     // battles that are created, started and ended side by side
}

// spread reports whether the i-th of many belongs to a share of them, evenly spread, and
// how many before it do.
func spread(share float64, i int) (ordinal int, belongs bool) {
	ordinal = int(float64(i) * share)
	return ordinal, int(float64(i+1)*share) > ordinal
}

// room returns the room that session i follows; -1: all of them.
func (p *plan) room(i int) int {
	ordinal, owner := spread(p.Owners, i)
	if !owner {
		return -1
	}
	return ordinal % p.Rooms
}

// slow reports whether session i stops reading.
func (p *plan) slow(i int) bool {
	_, slow := spread(p.Slow, i)
	return slow
}

// Events come in blocks: the Creates of some battles, their Starts, their Ends. So each is a
// battle's whole life and changes the board, while two of one battle are never on the way
// at the same time, unless the server is far behind: a hub that gets an End before all else
// looks for the rest in its log, which battles, that last for minutes, never make it do.

// together returns how many battles make a block at so many events a second: as many as are
// created in 50 ms. As fast as a server can is taken for 20,000.
func together(rate float64) int {
	const fewest, most = 10, 1000
	if rate == 0 {
		return most
	}
	return min(max(fewest, int(rate/20)), most)
}

// kinds are what happens to a battle, in that order.
var kinds = [...]hub.Kind{hub.KindCreated, hub.KindStarted, hub.KindEnded}

// event returns what event k is.
func (p *plan) event(k int) (battle int, kind hub.Kind) {
	n := p.Together
	block := k / (len(kinds) * n)
	return block*n + k%n, kinds[k/n%len(kinds)]
}

// number returns which event of the plan it is that tells this of a battle; -1: none.
func (p *plan) number(battle int, kind hub.Kind) int {
	for i := range kinds {
		if kinds[i] == kind {
			n := p.Together
			k := battle/n*n*len(kinds) + i*n + battle%n
			if k < p.Events {
				return k
			}
		}
	}
	return -1
}

// sides returns the two rooms of a battle.
func (p *plan) sides(battle int) (from, to int) {
	return battle % p.Active, (battle + 1) % p.Active
}

// follows reports whether a session that follows room (-1: all) is to hear of event k.
func (p *plan) follows(room, k int) bool {
	if room < 0 {
		return true
	}
	battle, _ := p.event(k)
	from, to := p.sides(battle)
	return room == from || room == to
}

// roomName is what a room is called.
func roomName(room int) string { return "bench-" + strconv.Itoa(room) }

// battleID is a battle's id: as long as Tencent's, and with the characters in it that must
// be escaped elsewhere.
func (p *plan) battleID(battle int) string { return string(p.appendBattleID(nil, battle)) }

func (p *plan) appendBattleID(b []byte, battle int) []byte {
	b = append(append(append(b, "bench/"...), p.Run...), "/0000000000000000000000000000="...)
	for at := len(b) - 2; battle > 0; at-- {
		b[at] = byte('0' + battle%10)
		battle /= 10
	}
	return b
}

// prefix begins the id of every battle of this run.
func (p *plan) prefix() string { return "bench/" + p.Run + "/" }

// battleIDLength is the length of what battleID returns, as of what Tencent sends.
const battleIDLength = 44

// battleOf reads what battleID wrote; false for a battle of somebody else.
func (p *plan) battleOf(id []byte) (battle int, ours bool) {
	prefix := len("bench/") + len(p.Run) + 1
	if len(id) != battleIDLength || string(id[:prefix]) != p.prefix() {
		return 0, false
	}
	for _, c := range id[prefix : battleIDLength-1] {
		if c < '0' || c > '9' || battle > p.Events {
			return 0, false
		}
		battle = battle*10 + int(c-'0')
	}
	return battle, true
}
