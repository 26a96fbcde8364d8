package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"battlehub/hub"
	"battlehub/hub/auth"
)

const isolationKey = hub.Secret("5bd2850fff3ecb11d7c805251c51ee463a25727bddc2385f3fa8bfee1bb93b5e")

// reader is a way to read battles: it returns the ids that the bearer of the credential is
// told of, in no order, none if it is refused.
type reader func(t *testing.T, base, credential string) []string

// readers are all the ways. The cursor is a moderator's, from before everything.
func readers(cursor string) map[string]reader {
	return map[string]reader{
		"board":     func(t *testing.T, base, cred string) []string { return boardOf(t, base+"/v1/battles", cred) },
		"details":   readDetails,
		"websocket": func(t *testing.T, base, cred string) []string { return readWebSocket(t, base, cred, "", "") },
		"resumed": func(t *testing.T, base, cred string) []string {
			return readWebSocket(t, base, cred, "?cursor="+url.QueryEscape(cursor), "")
		},
		"resumed_elsewhere": func(t *testing.T, base, cred string) []string {
			return readWebSocket(t, base, cred, "?cursor="+url.QueryEscape(anotherHistory), "")
		},
		"events":      readEvents,
		"history":     readHistory,
		"ticket":      readByTicket,
		"used_ticket": readByUsedTicket,
		"subscribed": func(t *testing.T, base, cred string) []string {
			return readWebSocket(t, base, cred, "?room=nobodys", `{"type":"subscribe","id":1,"rooms":["pk-3"]}`)
		},
	}
}

func boardOf(t *testing.T, url, cred string) (ids []string) {
	t.Helper()
	_, body := askWith(t, url, "Authorization", cred)
	var page struct{ Battles []struct{ ID string } }
	_ = json.Unmarshal([]byte(body), &page) // a refusal has none
	for _, b := range page.Battles {
		ids = append(ids, b.ID)
	}
	return ids
}

func readHistory(t *testing.T, base, cred string) (ids []string) {
	t.Helper()
	for _, of := range []string{"room=pk-3", "room=pk-5", "room=pk-7", "room=pk-9", "owner=brennan", "owner=tandy", "owner=xena", "owner=yuri"} {
		ids = append(ids, boardOf(t, base+"/v1/history?"+of, cred)...)
	}
	return ids
}

func readDetails(t *testing.T, base, cred string) (ids []string) {
	t.Helper()
	for _, id := range []string{"of-3", "of-7"} {
		if code, body := askWith(t, base+"/v1/battles/"+id, "Authorization", cred); code == http.StatusOK {
			ids = append(ids, id)
		} else if strings.Contains(body, "pk-") {
			t.Errorf("a refusal tells of a room: %s", body)
		}
	}
	return ids
}

// readWebSocket reads until the answer to a ping, which comes after everything else.
func readWebSocket(t *testing.T, base, cred, query, ask string) (ids []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, base+"/v1/ws"+query, &websocket.DialOptions{HTTPHeader: http.Header{"Authorization": {cred}}})
	if err != nil {
		return nil
	}
	defer conn.CloseNow()
	conn.SetReadLimit(1 << 20)
	settled := func(f *seenFrame) bool {
		return f.Type == "snapshot" && f.Done || f.Type == "error" || f.Type == "pong"
	}
	for rounds := 1; ; {
		_, data, err := conn.Read(ctx)
		if err != nil {
			return ids
		}
		var f seenFrame
		if err := json.Unmarshal(data, &f); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, f.ids()...)
		switch {
		case f.Type == "hello" && f.Resumed: // events follow, and then the answer to this
			if err := conn.Write(ctx, websocket.MessageText, []byte(`{"type":"subscribe","id":9,"rooms":["nobodys"]}`)); err != nil {
				t.Fatal(err)
			}
		case settled(&f) && rounds == 1 && ask != "":
			rounds++
			if err := conn.Write(ctx, websocket.MessageText, []byte(ask)); err != nil {
				t.Fatal(err)
			}
		case settled(&f):
			return ids
		}
	}
}

// seenFrame is any frame, as far as it tells of battles.
type seenFrame struct {
	Type    string
	Done    bool
	Resumed bool
	Cursor  string
	Battle  struct{ ID string }
	Battles []struct{ ID string }
}

func (f *seenFrame) ids() (ids []string) {
	if f.Type == "event" {
		ids = append(ids, f.Battle.ID)
	}
	for _, b := range f.Battles {
		ids = append(ids, b.ID)
	}
	return ids
}

// ticketFor exchanges the credential for a ticket; "" if it is refused.
func ticketFor(t *testing.T, base, cred string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/v1/tickets?app=1400000000", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", cred)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct{ Ticket string }
	_ = json.NewDecoder(resp.Body).Decode(&answer) // a refusal has none
	return answer.Ticket
}

func readByTicket(t *testing.T, base, cred string) []string {
	t.Helper()
	return boardOf(t, base+"/v1/battles?ticket="+ticketFor(t, base, cred), "")
}

// readByUsedTicket: a ticket that was overheard is worth nothing, to whomever.
func readByUsedTicket(t *testing.T, base, cred string) []string {
	t.Helper()
	ticket := ticketFor(t, base, cred)
	boardOf(t, base+"/v1/battles?ticket="+ticket, "")
	return append(boardOf(t, base+"/v1/battles?ticket="+ticket, ""), readWebSocket(t, base, "", "?ticket="+ticket, "")...)
}

func readEvents(t *testing.T, base, cred string) (ids []string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/v1/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", cred)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	in := bufio.NewScanner(resp.Body)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		data, ok := strings.CutPrefix(in.Text(), "data: ")
		if !ok {
			continue
		}
		var f seenFrame
		if err := json.Unmarshal([]byte(data), &f); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, f.ids()...)
		if f.Type == "snapshot" && f.Done {
			return ids
		}
	}
	return ids
}

// anotherHistory is a cursor of one: whoever resumes from it is told of a gap and gets what
// it may see.
const anotherHistory = "1-1-00000001"

// TestIsolation: everyone sees exactly its own, whichever way it reads.
func TestIsolation(t *testing.T) {
	t.Parallel()
	a := startApp(t, func(c *config) {
		c.JWTSecret = secrets{jwtSecret}
		c.Apps = appList{{SDKAppID: 1400000000, UserSigKey: []hub.Secret{isolationKey}}, {SDKAppID: 1400000001}}
	})
	base := "http://" + a.Addr().String()
	_, before := askWith(t, base+"/v1/battles?app=1400000000", "Authorization", mint(t, hub.Grant{User: "mod"}))
	var start struct{ Cursor string }
	if err := json.Unmarshal([]byte(before), &start); err != nil || start.Cursor == "" {
		t.Fatalf("no cursor: %s", before)
	}
	happen(t, a)
	now := time.Now()
	userSig := func(user string, issued time.Time) string {
		return "UserSig 1400000000." + user + "." + string(auth.SignUserSig(isolationKey, 1400000000, user, issued, time.Hour))
	}
	revoked := mint(t, hub.Grant{User: "mod", Apps: []hub.App{1400000000}, TokenID: "revoked-1"})
	if err := a.hub.Revoke(t.Context(), hub.Revocation{Token: "revoked-1"}); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "revoked", func() bool { return len(boardOf(t, base+"/v1/battles", revoked)) == 0 })
	for who, test := range map[string]struct {
		credential string
		sees       string
		subscribed string // by asking for pk-3 from elsewhere
	}{
		"moderator":              {mint(t, hub.Grant{User: "mod", Apps: []hub.App{1400000000}}), "of-3 of-7", "of-3"},
		"moderator_of_other_app": {mint(t, hub.Grant{User: "mod", Apps: []hub.App{1400000001}}), "", ""},
		"owner_by_token":         {mint(t, hub.Grant{User: "ann", Apps: []hub.App{1400000000}, Rooms: []string{"nobodys", "pk-3"}}), "of-3", "of-3"},
		"stranger_by_token":      {mint(t, hub.Grant{User: "eve", Apps: []hub.App{1400000000}, Rooms: []string{"nobodys"}}), "", ""},
		"owner_by_usersig":       {userSig("brennan", now), "of-3", ""}, // nobodys is not brennan's: refused at once
		"callee_by_usersig":      {userSig("tandy", now), "of-3", ""},
		"stranger_by_usersig":    {userSig("eve", now), "", ""},
		"expired_usersig":        {userSig("brennan", now.Add(-2*time.Hour)), "", ""},
		"forged_usersig":         {userSig("brennan", now) + "x", "", ""},
		"revoked":                {revoked, "", ""},
		"nobody":                 {"", "", ""},
	} {
		for way, read := range readers(start.Cursor) {
			t.Run(who+"/"+way, func(t *testing.T) {
				t.Parallel()
				want := test.sees
				switch way {
				case "subscribed":
					want = test.subscribed
				case "used_ticket":
					want = ""
				}
				got := read(t, base, test.credential)
				slices.Sort(got)
				if ids := strings.Join(slices.Compact(got), " "); ids != want {
					t.Errorf("sees %q, want %q", ids, want)
				}
			})
		}
	}
}

// startPacket is a Start of a battle, as Tencent sends it.
const startPacket = `{"CallbackCommand":"Live.CallbackAfterStartBattle","BattleId":%q,"Duration":600000,"CreateTime":%[2]d,"StartTime":%[2]d,` +
	`"FromRoomInfo":{"RoomId":%q,"Owner_Account":%q},"ToRoomList":[{"RoomId":%q,"Owner_Account":%q}]}`

// happen lets a battle of pk-3, brennan's, and pk-5, tandy's, happen, and one of others.
func happen(t *testing.T, a *app) {
	t.Helper()
	base, now := "http://"+a.Addr().String(), time.Now().Unix()
	for _, packet := range []string{
		fmt.Sprintf(startPacket, "of-3", now, "pk-3", "brennan", "pk-5", "tandy"),
		fmt.Sprintf(startPacket, "of-7", now, "pk-7", "xena", "pk-9", "yuri"),
	} {
		resp, err := http.Post(base+"/webhook?SdkAppid=1400000000&CallbackCommand=Live.CallbackAfterStartBattle", "application/json", strings.NewReader(packet))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Fatalf("the webhook was answered %d", resp.StatusCode)
		}
	}
	moderator := mint(t, hub.Grant{User: "mod"})
	waitFor(t, "the battles on the board", func() bool { return len(boardOf(t, base+"/v1/battles?app=1400000000", moderator)) == 2 })
}
