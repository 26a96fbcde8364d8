package simulate

import (
	"encoding/json"
	"math/rand/v2"
	"time"
)

// simBattle is the story of one battle. Instants are counted from the beginning of
// the script.
type simBattle struct {
	id            string
	operator      string
	platform      string // of the operator
	clientIP      string // of the operator
	extension     string
	from          *simRoom
	to            []*simRoom // who was asked
	joined        []*simRoom // who fights; less than to where callees declined or kept silent
	needsResponse bool
	timeout       time.Duration
	length        time.Duration

	created, started, ended time.Duration // started is 0 if it never did

	opType int
	scores []int // From's, then those of the callees that the End lists
}

// The choices of which every battle is made. Lengths are short, so that a person who
// watches sees battles end.
var (
	lengths    = []time.Duration{15 * time.Second, 20 * time.Second, 30 * time.Second, 30 * time.Second, 60 * time.Second}
	timeouts   = []time.Duration{10 * time.Second, 15 * time.Second, 30 * time.Second}
	callees    = []int{1, 1, 1, 1, 1, 1, 1, 2, 2, 3}
	extensions = []string{"", "", "extension pk", `{"theme":"neon","stake":500}`, "新年PK 🎉"}
	platforms  = []string{"iOS", "Android", "Web", "RESTAPI"}
)

// play decides how the battle goes, from its creation on.
func (b *simBattle) play(rng *rand.Rand, speed float64) {
	b.operator, b.platform = b.from.owner, pick(rng, platforms)
	b.clientIP = clientAddress(rng)
	if b.platform == "RESTAPI" {
		b.operator = "administrator"
	}
	b.extension = pick(rng, extensions)
	b.timeout = compress(pick(rng, timeouts), speed)
	b.length = compress(pick(rng, lengths), speed)
	b.needsResponse = rng.Float64() < 0.5
	decided := b.created + b.respond(rng)
	switch {
	case len(b.joined) == 0:
		b.opType, b.ended = opNotStarted, decided
	case rng.Float64() < 0.12:
		b.opType, b.started = opAllLeft, decided
		b.ended = b.started + fraction(b.length, between(rng, 0.1, 0.9))
	default:
		b.opType, b.started, b.ended = opTimeUp, decided, decided+b.length
	}
	b.scores = b.drawScores(rng)
}

// respond lets each callee accept, decline or keep silent, and returns how long that
// took: until all have answered or the time is over; without NeedResponse, next to nothing.
func (b *simBattle) respond(rng *rand.Rand) time.Duration {
	if !b.needsResponse {
		b.joined = b.to
		return milliseconds(rng, 5, 60)
	}
	answered := time.Duration(0)
	for _, r := range b.to {
		after := fraction(b.timeout, between(rng, 0.1, 0.8))
		switch u := rng.Float64(); {
		case u < 0.7:
			b.joined = append(b.joined, r)
		case u < 0.88: // declines
		default: // keeps silent
			after = b.timeout
		}
		answered = max(answered, after)
	}
	return answered
}

// drawScores makes a tie, a close or a clear win of a battle that started.
func (b *simBattle) drawScores(rng *rand.Rand) []int {
	if b.opType == opNotStarted {
		return make([]int, 1+len(b.to))
	}
	scores := make([]int, 1+len(b.joined))
	second := 10 * rng.IntN(2000)
	for place, side := range rng.Perm(len(scores)) {
		switch place {
		case 0:
			scores[side] = second + drawLead(rng, second)
		case 1:
			scores[side] = second
		default:
			scores[side] = rng.IntN(1 + second)
		}
	}
	return scores
}

// drawLead returns by how much the best side is ahead of the second.
func drawLead(rng *rand.Rand, second int) int {
	switch u := rng.Float64(); {
	case u < 0.12: // tie
		return 0
	case u < 0.5: // close
		return 10 + rng.IntN(1+second/50)
	default: // clear
		return 500 + second*(1+rng.IntN(8))
	}
}

// packets returns what Tencent sends of the battle: Create, Start unless it never
// started, and End, each at the instant at which it leaves Tencent.
func (b *simBattle) packets(rng *rand.Rand, begin time.Time) []simCall {
	calls := []simCall{b.call(commandCreateBattle, b.created+latency(rng), b.createPacket(begin))}
	if b.opType != opNotStarted {
		calls = append(calls, b.call(commandStartBattle, b.started+latency(rng), b.startPacket(begin)))
	}
	overdue := milliseconds(rng, 0, 1100) // Tencent's sample of an End has 1119 ms between EndTime and EventTime
	calls = append(calls, b.call(commandEndBattle, b.ended+overdue+latency(rng), b.endPacket(begin, overdue)))
	calls[0].running, calls[len(calls)-1].running = 1, -1
	return calls
}

// call wraps a packet. The operator causes the Create, Tencent's clock the others.
func (b *simBattle) call(command string, at time.Duration, packet any) simCall {
	c := simCall{at: at, command: command, platform: "RESTAPI", clientIP: "127.0.0.1", body: encode(packet)}
	if command == commandCreateBattle {
		c.platform, c.clientIP = b.platform, b.clientIP
	}
	return c
}

func (b *simBattle) createPacket(begin time.Time) createBattlePacket {
	p := createBattlePacket{
		CallbackCommand: commandCreateBattle,
		Operator:        b.operator,
		BattleID:        b.id,
		FromRoomID:      b.from.id,
		TimeoutMS:       b.timeout.Milliseconds(),
		DurationMS:      b.length.Milliseconds(),
		NeedResponse:    b.needsResponse,
		ExtensionInfo:   b.extension,
		EventTimeMS:     begin.Add(b.created).UnixMilli(),
	}
	for _, r := range b.to {
		p.ToRoomIDs = append(p.ToRoomIDs, r.id)
	}
	return p
}

func (b *simBattle) startPacket(begin time.Time) startBattlePacket {
	p := startBattlePacket{
		CallbackCommand: commandStartBattle,
		BattleID:        b.id,
		DurationMS:      b.length.Milliseconds(),
		CreateTime:      begin.Add(b.created).Unix(),
		StartTime:       begin.Add(b.started).Unix(),
		From:            startSide{b.from.id, b.from.owner},
		EventTimeMS:     begin.Add(b.started).UnixMilli(),
	}
	for _, r := range b.joined {
		p.To = append(p.To, startSide{r.id, r.owner})
	}
	return p
}

func (b *simBattle) endPacket(begin time.Time, overdue time.Duration) endBattlePacket {
	p := endBattlePacket{
		CallbackCommand: commandEndBattle,
		BattleID:        b.id,
		DurationMS:      b.length.Milliseconds(),
		CreateTime:      begin.Add(b.created).Unix(),
		EndTime:         begin.Add(b.ended).Unix(),
		OpType:          b.opType,
		From:            endSide{b.from.id, b.scores[0], endAccount(b.from.owner)},
		EventTimeMS:     begin.Add(b.ended + overdue).UnixMilli(),
	}
	sides := b.to
	if b.opType != opNotStarted {
		sides, p.StartTime = b.joined, begin.Add(b.started).Unix()
	}
	for i, r := range sides {
		p.To = append(p.To, endSide{r.id, b.scores[i+1], endAccount(r.owner)})
	}
	return p
}

// encode writes a packet as JSON. The packets hold nothing that cannot be written.
func encode(packet any) []byte {
	body, err := json.Marshal(packet)
	if err != nil {
		panic(err)
	}
	return body
}
