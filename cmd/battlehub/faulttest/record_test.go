package faulttest

import (
	"encoding/json"
	"fmt"
	"time"

	"battlehub/hub"
)

// frame is one frame as a client got it, with when and from which node.
type frame struct {
	at   time.Time
	node string
	typ  hub.FrameType

	cursor  hub.Position // hello, snapshot, event, bookmark
	from    hub.Position // hello: the cursor that the client came with; zero: none
	resumed bool         // hello
	id      string       // event
	kind    hub.Kind     // event
	done    bool         // snapshot
	reason  string       // gap, bye
	back    int64        // bye: when to come back, in ms
	battles []shown      // snapshot: its page; event: the one battle
}

// shown is what a board tells of a battle, as far as the checker compares it.
type shown struct {
	ID        string      `json:"id"`
	State     hub.State   `json:"state"`
	Outcome   hub.Outcome `json:"outcome"`
	Operator  string      `json:"operator"`
	StartedAt hub.Time    `json:"started_at"`
}

// proves reports whether the battle, as shown, contains its event of a kind. Only a
// Create tells the operator.
func (s *shown) proves(k hub.Kind) bool {
	switch k {
	case hub.KindCreated:
		return s.Operator != ""
	case hub.KindStarted:
		return !s.StartedAt.IsZero()
	case hub.KindEnded:
		return s.State == hub.StateEnded && s.Outcome != hub.OutcomePresumedEnded
	default:
		return s.State == hub.StateEnded
	}
}

func (f frame) String() string {
	text := fmt.Sprintf("%s %s from %s", f.at.Format("15:04:05.000"), f.typ, f.node)
	if !f.cursor.IsZero() {
		text += " at " + f.cursor.String()
	}
	return text
}

// history is all that one client was sent, over all its connections.
type history struct {
	client    string
	rooms     []string // nil: a moderator's
	frames    []frame
	connected bool // at the end
}

// decodeFrame reads a frame of the wire. What the checker does not use it leaves out.
func decodeFrame(data []byte) (frame, error) {
	var w struct {
		Type    hub.FrameType
		Cursor  hub.Position
		Resumed bool
		ID      any
		Kind    hub.Kind
		Done    bool
		Reason  string
		Back    int64 `json:"reconnect_ms"`
		Battle  *shown
		Battles []shown
	}
	if err := json.Unmarshal(data, &w); err != nil {
		return frame{}, fmt.Errorf("%w in %.200s", err, data)
	}
	f := frame{typ: w.Type, cursor: w.Cursor, resumed: w.Resumed, kind: w.Kind, done: w.Done, reason: w.Reason, back: w.Back, battles: w.Battles}
	f.id, _ = w.ID.(string) // other frames have numbers
	if w.Battle != nil {
		f.battles = []shown{*w.Battle}
	}
	return f, nil
}

// board is what one node shows, or one client: the battles by their id.
type board struct {
	of      string
	battles map[string]shown
}

// entry is one place of the final log.
type entry struct {
	hub.Entry
	chained bool // Prev is known: who follows over the wire sees only the tags
}

// answer is what became of a webhook, as its sender sees it.
type answer string

const (
	answeredOK  answer = "ok"          // 200 and OK: it must be in the log
	unavailable answer = "unavailable" // refused: it may be in the log nevertheless
	unanswered  answer = "unanswered"  // no answer came: it may be in the log
	misanswered answer = "misanswered" // refused as if it were wrong, which it is not
)

// hook is one webhook that was sent.
type hook struct {
	id     string // of its event
	kind   hub.Kind
	battle string
	node   string
	at     time.Time
	answer answer
	detail string // of what was no answer, or not OK
}
