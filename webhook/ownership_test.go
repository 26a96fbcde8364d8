package webhook

import (
	"testing"

	"battlehub/hub"
)

// TestWhoseARoomIs reads the packets of rooms, as documented and as other senders of
// Tencent's might write them, and refuses those that do not tell.
func TestWhoseARoomIs(t *testing.T) {
	t.Parallel()
	create, destroy, change := hub.KindRoomCreated, hub.KindRoomDestroyed, hub.KindOwnerChanged
	for name, c := range map[string]struct {
		kind                   hub.Kind
		old, replacement       string
		owner, field, problems string
	}{
		"create":              {create, "", "", "brennan", "", ""},
		"create_by_digits":    {create, `"brennan"`, `144115216631667826`, "144115216631667826", "", ""},
		"create_no_owner":     {create, `"Owner_Account":"brennan",`, ``, "", "RoomInfo.Owner_Account", "missing"},
		"create_empty_owner":  {create, `"brennan"`, `""`, "", "RoomInfo.Owner_Account", "missing"},
		"create_null_owner":   {create, `"brennan"`, `null`, "", "RoomInfo.Owner_Account", "missing"},
		"create_no_room":      {create, `"RoomId":"pk-3",`, ``, "", "RoomInfo.RoomId", "missing"},
		"create_no_info":      {create, `"RoomInfo"`, `"Info"`, "", "RoomInfo.RoomId", "missing"},
		"create_info_a_text":  {create, `"RoomInfo":{`, `"RoomInfo":"pk-3","Info":{`, "", "RoomInfo", "must be an object"},
		"create_control":      {create, `brennan`, `bren\u0007nan`, "", "RoomInfo.Owner_Account", "not text"},
		"create_time_a_text":  {create, `1703589922`, `"now"`, "", "RoomInfo.CreateTime", "whole number"},
		"destroy":             {destroy, "", "", "144115216631667826", "", ""},
		"destroy_by_name":     {destroy, `144115216631667826`, `"brennan"`, "brennan", "", ""},
		"destroy_no_owner":    {destroy, `"Owner_Account"`, `"Owner"`, "", "", ""},
		"destroy_no_info":     {destroy, `"RoomInfo"`, `"Info"`, "", "", ""},
		"destroy_odd_owner":   {destroy, `144115216631667826`, `1.5`, "", "RoomInfo.Owner_Account", "whole number"},
		"destroy_no_room":     {destroy, `"RoomId"`, `"Room"`, "", "RoomId", "missing"},
		"change":              {change, "", "", "user2", "", ""},
		"change_by_digits":    {change, `"user2"`, `144115216631667826`, "144115216631667826", "", ""},
		"change_no_owner":     {change, `"CurrentOwner_Account"`, `"Owner_Account"`, "", "CurrentOwner_Account", "missing"},
		"change_no_room":      {change, `"RoomId":"pk-3"`, `"RoomId":""`, "", "RoomId", "missing"},
		"change_odd_original": {change, `"brennan"`, `{}`, "user2", "", ""}, // nobody needs to know it
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			packet := map[hub.Kind]string{create: "create-room.json", destroy: "destroy-room.json", change: "change-owner.json"}[c.kind]
			e, err := decodeBody(testApp, c.kind, edited(t, packet, c.old, c.replacement), noon)
			wantField(t, err, c.field, c.problems)
			if c.problems == "" && (e.From != hub.Side{Room: "pk-3", Owner: c.owner} || e.Battle != "" || e.To != nil) {
				t.Errorf("%+v of %q, want pk-3 of %q", e, e.Battle, c.owner)
			}
		})
	}
}

// TestWhenARoomChanged: EventTime, else the CreateTime of a Create, else now.
func TestWhenARoomChanged(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind                     hub.Kind
		packet, old, replacement string
		want                     hub.Time
	}{
		"create":                 {hub.KindRoomCreated, "create-room.json", "", "", hub.UnixMilli(1703589922000)},
		"create_with_event_time": {hub.KindRoomCreated, "create-room.json", `"RoomInfo"`, `"EventTime":1703589922780,"RoomInfo"`, hub.UnixMilli(1703589922780)},
		"create_without_any":     {hub.KindRoomCreated, "create-room.json", `"CreateTime":1703589922,`, "", hub.At(noon)},
		"destroy":                {hub.KindRoomDestroyed, "destroy-room.json", "", "", hub.UnixMilli(1703589922780)},
		"destroy_without":        {hub.KindRoomDestroyed, "destroy-room.json", `"EventTime":1703589922780,`, "", hub.At(noon)},
		"destroy_created_before": {hub.KindRoomDestroyed, "destroy-room.json", `"EventTime":1703589922780,"RoomInfo":{`, `"RoomInfo":{"CreateTime":1,`, hub.At(noon)},
		"change":                 {hub.KindOwnerChanged, "change-owner.json", "", "", hub.UnixMilli(1703589922780)},
		"change_in_seconds":      {hub.KindOwnerChanged, "change-owner.json", `1703589922780`, `1703589922`, hub.UnixMilli(1703589922000)},
		"change_without":         {hub.KindOwnerChanged, "change-owner.json", `"EventTime":1703589922780,`, "", hub.At(noon)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := decoded(t, c.kind, edited(t, c.packet, c.old, c.replacement))
			if e.At != c.want || e.ReceivedAt != hub.At(noon) {
				t.Errorf("at %v, received %v, want %v", e.At, e.ReceivedAt, c.want)
			}
		})
	}
}

// TestIdentityOfRooms: a repeat is the same event, white space aside; whatever else differs
// makes another, since a room may be opened, handed on and destroyed many times.
func TestIdentityOfRooms(t *testing.T) {
	t.Parallel()
	change := packetFile(t, "change-owner.json")
	first := decoded(t, hub.KindOwnerChanged, []byte(change))
	if again := decoded(t, hub.KindOwnerChanged, edited(t, "change-owner.json", ",", " ,\n")); again.ID != first.ID || again.Digest() != first.Digest() {
		t.Errorf("repeated as %s, first %s", again.ID, first.ID)
	}
	ids := map[string]bool{first.ID: true}
	for _, body := range [][]byte{
		edited(t, "change-owner.json", "1703589922780", "1703589922781"),
		edited(t, "change-owner.json", "user2", "user3"),
		edited(t, "change-owner.json", "pk-3", "pk-4"),
	} {
		ids[decoded(t, hub.KindOwnerChanged, body).ID] = true
	}
	other, err := decodeBody(testApp+1, hub.KindOwnerChanged, []byte(change), noon)
	if err != nil {
		t.Fatal(err)
	}
	ids[other.ID] = true
	ids[decoded(t, hub.KindRoomDestroyed, []byte(change)).ID] = true
	if len(ids) != 6 {
		t.Errorf("%d ids, want 6", len(ids))
	}
}
