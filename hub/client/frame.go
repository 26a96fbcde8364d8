package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"battlehub/hub"
)

// Frame is one thing that [Client.Run] tells its handler: what the hub sent, decoded, or
// that the connection is [Down]. It is one of *hub.Hello, *Snapshot, *Event,
// *hub.Bookmark, *hub.Gap, *hub.Bye, *hub.Subscribed, *hub.Pong, *hub.ErrorFrame and
// *Down. More may come; handlers ignore what they do not know.
type Frame any

// Event is one event and the battle as it stands after it.
type Event struct {
	Cursor hub.Position `json:"cursor"`
	ID     string       `json:"id"`
	Kind   hub.Kind     `json:"kind"`
	At     hub.Time     `json:"at"` // by Tencent's clock
	// ReceivedAt is when the webhook arrived, by the clock of the node that took it.
	ReceivedAt hub.Time   `json:"received_at"`
	Battle     hub.Battle `json:"battle"`

	JSON json.RawMessage `json:"-"` // the frame as it came
}

// Snapshot is one page of the board; the last page has Done.
type Snapshot struct {
	Cursor  hub.Position
	Battles []hub.Battle
	Done    bool

	JSON []json.RawMessage // Battles, each as it came
}

// Down says that there is no connection: it was lost, or could not be made. Run tries
// again after Retry.
type Down struct {
	Err   error
	Retry time.Duration
}

// errIncomplete is a frame without what every client needs of it.
var errIncomplete = errors.New("the frame lacks its id or cursor")

// Decode reads one frame of the hub. Of a type that this client does not know it returns
// nil: newer hubs may send more than older clients understand. It never panics.
func Decode(data []byte) (Frame, error) {
	var head struct {
		Type hub.FrameType `json:"type"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, fmt.Errorf("decoding a frame: %w", err)
	}
	frame, err := decodeAs(head.Type, data)
	if err != nil {
		return nil, fmt.Errorf("decoding a frame of type %q: %w", head.Type, err)
	}
	return frame, nil
}

func decodeAs(typ hub.FrameType, data []byte) (Frame, error) {
	switch typ {
	case hub.FrameHello:
		return decode(data, func(h *hub.Hello) bool { return !h.Cursor.IsZero() })
	case hub.FrameSnapshot:
		return decodeSnapshot(data)
	case hub.FrameEvent:
		return decode(data, func(e *Event) bool {
			e.JSON = data
			return !e.Cursor.IsZero() && e.ID != "" && e.Battle.ID != ""
		})
	case hub.FrameBookmark:
		return decode(data, func(b *hub.Bookmark) bool { return !b.Cursor.IsZero() })
	case hub.FrameGap:
		return decode(data, whole[hub.Gap])
	case hub.FrameBye:
		return decode(data, whole[hub.Bye])
	case hub.FrameSubscribed:
		return decode(data, whole[hub.Subscribed])
	case hub.FramePong:
		return decode(data, whole[hub.Pong])
	case hub.FrameError:
		return decode(data, whole[hub.ErrorFrame])
	default:
		return nil, nil
	}
}

// decode reads a T. It refuses one that complete says is not.
func decode[T any](data []byte, complete func(*T) bool) (Frame, error) {
	v := new(T)
	if err := json.Unmarshal(data, v); err != nil {
		return nil, err
	}
	if !complete(v) {
		return nil, errIncomplete
	}
	return v, nil
}

// whole accepts a frame of which nothing is indispensable.
func whole[T any](*T) bool { return true }

func decodeSnapshot(data []byte) (Frame, error) {
	var page hub.Snapshot
	if err := json.Unmarshal(data, &page); err != nil {
		return nil, err
	}
	if page.Cursor.IsZero() {
		return nil, errIncomplete
	}
	s := &Snapshot{Cursor: page.Cursor, Done: page.Done, JSON: page.Battles}
	s.Battles = make([]hub.Battle, len(page.Battles))
	for i, b := range page.Battles {
		if err := json.Unmarshal(b, &s.Battles[i]); err != nil {
			return nil, err
		}
		if s.Battles[i].ID == "" {
			return nil, errIncomplete
		}
	}
	return s, nil
}
