package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"battlehub/hub"
	"battlehub/webhook"
)

// Attacks by what is sent: webhooks, bodies, headers and names.

func replayWebhook(t *testing.T, g *target) {
	query := g.sign()
	for range 3 {
		if code, body := post(t, g.base, query, "replayed"); code != http.StatusOK {
			t.Errorf("%d %s", code, body)
		}
	}
	if got := g.timeline(t, "replayed"); strings.Count(got, `"appended_at"`) != 1 || strings.Contains(got, `"verdict":"conflict"`) {
		t.Errorf("it counted more than once: %s", got)
	}
}

func useCapturedSign(t *testing.T, g *target) {
	query := g.sign()
	post(t, g.base, query, "captured")
	body := strings.Replace(fmt.Sprintf(createPacket, "captured"), "pk-3", "pk-666", 1)
	if code, answer := g.deliver(t, query, strings.NewReader(body)); code != http.StatusOK {
		t.Errorf("%d %s", code, answer)
	}
	var page struct{ Battle hub.Battle }
	got := g.timeline(t, "captured")
	if err := json.Unmarshal([]byte(got), &page); err != nil || page.Battle.From.Room != "pk-3" || !strings.Contains(got, `"verdict":"conflict"`) {
		t.Errorf("the battle was changed, or nobody is told: %s", got)
	}
}

// tell401sApart: whoever guesses is not told how close the guess was.
func tell401sApart(t *testing.T, g *target) {
	now, old := time.Now(), time.Now().Add(-2*time.Minute)
	good, at := webhook.Sign(attackedToken, now)
	stale, then := webhook.Sign(attackedToken, old)
	first := ""
	for name, query := range map[string]string{
		"none": "", "no_time": "&Sign=" + good, "wrong": "&Sign=" + strings.Repeat("0", 64) + "&RequestTime=" + at, "stale": "&Sign=" + stale + "&RequestTime=" + then,
	} {
		code, body := g.deliver(t, query, strings.NewReader(fmt.Sprintf(createPacket, "b401")))
		if first == "" {
			first = body
		}
		if code != http.StatusUnauthorized || body != first {
			t.Errorf("%s: %d %s", name, code, body)
		}
	}
}

// sendBombs: bodies that are small on the wire, or small to write and dear to read.
func sendBombs(t *testing.T, g *target) {
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	_, _ = w.Write(make([]byte, 64<<20))
	_ = w.Close()
	if code, _ := g.deliver(t, g.sign(), &zipped, "Content-Encoding", "gzip"); code != http.StatusBadRequest {
		t.Errorf("zipped: %d", code) // it is not unpacked, so it is no JSON
	}
	if code, _ := g.deliver(t, g.sign(), strings.NewReader(strings.Repeat(" ", 2<<20)+"{}")); code != http.StatusRequestEntityTooLarge {
		t.Errorf("huge: %d", code)
	}
	if code, _ := g.deliver(t, g.sign(), strings.NewReader(`{"a":`+strings.Repeat("[", 900_000))); code != http.StatusBadRequest {
		t.Errorf("nested: %d", code)
	}
	if code, _ := askWith(t, g.base+"/v1/battles?room="+strings.Repeat("&room=x", 3000), "Authorization", g.moderator); code != http.StatusBadRequest {
		t.Errorf("a query of rooms: %d", code)
	}
}

func sendHugeHeaders(t *testing.T, g *target) {
	if code, _ := askWith(t, g.base+"/v1/battles", "X-Filler", strings.Repeat("x", 200<<10)); code != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("%d", code)
	}
}

// injectHeaders puts line ends where the answer repeats what was asked.
func injectHeaders(t *testing.T, g *target) {
	for _, query := range []string{"room=x%0d%0aSet-Cookie:%20a=b", "app=1%0d%0aSet-Cookie:%20a=b", "cursor=%0d%0aSet-Cookie:%20a=b", "state=%0d%0aSet-Cookie:a=b"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, g.base+"/v1/battles?"+query, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", mint(t, hub.Grant{User: "ann", Rooms: []string{"pk-3"}}))
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.Header.Get("Set-Cookie") != "" {
			t.Errorf("%s: %v", query, resp.Header)
		}
	}
}

// injectLines puts line ends and escapes where the log repeats what was sent.
func injectLines(t *testing.T, g *target) {
	for i, name := range []string{"x\nforged level=ERROR", "x\r\nforged", "x\u2028forged", "\x1b[31mforged\x1b[0m"} {
		body, _ := json.Marshal(map[string]any{"CallbackCommand": "Live.CallbackAfterCreateBattle\nforged " + fmt.Sprint(i), "BattleId": name,
			"FromRoomInfo": map[string]string{"RoomId": name}, "ToRoomList": []map[string]string{{"RoomId": name}}})
		g.deliver(t, g.sign(), bytes.NewReader(body))
		g.deliver(t, "&Sign="+url.QueryEscape(name), bytes.NewReader(body))
		askWith(t, g.base+"/v1/battles/"+url.PathEscape(name), "Authorization", g.moderator, "X-Forwarded-For", "forged", "User-Agent", "forged")
	}
}

// nameRooms: names that mean something to a program are names like any other.
func nameRooms(t *testing.T, g *target) {
	for _, name := range []string{"__proto__", "constructor", "<script>alert(1)</script>", `"},{"x":"`, strings.Repeat("😀", 64), "\u202egnp.exe", "../../etc/passwd", "${jndi:ldap://x}"} {
		packet := strings.ReplaceAll(fmt.Sprintf(createPacket, "n"), "pk-3", "ROOM")
		text, _ := json.Marshal(name)
		packet = strings.ReplaceAll(packet, `"ROOM"`, string(text))
		packet = strings.Replace(packet, `"n"`, string(text), 1)
		if code, body := g.deliver(t, g.sign(), strings.NewReader(packet)); code != http.StatusOK {
			t.Errorf("%q: %d %s", name, code, body)
			continue
		}
		var page struct{ Battle hub.Battle }
		if got := g.timeline(t, name); json.Unmarshal([]byte(got), &page) != nil || page.Battle.From.Room != name {
			t.Errorf("%q became %s", name, got)
		}
	}
}

func nameRoomsAtLength(t *testing.T, g *target) {
	packet := strings.ReplaceAll(fmt.Sprintf(createPacket, "long"), "pk-3", strings.Repeat("😀", 1024))
	if code, body := g.deliver(t, g.sign(), strings.NewReader(packet)); code != http.StatusBadRequest || !strings.Contains(body, "RoomId") || len(body) > 1000 {
		t.Errorf("%d %.300s", code, body)
	}
}

func sendForAnotherApp(t *testing.T, g *target) {
	resp, err := http.Post(g.base+"/webhook?SdkAppid=1400000001&CallbackCommand=Live.CallbackAfterCreateBattle"+g.sign(), "application/json",
		strings.NewReader(fmt.Sprintf(createPacket, "elsewhere")))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode == http.StatusOK || strings.Contains(g.timeline(t, "elsewhere"), "pk-3") {
		t.Errorf("%d", resp.StatusCode)
	}
}
