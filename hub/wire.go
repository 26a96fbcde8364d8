package hub

import "encoding/json"

// The wire, version 1: JSON objects told apart by "type". The same objects travel as
// WebSocket text messages and as the data of Server-Sent Events.

// Protocol is the version of the wire.
const Protocol = 1

// Subprotocol is what a client may offer in Sec-WebSocket-Protocol.
const Subprotocol = "battlehub.v1"

// FrameType is the "type" of a frame.
type FrameType string

// Frames that the server sends.
const (
	FrameHello      FrameType = "hello"
	FrameSnapshot   FrameType = "snapshot"
	FrameEvent      FrameType = "event"
	FrameBookmark   FrameType = "bookmark"
	FrameGap        FrameType = "gap"
	FrameBye        FrameType = "bye"
	FrameSubscribed FrameType = "subscribed"
	FramePong       FrameType = "pong"
	FrameError      FrameType = "error"
)

// Frames that a client sends.
const (
	FrameSubscribe   FrameType = "subscribe"
	FrameUnsubscribe FrameType = "unsubscribe"
	FrameAuth        FrameType = "auth"
	FramePing        FrameType = "ping"
)

// Hello is the first frame of a session. Its cursor counts for a resume once the
// snapshot that follows is done, or at once when Resumed.
type Hello struct {
	Type        FrameType `json:"type"`
	Protocol    int       `json:"protocol"`
	Session     string    `json:"session"`
	Node        string    `json:"node"`
	App         App       `json:"app"`
	Rooms       []string  `json:"rooms"` // nil, null on the wire: all
	Cursor      Position  `json:"cursor"`
	Resumed     bool      `json:"resumed"`
	ServerTime  Time      `json:"server_time"`
	HeartbeatMS int64     `json:"heartbeat_ms"`
}

// Snapshot is one page of the board; the last page has Done. It replaces whatever
// the client had of the rooms it asked for.
type Snapshot struct {
	Type    FrameType         `json:"type"`
	Cursor  Position          `json:"cursor"`
	Battles []json.RawMessage `json:"battles"`
	Done    bool              `json:"done"`
}

// EventFrame is one event and the battle as it stands after it.
type EventFrame struct {
	Type   FrameType `json:"type"`
	Cursor Position  `json:"cursor"`
	ID     string    `json:"id"`
	Kind   Kind      `json:"kind"`
	At     Time      `json:"at"`
	// ReceivedAt is when the webhook arrived, by the clock of the node that took it: what a
	// client measures its delay from.
	ReceivedAt Time            `json:"received_at"`
	Battle     json.RawMessage `json:"battle"`
}

// Bookmark comes at every heartbeat: the connection lives, and nothing before the
// cursor is missing.
type Bookmark struct {
	Type       FrameType `json:"type"`
	Cursor     Position  `json:"cursor"`
	ServerTime Time      `json:"server_time"`
}

// Gap says that events were missed; a snapshot follows.
type Gap struct {
	Type   FrameType `json:"type"`
	Reason GapReason `json:"reason"`
}

// Bye announces that the server closes the session, and when to come back.
type Bye struct {
	Type        FrameType   `json:"type"`
	Reason      CloseReason `json:"reason"`
	ReconnectMS int64       `json:"reconnect_ms"`
}

// Subscribed answers subscribe, unsubscribe and auth with the rooms that the session now
// follows. It also comes by itself, without an id, when rooms changed hands or a token
// brought others. If there are new ones, a snapshot of them follows; what the client has of
// rooms that are not named any more is not its own.
type Subscribed struct {
	Type  FrameType `json:"type"`
	ID    int64     `json:"id,omitempty"`
	Rooms []string  `json:"rooms"`
}

// Pong answers ping.
type Pong struct {
	Type FrameType `json:"type"`
	ID   int64     `json:"id,omitempty"`
}

// ErrorFrame refuses one request of the client; the session goes on.
type ErrorFrame struct {
	Type    FrameType `json:"type"`
	ID      int64     `json:"id,omitempty"`
	Code    ErrorCode `json:"code"`
	Message string    `json:"message"`
	RetryMS int64     `json:"retry_ms,omitempty"` // with too_many: when to ask again
}

// ErrorCode is what an error frame is about.
type ErrorCode string

// The codes.
const (
	CodeBadRequest ErrorCode = "bad_request" // the frame lacks something or has too much of it
	CodeBadCursor  ErrorCode = "bad_cursor"  // the cursor is not one of this hub's; a snapshot follows
	CodeForbidden  ErrorCode = "forbidden"   // the grant does not cover it
	CodeTooMany    ErrorCode = "too_many"    // more than the user may ask for in a minute; see retry_ms

	CodeUnauthenticated ErrorCode = "unauthenticated" // the token of an auth frame grants nothing; the old grant stays
)
