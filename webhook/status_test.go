package webhook

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"battlehub/hub"
)

// TestStatusTable goes through every status that a webhook can be answered with.
func TestStatusTable(t *testing.T) {
	t.Parallel()
	create := packetFile(t, "create.json")
	for name, c := range map[string]struct {
		method  string // POST if empty
		query   string // that of the app if empty
		body    string // Create if empty
		tokens  []hub.Secret
		log     error // what the log fails with
		status  int
		command command
		result  result
		info    string // part of ErrorInfo
	}{
		"appended":         {status: 200, command: "created", result: resultFresh},
		"room_appended":    {body: packetFile(t, "create-room.json"), status: 200, command: "room_created", result: resultFresh},
		"not_ours":         {body: packetFile(t, "before-send-gift.json"), status: 200, command: commandOther, result: resultIgnored},
		"not_json":         {body: "SdkAppid=1", status: 400, command: commandUnknown, result: resultBadRequest, info: "not JSON"},
		"not_utf8":         {body: strings.Replace(create, "pk-3", "pk-\xff", 1), status: 400, command: commandUnknown, result: resultBadRequest, info: "UTF-8"},
		"no_command":       {body: `{"BattleId":"x"}`, status: 400, command: commandUnknown, result: resultBadRequest, info: "CallbackCommand is missing"},
		"commands_differ":  {query: appQuery + "&CallbackCommand=Live.CallbackAfterEndBattle", status: 400, command: commandUnknown, result: resultBadRequest, info: "CallbackCommand differs"},
		"no_battle_id":     {body: strings.Replace(create, "BattleId", "Battle", 1), status: 400, command: "created", result: resultBadRequest, info: "BattleId is missing"},
		"no_challenger":    {body: strings.Replace(create, "FromRoomId", "From", 1), status: 400, command: "created", result: resultBadRequest, info: "FromRoomId is missing"},
		"no_room":          {body: strings.Replace(create, `["pk-5"]`, `[]`, 1), status: 400, command: "created", result: resultBadRequest, info: "ToRoomIdList names no room"},
		"no_room_id":       {body: strings.Replace(packetFile(t, "destroy-room.json"), `"RoomId"`, `"Room"`, 1), status: 400, command: "room_destroyed", result: resultBadRequest, info: "RoomId is missing"},
		"no_owner":         {body: strings.Replace(packetFile(t, "change-owner.json"), "CurrentOwner", "Owner", 1), status: 400, command: "owner_changed", result: resultBadRequest, info: "CurrentOwner_Account is missing"},
		"signed":           {query: signed(appQuery, testToken), tokens: []hub.Secret{testToken}, status: 200, command: "created", result: resultFresh},
		"unsigned":         {tokens: []hub.Secret{testToken}, status: 401, command: commandUnknown, result: resultUnauthorized, info: "--webhook-token"},
		"no_app":           {query: "CallbackCommand=Live.CallbackAfterCreateBattle", status: 403, command: commandUnknown, result: resultWrongApp, info: "--sdkappid"},
		"two_apps":         {query: appQuery + "&sdkappid=1400000001", status: 403, command: commandUnknown, result: resultWrongApp, info: "--sdkappid"},
		"not_our_app":      {query: "SdkAppid=1400000001", status: 403, command: commandUnknown, result: resultWrongApp, info: "--sdkappid 1400000001"},
		"app_not_a_number": {query: "SdkAppid=-1", status: 403, command: commandUnknown, result: resultWrongApp, info: "--sdkappid"},
		"get":              {method: "GET", status: 405, command: commandUnknown, result: resultWrongMethod, info: "POST"},
		"put":              {method: "PUT", status: 405, command: commandUnknown, result: resultWrongMethod, info: "POST"},
		"too_large":        {body: strings.Repeat(" ", maxBody) + create, status: 413, command: commandUnknown, result: resultTooLarge, info: "1048576"},
		"contenttype_xml":  {query: appQuery + "&contenttype=xml", status: 415, command: commandUnknown, result: resultWrongType, info: "contenttype"},
		"contenttype_both": {query: appQuery + "&contenttype=json&ContentType=xml", status: 415, command: commandUnknown, result: resultWrongType, info: "contenttype"},
		"log_fails":        {log: errors.New("the disk is full"), status: 503, command: "created", result: resultUnavailable, info: "send it again"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log := newMapLog()
			h := handler(appendFunc(func(ctx context.Context, events []hub.Event) ([]hub.Appended, error) {
				if c.log != nil {
					return nil, c.log
				}
				return log.Append(ctx, events)
			}), c.tokens...)
			resp := serve(h, or(c.method, http.MethodPost), or(c.query, appQuery), strings.NewReader(or(c.body, create)))

			if info := wantAnswer(t, resp, c.status); !strings.Contains(info, c.info) {
				t.Errorf("ErrorInfo %q does not tell %q", info, c.info)
			}
			wantCount(t, h, c.command, c.result)
			wantHeader(t, resp, "Allow", c.status == 405, "POST")
			wantHeader(t, resp, "Retry-After", c.status == 503, "1")
			if wantEvents := map[bool]int{true: 1}[c.result == resultFresh]; len(log.events) != wantEvents {
				t.Errorf("the log got %d events, want %d", len(log.events), wantEvents)
			}
			wantAccepted := c.status == 200
			if got := testutil.ToFloat64(h.metrics.accepted.WithLabelValues(testApp.String())) > 0; got != wantAccepted {
				t.Errorf("last accepted set: %v, want %v", got, wantAccepted)
			}
		})
	}
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func wantHeader(t *testing.T, resp *http.Response, name string, present bool, value string) {
	t.Helper()
	if !present {
		value = ""
	}
	if got := resp.Header.Get(name); got != value {
		t.Errorf("%s is %q, want %q", name, got, value)
	}
}
