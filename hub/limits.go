package hub

import (
	"fmt"
	"net/http"
	"time"
)

// limit is a bound on what a client that was let in may do; admission.go has those on who is.
// Its text is a metric label.
type limit string

const (
	limitFrames    limit = "frames"    // a second and session
	limitBytes     limit = "bytes"     // received, a second and session
	limitRooms     limit = "rooms"     // followed, of a session
	limitReads     limit = "reads"     // sessions opened, snapshots and board reads, a minute and user
	limitTickets   limit = "tickets"   // a minute and user
	limitFarewells limit = "farewells" // refused sockets that are being told why
)

var limits = []limit{limitFrames, limitBytes, limitRooms, limitReads, limitTickets, limitFarewells}

// account is a user of an app: UserSigs of two apps may name two people alike.
type account struct {
	app  App
	user string
}

// allowance is what a user may do a minute.
type allowance struct {
	limit    limit
	flag     string // for whoever has to change it
	most     int    // 0: no bound
	throttle *Throttle[account]
}

// newAllowance lets a user do most in a minute, all at once if it wants: a dashboard that
// comes back opens what it had open.
func newAllowance(limit limit, flag string, most int) *allowance {
	return &allowance{limit, flag, most, NewThrottle[account](float64(most)/60, most)}
}

// take counts one time by the user, and returns how long to wait if there were too many. An
// open hub knows no users, and bounds none.
func (a *allowance) take(app App, user string) time.Duration {
	if a.most == 0 || user == "" {
		return 0
	}
	return a.throttle.Take(account{app, user})
}

// exceeded says what was too much, and when it no longer is.
func (a *allowance) exceeded(wait time.Duration) string {
	return fmt.Sprintf("too many %s: at most %d a minute by one user (%s); come back in %d s",
		a.limit, a.most, a.flag, seconds(wait))
}

// spend counts one time for a request, or refuses it.
func (h *Hub) spend(a *allowance, q *query) *problem {
	wait := a.take(q.feed.app, q.grant.User)
	if wait == 0 {
		return nil
	}
	h.metrics.reached(a.limit)
	return &problem{status: http.StatusTooManyRequests, retry: wait, reason: refusedReads, detail: a.exceeded(wait)}
}

// seconds rounds up: whoever comes back a moment early is refused again.
func seconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }
