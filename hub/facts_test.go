package hub

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// TestFactsPacked: whatever facts are packed come back as they were, and without the help of
// encoding/json, which could read the same.
func TestFactsPacked(t *testing.T) {
	t.Parallel()
	for _, known := range someFacts() {
		packed := known
		packed.pack(new(slab))
		if packed.packed == nil || len(packed.all()) != 0 {
			t.Errorf("not packed: %+v", packed)
		}
		if _, own := parseOwnFacts(string(packed.packed)); !own {
			t.Errorf("encoding/json needed to read %s", packed.packed)
		}
		var read facts
		if err := json.Unmarshal(mustEncode(t, packed), &read); err != nil || !reflect.DeepEqual(read, known) {
			t.Errorf("read back as %+v, %v, want %+v", read, err, known)
		}
		if err := packed.unpack(); err != nil || !reflect.DeepEqual(packed, known) {
			t.Errorf("unpacked as %+v, %v, want %+v", packed, err, known)
		}
	}
}

// Stored boards of other versions may have more white space, another order, or other members.
func TestFactsReadLoosely(t *testing.T) {
	t.Parallel()
	for _, known := range someFacts() {
		var read facts
		text := strings.Replace(string(known.appendJSON(nil)), "{", `{ "more": 1, `, 1)
		if err := read.parse(text); err != nil || !reflect.DeepEqual(read, known) {
			t.Errorf("%s read as %+v, %v", text, read, err)
		}
	}
	var read facts
	if err := read.parse(`{"created":`); err == nil {
		t.Error("half an object is read")
	}
}

// someFacts are what the events of a life make, one after the other, and each alone.
func someFacts() []facts {
	var known []facts
	var life facts
	for _, e := range everyEvent() {
		event := *e
		event.Raw = nil
		if f := (facts{}); e.ofKindOfBattle() {
			f.add(&event)
			life.add(&event)
			known = append(known, f, life)
		}
	}
	return known
}

func mustEncode(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
