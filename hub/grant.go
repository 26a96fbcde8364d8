package hub

import (
	"net/http"
	"slices"
)

// Grant is what a client may see: one or several apps, and all their rooms or some.
type Grant struct {
	Apps  []App    // nil: every app of this hub
	Rooms []string // nil: every room (a moderator); otherwise these only (an owner)
}

// Authorizer finds out what the sender of a request may see. An error refuses it.
type Authorizer func(*http.Request) (Grant, error)

// Open grants everything to everyone.
func Open(*http.Request) (Grant, error) { return Grant{}, nil }

// covers reports whether the grant includes the app.
func (g *Grant) covers(app App) bool { return g.Apps == nil || slices.Contains(g.Apps, app) }

// sees reports whether the grant includes any of the rooms.
func (g *Grant) sees(rooms []string) bool {
	return g.Rooms == nil || slices.ContainsFunc(rooms, func(r string) bool { return slices.Contains(g.Rooms, r) })
}

// narrow returns the rooms that a client follows that asked for some, or for none in
// particular, and the first room, if any, that it may not see. A nil result means all.
func (g *Grant) narrow(asked []string) (rooms []string, denied string) {
	if len(asked) == 0 {
		return g.Rooms, ""
	}
	if g.Rooms != nil {
		for _, room := range asked {
			if !slices.Contains(g.Rooms, room) {
				return nil, room
			}
		}
	}
	return asked, ""
}
