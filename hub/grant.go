package hub

import (
	"slices"
	"time"
)

// Grant is what a client may see: one or several apps, and all their rooms or some. It says
// no more than the client's credential proves; what follows from the log, such as who owns
// a room now, the hub adds.
type Grant struct {
	User  string   // whom it was given to; "" if nobody says, as on an open hub
	Apps  []App    // nil: every app of this hub
	Rooms []string // nil: every room (a moderator); otherwise these only (an owner)

	// Owns adds the rooms that the log shows to be User's, as that changes.
	Owns bool
	// Host, if not nil, adds a room that User hosts by word of the app's own server.
	Host *Hosting

	TokenID string    // of the credential, to revoke it by; "" if it has none
	Issued  time.Time // zero: unknown, and older than every revocation
	Expires time.Time // zero: never
}

// Hosting is a claim to a room, as good as what the log shows until the log shows later
// that somebody else owns it.
type Hosting struct {
	Room  string
	Since time.Time
}

// Everything is the grant of an open hub.
var Everything = Grant{}

// Moderator reports whether the grant covers every room.
func (g *Grant) Moderator() bool { return g.Rooms == nil && !g.varies() }

// varies reports whether what the grant covers depends on who owns which room.
func (g *Grant) varies() bool { return g.Owns || g.Host != nil }

// covers reports whether the grant includes the app.
func (g *Grant) covers(app App) bool { return g.Apps == nil || slices.Contains(g.Apps, app) }
