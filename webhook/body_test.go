package webhook

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"battlehub/hub"
)

// TestEventsOutliveTheirBodies: the buffer that a body was read into serves the next one.
func TestEventsOutliveTheirBodies(t *testing.T) {
	t.Parallel()
	post := func(name string) hub.Event {
		body := fmt.Sprintf(`{"CallbackCommand":"Live.CallbackAfterCreateBattle","BattleId":"%[1]s","FromRoomId":"%[1]s-1",`+
			`"ToRoomIdList":["%[1]s-2"],"ExtensionInfo":"%[1]s <&>","Operator_Account":"%[1]s-op","Timeout":30,"Duration":60}`, name)
		r := httptest.NewRequest(http.MethodPost, "/webhook", strings.NewReader(body))
		d := &delivery{app: testApp, received: time.UnixMilli(1795449274000)}
		e, ours, err := d.read(httptest.NewRecorder(), r)
		if err != nil || !ours {
			t.Fatal(ours, err)
		}
		return e
	}
	first := post("battle-a")
	before := fmt.Sprintf("%+v %s", first, first.Raw)
	for range 50 { // a pool hands out what it likes
		post("battle-b")
	}
	if after := fmt.Sprintf("%+v %s", first, first.Raw); after != before {
		t.Errorf("was\n%s, is\n%s", before, after)
	}
}
