package faulttest

import (
	"slices"
	"strconv"
	"time"

	"battlehub/hub"
)

// A run made up by hand, in which all is well, for the tests of the checker.

var sampleStart = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

// sampleRun is a log of two epochs with four battles of three rooms, a moderator who saw
// it all, one who came later, and an owner.
func sampleRun() *run {
	r := &run{}
	r.logEpoch(1)
	for _, kind := range []hub.Kind{hub.KindCreated, hub.KindStarted, hub.KindEnded} {
		r.logEvent(kind, "b1", "pk-1", "pk-2")
		r.logEvent(kind, "b2", "pk-2", "pk-3")
	}
	r.logEpoch(5)
	for _, kind := range []hub.Kind{hub.KindCreated, hub.KindStarted} {
		r.logEvent(kind, "b3", "pk-1", "pk-3")
		r.logEvent(kind, "b4", "pk-2", "pk-1")
	}
	r.clients = []history{r.watch("early", 0, nil), r.watch("late", 4, nil), r.watch("owner", 0, []string{"pk-1"})}
	for _, node := range []string{"n1", "n2"} {
		r.boards = append(r.boards, board{node, r.boardAt(len(r.log), nil)})
	}
	return r
}

func (r *run) logEpoch(epoch uint64) { r.put(hub.Position{Epoch: epoch}, nil) }

// logEvent puts an event into the log, as a webhook did that was answered OK.
func (r *run) logEvent(kind hub.Kind, battle, from, to string) {
	p := r.log[len(r.log)-1].Position
	e := &hub.Event{ID: hub.EventID(testApp, kind, battle), Kind: kind, Battle: battle,
		From: hub.Side{Room: from}, To: []hub.Side{{Room: to}}}
	r.put(hub.Position{Epoch: p.Epoch, Seq: p.Seq + 1}, e)
	r.hooks = append(r.hooks, hook{id: e.ID, kind: kind, battle: battle, node: "n1", at: sampleStart, answer: answeredOK})
}

func (r *run) put(at hub.Position, event *hub.Event) {
	at.Tag = uint32(0x1000 + len(r.log))
	e := entry{hub.Entry{Position: at, At: hub.At(sampleStart), Event: event}, true}
	if n := len(r.log); n > 0 {
		e.Prev = r.log[n-1].Position.Tag
	}
	r.log = append(r.log, e)
}

// watch is what a client is sent that connects when the log ends with the entry from, and
// stays.
func (r *run) watch(name string, from int, rooms []string) history {
	at := r.log[from].Position
	h := history{client: name, rooms: rooms, connected: true, frames: []frame{
		{typ: hub.FrameHello, cursor: at},
		{typ: hub.FrameSnapshot, cursor: at, done: true, battles: r.page(from+1, rooms)},
	}}
	for i := from + 1; i < len(r.log); i++ {
		if e := r.log[i].Event; e != nil && concerns(e, rooms) {
			h.frames = append(h.frames, r.eventAt(i))
		}
	}
	h.frames = append(h.frames, frame{typ: hub.FrameBookmark, cursor: r.log[len(r.log)-1].Position})
	for i := range h.frames {
		h.frames[i].node, h.frames[i].at = "n"+strconv.Itoa(1+i%2), sampleStart.Add(time.Duration(i)*time.Second)
	}
	return h
}

// eventAt is the frame of an entry.
func (r *run) eventAt(i int) frame {
	e := r.log[i]
	return frame{typ: hub.FrameEvent, cursor: e.Position, id: e.Event.ID, kind: e.Event.Kind,
		battles: []shown{r.boardAt(i+1, nil)[e.Event.Battle]}}
}

// page is a snapshot of the log's first n entries.
func (r *run) page(n int, rooms []string) []shown {
	var page []shown
	for _, s := range r.boardAt(n, rooms) {
		page = append(page, s)
	}
	return page
}

// boardAt folds the log's first n entries.
func (r *run) boardAt(n int, rooms []string) map[string]shown {
	battles := map[string]shown{}
	for _, e := range r.log[:n] {
		if e.Event == nil || !concerns(e.Event, rooms) {
			continue
		}
		s := battles[e.Event.Battle]
		s.ID = e.Event.Battle
		switch e.Event.Kind {
		case hub.KindCreated:
			s.State, s.Operator = hub.StatePending, "op"
		case hub.KindStarted:
			s.State, s.StartedAt = hub.StateLive, hub.At(sampleStart)
		case hub.KindEnded:
			s.State, s.Outcome = hub.StateEnded, hub.OutcomeTimeUp
		}
		battles[e.Event.Battle] = s
	}
	return battles
}

// find is the index of the client's nth event frame.
func (h *history) find(nth int) int {
	for i := range h.frames {
		if h.frames[i].typ == hub.FrameEvent {
			if nth--; nth < 0 {
				return i
			}
		}
	}
	panic("there is no such event")
}

// drop takes frames out.
func (h *history) drop(from, to int) { h.frames = slices.Delete(h.frames, from, to) }

// insert puts frames in before the one at i.
func (h *history) insert(i int, frames ...frame) { h.frames = slices.Insert(h.frames, i, frames...) }
