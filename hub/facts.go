package hub

import "encoding/json"

// facts are a battle's events, by kind, none of them with its packet.
type facts struct {
	Created  *Event `json:"created,omitempty"`
	Started  *Event `json:"started,omitempty"`
	Ended    *Event `json:"ended,omitempty"`
	Presumed *Event `json:"presumed,omitempty"`

	packed []byte // their JSON, instead of them
}

// add files the event under its kind. The log lets one event of a kind pass, so a
// repeat is the same event.
func (f *facts) add(e *Event) {
	switch e.Kind {
	case KindCreated:
		f.Created = e
	case KindStarted:
		f.Started = e
	case KindEnded:
		f.Ended = e
	case KindPresumedEnded:
		f.Presumed = e
	}
}

// all returns the events that are known, in the order of a battle's life.
func (f *facts) all() []*Event {
	var events []*Event
	for _, e := range []*Event{f.Created, f.Started, f.Ended, f.Presumed} {
		if e != nil {
			events = append(events, e)
		}
	}
	return events
}

// Nearly all battles of a board are over, and hardly ever is anything heard of them again. As
// events, each was a dozen objects for the garbage collector to visit, again and again, and
// twice the memory that its JSON takes.

// pack turns the events into one text, within the slab.
func (f *facts) pack(s *slab) {
	if f.packed == nil {
		var scratch [2048]byte // more than most take
		*f = facts{packed: s.copy(f.appendJSON(scratch[:0]))}
	}
}

// unpack undoes pack.
func (f *facts) unpack() error {
	if f.packed == nil {
		return nil
	}
	return f.parse(string(f.packed))
}

// parse takes over what appendJSON wrote; encoding/json reads what that does not, see jsonReader.
func (f *facts) parse(text string) error {
	if own, ok := parseOwnFacts(text); ok {
		*f = own
		return nil
	}
	type plain facts
	var p plain
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		return err
	}
	*f = facts(p)
	return nil
}

func parseOwnFacts(text string) (f facts, ok bool) {
	r := jsonReader{rest: text}
	first := true
	for _, kind := range []struct {
		name string
		to   **Event
	}{{"created", &f.Created}, {"started", &f.Started}, {"ended", &f.Ended}, {"presumed", &f.Presumed}} {
		if r.member(kind.name, first) {
			*kind.to, first = r.event(), false
		}
	}
	return f, r.rest == "}" && !r.lost
}

func (f *facts) appendJSON(to []byte) []byte {
	w := jsonWriter{to}
	w.open()
	w.optionalEvent("created", f.Created)
	w.optionalEvent("started", f.Started)
	w.optionalEvent("ended", f.Ended)
	w.optionalEvent("presumed", f.Presumed)
	w.close()
	return w.b
}

func (w *jsonWriter) optionalEvent(name string, e *Event) {
	if e != nil {
		w.member(name)
		w.b = e.AppendJSON(w.b)
	}
}

// MarshalJSON writes the events, packed or not.
func (f facts) MarshalJSON() ([]byte, error) {
	if f.packed != nil {
		return f.packed, nil
	}
	return f.appendJSON(nil), nil
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (f *facts) UnmarshalJSON(b []byte) error { return f.parse(string(b)) }
