package hub

import (
	"slices"
	"strings"
	"time"
)

// leaveAfter is how long an ended battle stays on the board, counted from when the log
// recorded its end.
const leaveAfter = 15 * time.Minute

// board is the battles as of now: every open one, and for a while the ended ones.
type board struct {
	battles map[string]*record
	open    map[string]*record // those not ended
	rooms   map[string]*roomBattles
	leaving []leave // by time; a battle whose end was corrected stands here twice
	texts   slab    // of those that are leaving, in this order
}

// roomBattles are the battles of a room. Whatever names the room shares the name that is kept
// here: any other would keep alive the text of a whole event.
type roomBattles struct {
	name    string
	records []*record
}

// record is one battle on the board.
type record struct {
	id     string
	state  State
	facts  facts    // packed once it has ended
	battle *Battle  // nil while they are
	first  Position // of its first entry: the order of lists
	heard  Time     // when the log last heard of it
	ended  Time     // when the log recorded its newest end
	// What follows is replaced, never changed, since frames and snapshots share it.
	json  []byte
	rooms []string
	two   [2]string // holds the rooms of most battles

	presumed time.Time // when this node last asked the log to presume its end
}

// leave says that a battle leaves the board.
type leave struct {
	at     Time
	record *record
}

func newBoard() board {
	return board{battles: map[string]*record{}, open: map[string]*record{}, rooms: map[string]*roomBattles{}}
}

// apply merges the entry's event and returns the battle's record.
func (b *board) apply(e *Entry) *record {
	r := b.battles[e.Event.Battle]
	if r == nil {
		r = &record{id: strings.Clone(e.Event.Battle), first: e.Position}
	}
	r.apply(e)
	b.place(r)
	return r
}

// apply merges one entry. The raw packet stays in the log: the board would only double
// its memory.
func (r *record) apply(e *Entry) {
	event := *e.Event
	event.Raw = nil
	if err := r.facts.unpack(); err != nil {
		panic("hub: reading our own facts: " + err.Error()) // a defect: no outside value can cause it
	}
	r.facts.add(&event)
	r.heard = e.At
	if event.Kind == KindEnded || event.Kind == KindPresumedEnded {
		r.ended = e.At
	}
	r.encode()
}

// battleRoom is more than what most battles take as JSON.
const battleRoom = 640

// encode renews what follows from the facts.
func (r *record) encode() {
	battle := r.facts.battle()
	if !r.ended.IsZero() {
		battle.LeavesAt = r.leavesAt()
	}
	r.battle, r.state = &battle, battle.State
	r.json = battle.appendJSON(make([]byte, 0, battleRoom))
}

// leavesAt is when the battle, having ended, leaves the board.
func (r *record) leavesAt() Time { return r.ended.Plus(leaveAfter.Milliseconds()) }

// place files the record under its battle, its rooms and its state, and packs it if it has
// ended.
func (b *board) place(r *record) {
	b.battles[r.id] = r
	if rooms := r.battle.Rooms(); !slices.Equal(rooms, r.rooms) {
		b.move(r, rooms)
	}
	if r.state != StateEnded {
		b.open[r.id] = r
		return
	}
	delete(b.open, r.id)
	b.leaving = append(b.leaving, leave{r.leavesAt(), r})
	r.facts.pack(&b.texts)
	r.battle, r.json = nil, b.texts.copy(r.json)
}

// move files the record under other rooms. A Create that comes late has the last word on who
// challenged, so that some may be the battle's no more.
func (b *board) move(r *record, rooms []string) {
	was := r.rooms
	if was == nil {
		r.rooms = append(r.two[:0], rooms...)
	} else {
		r.rooms = rooms
	}
	for i, room := range rooms {
		of := b.rooms[room]
		if of == nil {
			of = &roomBattles{name: strings.Clone(room)}
			b.rooms[of.name] = of
		}
		if r.rooms[i] = of.name; !slices.Contains(was, room) {
			of.records = append(of.records, r)
		}
	}
	for _, room := range was {
		if !slices.Contains(rooms, room) {
			b.unfile(r, room)
		}
	}
}

// unfile takes the record out of a room's.
func (b *board) unfile(r *record, room string) {
	of := b.rooms[room]
	of.records = slices.DeleteFunc(of.records, func(o *record) bool { return o == r })
	if len(of.records) == 0 {
		delete(b.rooms, room)
	}
}

// sweep removes the ended battles whose time has come.
func (b *board) sweep(now time.Time) {
	n := 0
	for ; n < len(b.leaving) && !b.leaving[n].at.After(now); n++ {
		r := b.leaving[n].record
		if b.battles[r.id] == r && !r.leavesAt().After(now) {
			b.remove(r)
		}
	}
	b.leaving = slices.Delete(b.leaving, 0, n)
}

func (b *board) remove(r *record) {
	delete(b.battles, r.id)
	delete(b.open, r.id)
	for _, room := range r.rooms {
		b.unfile(r, room)
	}
}

// all returns every record, oldest first.
func (b *board) all() []*record {
	records := make([]*record, 0, len(b.battles))
	for _, r := range b.battles {
		records = append(records, r)
	}
	return oldestFirst(records)
}

// of returns the records of the given rooms, each once, oldest first.
func (b *board) of(rooms []string) []*record {
	var records []*record
	seen := map[*record]bool{}
	for _, room := range rooms {
		of := b.rooms[room]
		if of == nil {
			continue
		}
		for _, r := range of.records {
			if !seen[r] {
				seen[r] = true
				records = append(records, r)
			}
		}
	}
	return oldestFirst(records)
}

// seenBy returns what a session that follows the rooms may see; nil rooms are all.
func (b *board) seenBy(rooms []string) []*record {
	if rooms == nil {
		return b.all()
	}
	return b.of(rooms)
}

func oldestFirst(records []*record) []*record {
	slices.SortFunc(records, func(a, c *record) int { return a.first.Compare(c.first) })
	return records
}

// encoded returns the battles of the records, encoded.
func encoded(records []*record) [][]byte {
	battles := make([][]byte, len(records))
	for i, r := range records {
		battles[i] = r.json
	}
	return battles
}
