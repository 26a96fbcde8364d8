package redislog

import (
	"testing"

	"battlehub/hub"
	"battlehub/hub/redislog/redistest"
)

// TestEntriesAllocateLittle pins what an event costs the garbage collector on its way into
// Redis and out of it, go-redis aside.
func TestEntriesAllocateLittle(t *testing.T) {
	l := openLog(t, Options{URL: hub.Secret(redistest.Start(t).URL())})
	const events = 16
	group := []*request{{events: newEvents(0, events)}}
	l.newBatch(group).release() // the pool has one
	const mostIn = 9            // two keys, a tag, a digest, a packet, and what go-redis needs each as
	if n := testing.AllocsPerRun(100, func() { l.newBatch(group).release() }) / events; n > mostIn {
		t.Errorf("writing allocates %.1f times an event, want at most %d", n, mostIn)
	}

	text := heard(group[0].events)
	const mostOut = 5 // the text, the event, its sides, the packet
	if n := testing.AllocsPerRun(100, func() { read(t, text) }) / events; n > mostOut {
		t.Errorf("reading allocates %.1f times an event, want at most %d", n, mostOut)
	}
}

// heard is the message that tells of the events.
func heard(events []hub.Event) string {
	var m message
	for i := range events {
		e := &events[i]
		m.records = append(m.records, record{position: hub.Position{Epoch: 1, Seq: uint64(i), Tag: 1}, prev: 1,
			event: string(e.AppendJSON(nil)), raw: string(e.Raw)})
	}
	return written(m)
}

// read does with a message what a tail does, but for handing it on.
func read(t testing.TB, text string) {
	m, err := parseMessage(text)
	if err == nil {
		_, err = entriesOf(m.records)
	}
	if err != nil {
		t.Error(err)
	}
}

// BenchmarkMessage reads groups of events as a tail hears them when it is busy.
func BenchmarkMessage(b *testing.B) {
	const events = 16
	text := heard(newEvents(0, events))
	b.ReportAllocs()
	for b.Loop() {
		read(b, text)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*events), "ns/event")
}
