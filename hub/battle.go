package hub

// State is how far a battle has come. It only moves forward.
type State string

// The states of a battle.
const (
	StatePending State = "pending" // created, not yet started
	StateLive    State = "live"    // started, not yet ended
	StateEnded   State = "ended"   // ended, or presumed so
)

// Outcome says why a battle ended.
type Outcome string

// The outcomes. The first three are OpType 0, 1 and 2 of Tencent's End packet
// (trtc.io/document/68261); the last is battlehub's own.
const (
	OutcomeTimeUp        Outcome = "time_up"        // the time is over
	OutcomeAllLeft       Outcome = "all_left"       // all owners left after the start
	OutcomeNotStarted    Outcome = "not_started"    // it never started
	OutcomePresumedEnded Outcome = "presumed_ended" // no End came in time
)

// Side is one room's part in a battle.
type Side struct {
	Room   string `json:"room"`
	Owner  string `json:"owner,omitempty"` // a string always: accounts exceed 2^53
	Score  int64  `json:"score"`           // 0 until an End tells it
	Joined *bool  `json:"joined,omitempty"`
}

// Battle is the record that merging a battle's events gives. It is always
// complete: whatever is known so far, whatever order the events came in.
type Battle struct {
	ID            string  `json:"id"`
	App           App     `json:"app"`
	State         State   `json:"state"`
	From          Side    `json:"from"`
	To            []Side  `json:"to"`
	Operator      string  `json:"operator,omitempty"`
	NeedsResponse *bool   `json:"needs_response,omitempty"`
	TimeoutMS     int64   `json:"timeout_ms,omitempty"`
	DurationMS    int64   `json:"duration_ms,omitempty"`
	Extension     string  `json:"extension,omitempty"`
	CreatedAt     Time    `json:"created_at,omitzero"`
	RespondBy     Time    `json:"respond_by,omitzero"`
	StartedAt     Time    `json:"started_at,omitzero"`
	EndsAt        Time    `json:"ends_at,omitzero"`
	EndedAt       Time    `json:"ended_at,omitzero"`
	Outcome       Outcome `json:"outcome,omitempty"`
	Winner        string  `json:"winner,omitempty"` // a room

	// LeavesAt is when an ended battle leaves the board, on every page at the same
	// moment. It counts from when the log recorded the end, not from EndedAt:
	// a webhook may be late.
	LeavesAt Time `json:"leaves_at,omitzero"`
}

// Rooms returns every room of the battle, the challenger first, none twice.
func (b *Battle) Rooms() []string { return roomsOf(b.From, b.To) }
