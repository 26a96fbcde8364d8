package bench

import (
	"bytes"
	"fmt"

	"battlehub/hub"
)

// realFrames are events as a hub wrote them, of this plan's battles. In place of the
// battle's id and of the cursor's number stand as many of another character.
var realFrames = map[hub.Kind]string{
	hub.KindCreated: `{"type":"event","cursor":"1795697-##########-93d420cc","id":"45f71508ec69cb0d8c5245f0ed22ab58","kind":"created",` +
		`"at":"2026-11-26T10:58:31.446Z","received_at":"2026-11-26T10:58:31.447Z","battle":{"id":"@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@",` +
		`"app":1400000000,"state":"pending","from":{"room":"bench-1","score":0},"to":[{"room":"bench-2","score":0}],"operator":"user-1",` +
		`"needs_response":true,"timeout_ms":30000,"duration_ms":60000,"extension":"extension pk","created_at":"2026-11-26T10:58:31.446Z","respond_by":"2026-11-26T10:59:01.446Z"}}`,
	hub.KindStarted: `{"type":"event","cursor":"1795697-##########-93d420cc","id":"45f71508ec69cb0d8c5245f0ed22ab58","kind":"started",` +
		`"at":"2026-11-26T10:58:31.446Z","received_at":"2026-11-26T10:58:31.447Z","battle":{"id":"@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@",` +
		`"app":1400000000,"state":"live","from":{"room":"bench-1","owner":"user-1","score":0},"to":[{"room":"bench-2","owner":"user-2","score":0,"joined":true}],"operator":"user-1",` +
		`"needs_response":true,"timeout_ms":30000,"duration_ms":60000,"extension":"extension pk","created_at":"2026-11-26T10:58:31.446Z","respond_by":"2026-11-26T10:59:01.446Z",` +
		`"started_at":"2026-11-26T10:58:31.546Z","ends_at":"2026-11-26T10:59:31.546Z"}}`,
	hub.KindEnded: `{"type":"event","cursor":"1795697-##########-93d420cc","id":"45f71508ec69cb0d8c5245f0ed22ab58","kind":"ended",` +
		`"at":"2026-11-26T10:58:31.446Z","received_at":"2026-11-26T10:58:31.447Z","battle":{"id":"@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@",` +
		`"app":1400000000,"state":"ended","from":{"room":"bench-1","owner":"user-1","score":123},"to":[{"room":"bench-2","owner":"user-2","score":321,"joined":true}],"operator":"user-1",` +
		`"needs_response":true,"timeout_ms":30000,"duration_ms":60000,"extension":"extension pk","created_at":"2026-11-26T10:58:31.446Z","respond_by":"2026-11-26T10:59:01.446Z",` +
		`"started_at":"2026-11-26T10:58:31.546Z","ends_at":"2026-11-26T10:59:31.546Z","ended_at":"2026-11-26T10:58:31.646Z","outcome":"time_up","winner":"bench-2","leaves_at":"2026-11-26T11:13:31.646Z"}}`,
}

// preparedFrames are the frames with their header.
func preparedFrames() map[hub.Kind][]byte {
	frames := map[hub.Kind][]byte{}
	for kind, text := range realFrames {
		frames[kind] = appendTextFrame(nil, []byte(text))
	}
	return frames
}

// fill appends a prepared frame, as that of a battle and with a number. What does not
// belong to this plan gets a frame that nobody understands.
func fill(out, frame, battle []byte, number int) []byte {
	start := len(out)
	out = append(out, frame...)
	if i := bytes.IndexByte(out[start:], '@'); i >= 0 {
		copy(out[start+i:start+i+battleIDLength], battle)
	}
	if i := bytes.IndexByte(out[start:], '#'); i >= 0 {
		copy(out[start+i:], fmt.Sprintf("%010d", number))
	}
	return out
}
