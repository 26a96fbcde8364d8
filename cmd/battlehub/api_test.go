package main

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"battlehub/hub"
)

// Clients are built on web/api/openapi.yaml and asyncapi.yaml. These tests hold the two to
// the code's types and to what a running hub answers.

func TestAPIReferencesResolve(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"openapi.yaml", "asyncapi.yaml"} {
		d := readAPI(t, name)
		d.visit(func(where string, node object) {
			if ref, ok := node["$ref"].(string); ok && (!strings.HasPrefix(ref, "#/") || d.follow(node) == nil) {
				t.Errorf("%s %s: %s leads nowhere", name, where, ref)
			}
		})
	}
}

// TestAPISchemasMatchTheCode compares the properties, and which of them are always there,
// with the JSON tags.
func TestAPISchemasMatchTheCode(t *testing.T) {
	t.Parallel()
	d := readAPI(t, "asyncapi.yaml")
	for name, v := range map[string]any{
		"Battle": hub.Battle{}, "Side": hub.Side{}, "Hello": hub.Hello{}, "Snapshot": hub.Snapshot{}, "Event": hub.EventFrame{},
		"Bookmark": hub.Bookmark{}, "Gap": hub.Gap{}, "Bye": hub.Bye{}, "Subscribed": hub.Subscribed{}, "Pong": hub.Pong{},
		"Error": hub.ErrorFrame{},
	} {
		var all, required []string
		for _, field := range reflect.VisibleFields(reflect.TypeOf(v)) {
			tag, options, _ := strings.Cut(field.Tag.Get("json"), ",")
			all = append(all, tag)
			if !strings.HasPrefix(options, "omit") {
				required = append(required, tag)
			}
		}
		schema := d.schema(name)
		properties, _ := schema["properties"].(object)
		wantSet(t, name+" properties", slices.Collect(maps.Keys(properties)), all)
		wantSet(t, name+" required", texts(schema["required"]), required)
	}
}

func TestAPIEnumsMatchTheCode(t *testing.T) {
	t.Parallel()
	d := readAPI(t, "asyncapi.yaml")
	wantSet(t, "Kind", texts(d.schema("Kind")["enum"]), hub.Kinds)
	wantSet(t, "State", texts(d.schema("State")["enum"]), []hub.State{hub.StatePending, hub.StateLive, hub.StateEnded})
	wantSet(t, "Outcome", texts(d.schema("Outcome")["enum"]),
		[]hub.Outcome{hub.OutcomeTimeUp, hub.OutcomeAllLeft, hub.OutcomeNotStarted, hub.OutcomePresumedEnded})
	wantSet(t, "GapReason", texts(d.schema("GapReason")["enum"]), []hub.GapReason{hub.GapExpired, hub.GapRewritten, hub.GapLagged})
	wantSet(t, "messages", slices.Collect(maps.Keys(d.at("channels", "session", "messages"))), []hub.FrameType{
		hub.FrameHello, hub.FrameSnapshot, hub.FrameEvent, hub.FrameBookmark, hub.FrameGap, hub.FrameBye, hub.FrameSubscribed,
		hub.FramePong, hub.FrameError, hub.FrameSubscribe, hub.FrameUnsubscribe, hub.FrameAuth, hub.FramePing})
	wantSet(t, "reasons not to be signed in", texts(readAPI(t, "openapi.yaml").at("components", "schemas", "NotSignedIn", "properties", "reason")["enum"]), hub.RefusalReasons)
	wantSet(t, "faults of webhooks", texts(readAPI(t, "openapi.yaml").schema("SourceFault")["enum"]), hub.SourceFaults)
	for _, reason := range texts(d.at("components", "schemas", "Bye", "properties", "reason")["enum"]) {
		if !slices.Contains(hub.CloseReasons, hub.CloseReason(reason)) {
			t.Errorf("bye: no reason %s", reason)
		}
	}
}

// wantSet compares texts without regard to order.
func wantSet[T ~string](t *testing.T, what string, got []string, want []T) {
	t.Helper()
	var names []string
	for _, w := range want {
		names = append(names, string(w))
	}
	slices.Sort(got)
	slices.Sort(names)
	if !slices.Equal(got, names) {
		t.Errorf("%s: documented %q, in the code %q", what, got, names)
	}
}

func texts(v any) (s []string) {
	for _, item := range list(v) {
		s = append(s, item.(string))
	}
	return s
}

// TestAPIsAgree: what both describe, such as a battle, they describe alike.
func TestAPIsAgree(t *testing.T) {
	t.Parallel()
	over, under := readAPI(t, "openapi.yaml"), readAPI(t, "asyncapi.yaml")
	var both []string
	for name, schema := range over.at("components", "schemas") {
		if other := under.schema(name); other != nil {
			both = append(both, name)
			if !reflect.DeepEqual(schema, any(other)) {
				t.Errorf("%s is described in two ways", name)
			}
		}
	}
	wantSet(t, "in both", both, []string{"App", "Battle", "Cursor", "EventID", "Kind", "Outcome", "Side", "State", "Time"})
}

func TestAPIExamplesConform(t *testing.T) {
	t.Parallel()
	d := readAPI(t, "openapi.yaml")
	d.visit(func(where string, node object) {
		schema, ok := node["schema"].(object)
		if !ok {
			return
		}
		examples := map[string]any{}
		if one, ok := node["example"]; ok {
			examples["example"] = one
		}
		several, _ := node["examples"].(object)
		for name, example := range several {
			examples[name] = example.(object)["value"]
		}
		for name, value := range examples {
			report(t, d.faults(where+" "+name, schema, value))
		}
	})
	d = readAPI(t, "asyncapi.yaml")
	for name := range d.at("components", "messages") {
		message := d.at("components", "messages", name)
		if len(list(message["examples"])) == 0 {
			t.Errorf("%s has no example", name)
		}
		for _, example := range list(message["examples"]) {
			report(t, d.faults(name, message["payload"].(object), example.(object)["payload"]))
		}
	}
}

func report(t *testing.T, faults []string) {
	t.Helper()
	for _, fault := range faults {
		t.Error(fault)
	}
}
