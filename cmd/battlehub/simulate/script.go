package simulate

import (
	"container/heap"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"time"

	"battlehub/hub"
)

// minRooms is how many rooms the largest battle has: a challenger and three callees.
const minRooms = 4

// scriptConfig says what a script is made of. The same config makes the same script;
// with another beginning it is the same story at another time, of other battles.
type scriptConfig struct {
	app       hub.App
	seed      uint64
	begin     time.Time
	rate      float64       // battles begun a minute
	rooms     int           // at least minRooms
	battles   int           // no more than this many; 0 for no limit
	duration  time.Duration // battles begin for this long; 0 for no limit
	speed     float64       // divides how long battles last and callees think
	lost      float64       // share of Starts and Ends that are never sent
	repeated  float64       // share of webhooks that are sent twice
	reordered float64       // share of battles of which one webhook comes after its successor
}

// trouble is what happens to a webhook on its way.
type trouble string

const (
	troubleNone      trouble = ""
	troubleLost      trouble = "lost"
	troubleRepeated  trouble = "repeated"
	troubleReordered trouble = "reordered"
)

// simCall is one webhook of the script.
type simCall struct {
	at       time.Duration // when to send it, counted from the beginning
	command  string
	platform string // OptPlatform
	clientIP string
	body     []byte
	running  int // what it changes in the number of battles that run: 1, 0 or -1
	trouble  trouble
	order    int // among calls of the same instant
}

// script makes webhooks up, in the order in which they are to be sent. It knows
// neither clock nor network: everything follows from its config.
type script struct {
	scriptConfig
	rng     *rand.Rand
	rooms   []*simRoom
	pending callHeap
	begun   int           // battles
	added   int           // calls
	next    time.Duration // when the next battle begins
	latest  time.Duration // when the newest battle began
	closed  bool          // all rooms, since no battle begins any more
}

func newScript(cfg scriptConfig) *script {
	return &script{
		scriptConfig: cfg,
		rng:          rand.New(rand.NewPCG(cfg.seed, 0)),
		rooms:        newRooms(cfg.rooms),
	}
}

// nextCall returns the next webhook; false once the script is over.
func (s *script) nextCall() (simCall, bool) {
	// No webhook of a battle is sent before the battle begins: what is pending up to
	// the next beginning is in its final order.
	for s.goesOn() && (len(s.pending) == 0 || s.next <= s.pending[0].at) {
		s.addBattle(s.next)
		s.next += s.gap()
	}
	if !s.closed && !s.goesOn() {
		s.closeRooms()
	}
	if len(s.pending) == 0 {
		return simCall{}, false
	}
	return heap.Pop(&s.pending).(simCall), true
}

// goesOn reports whether another battle begins.
func (s *script) goesOn() bool {
	return (s.battles == 0 || s.begun < s.battles) && (s.duration == 0 || s.next < s.duration)
}

// gap draws the time to the next battle. Owners do not know of one another, so battles
// come like the drops of rain: exponentially distributed, with bursts and lulls.
func (s *script) gap() time.Duration {
	return time.Duration(s.rng.ExpFloat64() * float64(time.Minute) / s.rate)
}

// addBattle plans a battle that begins at the instant at, and all that surrounds it.
func (s *script) addBattle(at time.Duration) {
	rooms := pickRooms(s.rooms, 1+pick(s.rng, callees), at, s.rng)
	b := &simBattle{id: s.battleID(s.begun), from: rooms[0], to: rooms[1:], created: at}
	s.begun++
	s.latest = at
	for _, r := range rooms {
		if !r.open {
			opened := max(at, r.gone)
			s.openRoom(r, opened)
			b.created = max(b.created, opened+milliseconds(s.rng, 200, 900)) // time to look around
		}
	}
	b.play(s.rng, s.speed)
	s.addWithTrouble(b.packets(s.rng, s.begin))
	s.addGifts(b)
	for _, r := range rooms {
		r.busy = max(r.busy, b.ended+milliseconds(s.rng, 1500, 4000))
		switch u := s.rng.Float64(); {
		case b.opType == opAllLeft || u < 0.05:
			s.closeRoom(r, r.busy)
		case u < 0.1:
			s.handOver(r)
		}
	}
}

// battleID imitates Tencent's: base64 of 32 bytes, of which the first half is the
// same for all battles of an app. The other half depends on the beginning too, so
// that a script played twice tells a hub of new battles and not of conflicts.
func (s *script) battleID(n int) string {
	app := sha256.Sum256([]byte(s.app.String()))
	battle := sha256.Sum256(fmt.Appendf(nil, "%d %d %d", s.seed, s.begin.UnixMilli(), n))
	return base64.StdEncoding.EncodeToString(append(app[:16], battle[:16]...))
}

// addWithTrouble adds a battle's webhooks after losing some, sending some twice and
// holding one back until its successor has come.
func (s *script) addWithTrouble(calls []simCall) {
	if s.rng.Float64() < s.reordered {
		i := s.rng.IntN(len(calls) - 1)
		calls[i].at = calls[i+1].at + milliseconds(s.rng, 20, 300)
		calls[i].trouble = troubleReordered
	}
	for _, c := range calls {
		switch {
		case c.command != commandCreateBattle && s.rng.Float64() < s.lost:
			c.trouble = troubleLost
		case s.rng.Float64() < s.repeated:
			again := c
			again.at += milliseconds(s.rng, 50, 3000)
			again.running, again.trouble = 0, troubleRepeated
			s.add(again)
		}
		s.add(c)
	}
}

// add queues a call.
func (s *script) add(c simCall) {
	c.order = s.added
	s.added++
	heap.Push(&s.pending, c)
}

// callHeap orders calls by their instant, then by when they were added.
type callHeap []simCall

func (h callHeap) Len() int { return len(h) }
func (h callHeap) Less(i, j int) bool {
	return h[i].at < h[j].at || h[i].at == h[j].at && h[i].order < h[j].order
}
func (h callHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *callHeap) Push(c any)   { *h = append(*h, c.(simCall)) }
func (h *callHeap) Pop() any {
	last := len(*h) - 1
	c := (*h)[last]
	*h = (*h)[:last]
	return c
}
