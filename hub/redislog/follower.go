package redislog

import "battlehub/hub"

// follower knows how far a tail has got and decides what continues it. It has no clock and
// no connection, so every order of messages can be tried on it.
type follower struct {
	at hub.Position // of the last accepted entry

	// ahead is the newest entry that was read before the channel brought it. As long as the
	// channel is well, it comes soon.
	ahead hub.Position
}

// hear takes a message of the channel. It returns the records that continue the history,
// and whether all is well; if not, something is missing or odd, and only the stream can
// tell what.
func (f *follower) hear(m message) (fresh []record, well bool) {
	well, fresh = true, m.records[:0] // in place: nearly always all are
	for _, r := range m.records {
		switch {
		case r.follows(f.at):
			fresh = append(fresh, r)
			f.at = r.position
		case r.position == f.at, r.position.Compare(f.at) < 0: // known already, by reading
		default:
			well = false
		}
		f.caughtUp(r.position)
	}
	if m.beat.IsZero() {
		return fresh, well
	}
	f.caughtUp(m.beat)
	// A beat from behind is normal after a read, which overtakes what is on its way; but it
	// may also be that of a log that has lost its end.
	return fresh, well && m.beat == f.at
}

func (f *follower) caughtUp(p hub.Position) {
	if p.Compare(f.ahead) >= 0 {
		f.ahead = hub.Position{}
	}
}

// read takes records that the stream has after f.at, which proves them.
func (f *follower) read(records []record) {
	if len(records) > 0 {
		f.at = records[len(records)-1].position
		f.ahead = f.at
	}
}

// missed reports whether something was read that the channel has still not brought. It is
// asked a second or more after the read.
func (f *follower) missed() bool { return !f.ahead.IsZero() }
