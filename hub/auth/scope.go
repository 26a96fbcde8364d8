package auth

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"battlehub/hub"
)

// The roles of the battlehub claim.
const (
	RoleModerator = "moderator" // sees every room
	RoleOwner     = "owner"     // sees the rooms that the claim lists
)

// Bounds of the battlehub claim. Those of rooms are the hub's own.
const (
	maxApps    = 256
	maxRooms   = 256
	maxRoomLen = 256 // bytes
)

// scopeClaim is the claim that says what a token is good for, and thus also that it was
// made for a hub at all, whatever else its signer signs (RFC 8725 §3.12).
const scopeClaim = "battlehub"

// scope reads the battlehub claim:
//
//	{"role": "moderator" | "owner", "app": 1400000000 | "1400000000" | […], "rooms": […]}
//
// It is read strictly, null included: what is misspelt or left empty by mistake must not
// grant more than was meant. No app means every app.
func (c *claims) scope() (apps []hub.App, rooms []string) {
	value := c.value(scopeClaim)
	if value == nil {
		c.refuse(scopeClaim, `it is missing, and says what the token grants, such as {"role":"moderator"}`)
		return nil, nil
	}
	values, err := members(value)
	if err != nil {
		c.refuse(scopeClaim, err.Error())
		return nil, nil
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if name != "role" && name != "app" && name != "rooms" {
			c.refuse(scopeClaim, fmt.Sprintf("%.40q means nothing; there are role, app and rooms", name))
		}
	}
	if apps, err = readApps(values["app"]); err != nil {
		c.refuse(scopeClaim+".app", err.Error())
	}
	if rooms, err = readRooms(values["role"], values["rooms"]); err != nil {
		c.refuse(scopeClaim, err.Error())
	}
	return apps, rooms
}

// readApps reads one SDKAppID or a list of them. Nil means every app.
func readApps(value json.RawMessage) ([]hub.App, error) {
	if value == nil {
		return nil, nil
	}
	list := []json.RawMessage{value}
	if value[0] == '[' && json.Unmarshal(value, &list) != nil || len(list) == 0 || len(list) > maxApps {
		return nil, fmt.Errorf("list 1 to %d SDKAppIDs, or leave it out for every app", maxApps)
	}
	apps := make([]hub.App, len(list))
	for i, item := range list {
		digits := string(item)
		if item[0] == '"' {
			_ = json.Unmarshal(item, &digits) // it is a string already
		}
		n, err := strconv.ParseUint(digits, 10, 64)
		if err != nil || n == 0 {
			return nil, errors.New("write SDKAppIDs, as numbers or strings of digits")
		}
		apps[i] = hub.App(n)
	}
	return apps, nil
}

// readRooms reads what the role makes of the rooms. Nil means every room.
func readRooms(role, value json.RawMessage) ([]string, error) {
	var name string
	if json.Unmarshal(role, &name) != nil || name != RoleModerator && name != RoleOwner {
		return nil, errors.New(`role: write "moderator" or "owner"`)
	}
	if name == RoleModerator {
		if value != nil {
			return nil, errors.New("rooms: leave them out, a moderator sees every room")
		}
		return nil, nil
	}
	var rooms []string
	if json.Unmarshal(value, &rooms) != nil || len(rooms) == 0 || len(rooms) > maxRooms {
		return nil, fmt.Errorf("rooms: list the 1 to %d rooms that an owner may see", maxRooms)
	}
	for _, room := range rooms {
		if room == "" || len(room) > maxRoomLen {
			return nil, fmt.Errorf("rooms: each has 1 to %d bytes", maxRoomLen)
		}
	}
	return rooms, nil
}
