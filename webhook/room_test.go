package webhook

import (
	"fmt"
	"strings"
	"testing"

	"battlehub/hub"
)

// roomIDs is a JSON list of n room ids.
func roomIDs(n int) string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprintf("%q", fmt.Sprint("pk-", i+100))
	}
	return "[" + strings.Join(ids, ",") + "]"
}

func TestRoomsOfCreate(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		list    string
		want    []string
		refused string
	}{
		"one":              {`["pk-5"]`, []string{"pk-5"}, ""},
		"digits":           {`[144115245353757792]`, []string{"144115245353757792"}, ""},
		"twice":            {`["pk-5","pk-7","pk-5"]`, []string{"pk-5", "pk-7"}, ""},
		"challenger_too":   {`["pk-3","pk-5"]`, []string{"pk-5"}, ""},
		"challenger_alone": {`["pk-3"]`, nil, "names no room"},
		"none":             {`[]`, nil, "names no room"},
		"null":             {`null`, nil, "names no room"},
		"empty_id":         {`["pk-5",""]`, nil, "missing or empty"},
		"null_id":          {`["pk-5",null]`, nil, "missing or empty"},
		"object":           {`[{"RoomId":"pk-5"}]`, nil, "must be a string"},
		"too_many":         {roomIDs(maxRooms + 1), nil, "more than 64 rooms"},
		"not_a_list":       {`"pk-5"`, nil, "must be a list"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, err := decodeBody(testApp, hub.KindCreated, edited(t, "create.json", `["pk-5"]`, c.list), noon)
			wantField(t, err, "ToRoomIdList", c.refused)
			wantRooms(t, e, c.want)
		})
	}
}

// wantRooms checks the challenged rooms.
func wantRooms(t *testing.T, e hub.Event, want []string) {
	t.Helper()
	var got []string
	for _, s := range e.To {
		got = append(got, s.Room)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("rooms %v, want %v", got, want)
	}
}

func TestAsManyRoomsAsAllowed(t *testing.T) {
	t.Parallel()
	e := decoded(t, hub.KindCreated, edited(t, "create.json", `["pk-5"]`, roomIDs(maxRooms)))
	if len(e.To) != maxRooms {
		t.Errorf("%d rooms, want %d", len(e.To), maxRooms)
	}
}

func TestRoomsOfStartAndEnd(t *testing.T) {
	t.Parallel()
	const documented = `[{"RoomId":"pk-5","Owner_Account":"tandy"}]`
	for name, c := range map[string]struct {
		list    string
		want    []string
		field   string
		refused string
	}{
		"one":             {documented, []string{"pk-5"}, "", ""},
		"no_owner":        {`[{"RoomId":"pk-5"}]`, []string{"pk-5"}, "", ""},
		"twice":           {`[{"RoomId":"pk-5"},{"RoomId":"pk-5"}]`, []string{"pk-5"}, "", ""},
		"none":            {`[]`, nil, "ToRoomList", "names no room"},
		"empty_object":    {`[{"RoomId":"pk-5"},{}]`, nil, "ToRoomList.RoomId", "missing"},
		"null_element":    {`[{"RoomId":"pk-5"},null]`, nil, "ToRoomList.RoomId", "missing"},
		"id_instead":      {`["pk-5"]`, nil, "ToRoomList", "must hold objects"},
		"owner_an_object": {`[{"RoomId":"pk-5","Owner_Account":{}}]`, nil, "ToRoomList.Owner_Account", "must be a string"},
		"score_a_text":    {`[{"RoomId":"pk-5","Score":"1"}]`, nil, "ToRoomList.Score", "whole number"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, err := decodeBody(testApp, hub.KindStarted, edited(t, "start.json", documented, c.list), noon)
			wantField(t, err, c.field, c.refused)
			wantRooms(t, e, c.want)
		})
	}
}

func TestChallengerOfStartAndEnd(t *testing.T) {
	t.Parallel()
	const documented = `{"RoomId":"pk-3","Owner_Account":"brennan"}`
	for name, c := range map[string]struct{ room, field, refused string }{
		"missing":     {`null`, "FromRoomInfo.RoomId", "missing"},
		"no_id":       {`{"Owner_Account":"brennan"}`, "FromRoomInfo.RoomId", "missing"},
		"a_string":    {`"pk-3"`, "FromRoomInfo", "must be an object"},
		"id_a_list":   {`{"RoomId":[]}`, "FromRoomInfo.RoomId", "must be a string"},
		"owner_fault": {`{"RoomId":"pk-3","Owner_Account":1.5}`, "FromRoomInfo.Owner_Account", "whole number"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := decodeBody(testApp, hub.KindStarted, edited(t, "start.json", documented, c.room), noon)
			wantField(t, err, c.field, c.refused)
		})
	}
}
