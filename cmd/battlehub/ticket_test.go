package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"battlehub/hub"
	"battlehub/hub/redislog/redistest"
)

// TestTicket: a ticket of one node opens one session at another, with what its credential
// grants and no more.
func TestTicket(t *testing.T) {
	t.Parallel()
	args := []string{"--redis-url=" + redistest.Start(t).URL(), "--jwt-secret=" + jwtSecret}
	one, other := startProcess(t, args...), startProcess(t, args...)
	owner := mint(t, hub.Grant{User: "ann", Rooms: []string{"pk-3"}})
	get := func(query, credential string) (int, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, one.base+"/v1/tickets"+query, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", credential)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var answer struct{ Ticket string }
		_ = json.NewDecoder(resp.Body).Decode(&answer) // a refusal has none
		return resp.StatusCode, answer.Ticket
	}
	if code, ticket := get("", "Bearer forged"); code != http.StatusUnauthorized || ticket != "" {
		t.Errorf("a forged token gives %d %q", code, ticket)
	}
	code, ticket := get("", owner)
	if code != http.StatusOK || len(ticket) < 26 {
		t.Fatalf("%d %q", code, ticket)
	}
	if code, body := askWith(t, other.base+"/v1/battles?room=pk-3&ticket="+ticket); code != http.StatusOK {
		t.Errorf("the ticket opens nothing: %d %s", code, body)
	}
	for _, p := range []*process{one, other} {
		if code, body := askWith(t, p.base+"/v1/battles?ticket="+ticket); code != http.StatusUnauthorized || !strings.Contains(body, "used") {
			t.Errorf("again: %d %s", code, body)
		}
		if strings.Contains(p.Output.String(), ticket) {
			t.Error("the log tells the ticket")
		}
	}
	_, ticket = get("", owner)
	if code, _ := askWith(t, other.base+"/v1/battles?room=pk-5&ticket="+ticket); code != http.StatusForbidden {
		t.Errorf("another room: %d", code)
	}
	_, ticket = get("", owner)
	if code, _ := get("?ticket="+ticket, ""); code != http.StatusBadRequest {
		t.Errorf("a ticket for a ticket: %d", code)
	}
}
