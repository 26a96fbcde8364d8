package hub

import (
	"encoding/json"
	"fmt"
	"slices"
	"unicode/utf8"
)

// Limits on what a client may name. Room ids of Tencent are far shorter.
const (
	maxRooms   = 256 // per session
	maxRoomLen = 256 // bytes
)

// request is what a client asks for in a frame of its own; joining is the first, made of
// the query.
type request struct {
	Type  FrameType `json:"type"`
	ID    int64     `json:"id"`
	Rooms []string  `json:"rooms"`
	Token Secret    `json:"token"`

	cursor string // of the query; Type is empty then
}

// parseRequest reads a client's frame. An error means that it is not a JSON object of the
// wire at all; the session ends then.
func parseRequest(data []byte) (request, error) {
	var r request
	if !utf8.Valid(data) {
		return r, fmt.Errorf("a frame is not UTF-8")
	}
	if err := json.Unmarshal(data, &r); err != nil {
		return r, fmt.Errorf("a frame is not a JSON object with type, id and rooms")
	}
	if r.Type == "" {
		return r, fmt.Errorf("a frame has no type")
	}
	return r, nil
}

// checkRooms says what is wrong with a list of rooms, or "".
func checkRooms(rooms []string) string {
	if len(rooms) > maxRooms {
		return fmt.Sprintf("rooms: %d are too many; a session follows at most %d", len(rooms), maxRooms)
	}
	for _, room := range rooms {
		if room == "" || len(room) > maxRoomLen || !utf8.ValidString(room) {
			return fmt.Sprintf("rooms: an id is 1 to %d bytes of UTF-8", maxRoomLen)
		}
	}
	return ""
}

// receive takes a frame of the client. It returns the reason and a text for people when
// the session must end.
func (s *session) receive(data []byte) (CloseReason, string) {
	r, err := parseRequest(data)
	if err != nil {
		return CloseBadRequest, err.Error()
	}
	s.hub.metrics.received(r.Type)
	taken := true
	switch r.Type {
	case FramePing:
		taken = s.answer(plainFrame(FramePong, Pong{FramePong, r.ID}))
	case FrameSubscribe, FrameUnsubscribe:
		if refusal := s.refuse(&r); refusal != nil {
			taken = s.answer(refusal)
		} else {
			taken = s.request(r)
		}
	case FrameAuth:
		if refusal := s.refresh(&r); refusal != nil {
			taken = s.answer(refusal)
		} else {
			taken = s.request(r)
		}
	default:
		taken = s.answer(errorFrame(r.ID, CodeBadRequest, "type: use subscribe, unsubscribe, auth or ping"))
	}
	if !taken {
		return CloseTooMany, "answers are not being read"
	}
	return "", ""
}

// refuse returns the error frame for a subscribe or unsubscribe that cannot be carried
// out, or nil.
func (s *session) refuse(r *request) *frame {
	if len(r.Rooms) == 0 {
		return errorFrame(r.ID, CodeBadRequest, "rooms: name at least one")
	}
	if wrong := checkRooms(r.Rooms); wrong != "" {
		return errorFrame(r.ID, CodeBadRequest, wrong)
	}
	if r.Type == FrameSubscribe { // a snapshot follows
		return s.spend(s.hub.reads, r.ID)
	}
	return nil
}

// spend counts one time for a request of the client, or returns the error frame that refuses it.
func (s *session) spend(a *allowance, id int64) *frame {
	wait := a.take(s.feed.app, s.place.user.user)
	if wait == 0 {
		return nil
	}
	s.hub.metrics.reached(a.limit)
	return plainFrame(FrameError, ErrorFrame{FrameError, id, CodeTooMany, a.exceeded(wait), wait.Milliseconds()})
}

// serveRequest carries out the oldest request. The session has nothing pending before it;
// should an event arrive first after all, the request waits for that.
func (s *session) serveRequest() error {
	s.mu.Lock()
	r := s.todo[0]
	s.mu.Unlock()
	switch r.Type {
	case FrameSubscribe:
		return s.subscribe(&r)
	case FrameUnsubscribe:
		return s.unsubscribe(&r)
	case FrameAuth:
		return s.followGrant(&r)
	default:
		s.doneRequest()
		return s.join(r.cursor)
	}
}

func (s *session) doneRequest() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.todo = slices.Delete(s.todo, 0, 1)
}

// subscribe adds rooms and writes their battles. The events after that snapshot follow
// from the ring, since the session is behind it.
func (s *session) subscribe(r *request) error {
	var code ErrorCode
	var wrong string
	snap, ready := s.follow(func(entitled []string) (added []string) {
		added, code, wrong = s.addRooms(r.Rooms, entitled)
		return added
	})
	if !ready {
		return nil
	}
	s.doneRequest()
	if code != "" {
		return s.write([]*frame{errorFrame(r.ID, code, wrong)})
	}
	if err := s.write([]*frame{s.subscribed(r.ID)}); err != nil {
		return err
	}
	return s.writeSnapshot(snapshotPages(snap.battles, snap.pos))
}

// addRooms returns those that the session does not follow yet, and adds them to what it asked
// for, or says why not. The caller holds feed.mu and mu.
func (s *session) addRooms(rooms, entitled []string) (added []string, code ErrorCode, wrong string) {
	if room := denied(rooms, entitled); room != "" {
		return nil, CodeForbidden, notGranted(room)
	}
	if s.asked == nil {
		return nil, "", "" // it follows all that it may
	}
	for _, room := range rooms {
		if !slices.Contains(s.asked, room) && !slices.Contains(added, room) {
			added = append(added, room)
		}
	}
	if len(s.asked)+len(added) > maxRooms {
		s.hub.metrics.reached(limitRooms)
		return nil, CodeBadRequest, fmt.Sprintf("rooms: a session follows at most %d; unsubscribe from some first", maxRooms)
	}
	s.asked = slices.Concat(s.asked, added)
	return added, "", ""
}

// unsubscribe removes rooms.
func (s *session) unsubscribe(r *request) error {
	s.doneRequest()
	if !s.dropRooms(r.Rooms) {
		return s.write([]*frame{errorFrame(r.ID, CodeBadRequest,
			"rooms: this session follows every room; connect with the rooms you want")})
	}
	return s.write([]*frame{s.subscribed(r.ID)})
}

// dropRooms lets the session follow the others only. It reports false if it follows all.
func (s *session) dropRooms(rooms []string) bool {
	s.feed.mu.Lock()
	defer s.feed.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rooms == nil {
		return false
	}
	dropped := func(room string) bool { return slices.Contains(rooms, room) }
	if s.asked == nil {
		s.asked = s.rooms
	}
	s.feed.index.removeRooms(s, rooms)
	s.asked = slices.DeleteFunc(slices.Clone(s.asked), dropped)
	s.rooms = slices.DeleteFunc(slices.Clone(s.rooms), dropped)
	return true
}

func (s *session) subscribed(id int64) *frame {
	return plainFrame(FrameSubscribed, Subscribed{FrameSubscribed, id, s.follows()})
}

func notGranted(room string) string { return "rooms: your grant does not include " + quote(room) }

// quote shows a client's text in a message, shortened.
func quote(s string) string {
	if len(s) > 40 {
		s = s[:40]
	}
	return fmt.Sprintf("%q", s)
}
