package redislog

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"

	"battlehub/hub"
)

// history makes a log's records, with a new epoch now and then.
func history(r *rand.Rand, n int) []record {
	records := []record{{position: hub.Position{Epoch: 1000, Tag: tag(r)}}}
	for len(records) < n {
		last := records[len(records)-1]
		next := record{position: last.position, prev: last.position.Tag, event: "{}"}
		next.position.Seq++
		next.position.Tag = tag(r)
		if r.IntN(10) == 0 {
			next.position.Epoch += 1 + r.Uint64N(5)
			next.position.Seq, next.event = 0, ""
		}
		records = append(records, next)
	}
	return records
}

func tag(r *rand.Rand) uint32 { return r.Uint32() | 1 }

// rewritten is another history that shares its beginning with records.
func rewritten(r *rand.Rand, records []record, fork int) []record {
	other := slices.Clone(records[:fork])
	for i := fork; i < len(records); i++ {
		next := records[i]
		next.prev = other[i-1].position.Tag
		next.position.Tag = tag(r)
		other = append(other, next)
	}
	return other
}

// channelOf plays a history over a bad channel: messages of several records, some of them
// lost, doubled or out of order, with beats between them.
func channelOf(r *rand.Rand, records []record) (messages []message) {
	for len(records) > 0 {
		n := 1 + r.IntN(min(4, len(records)))
		m := message{records: records[:n]}
		if r.IntN(4) == 0 {
			m.beat = records[n-1].position
		}
		records = records[n:]
		for range r.IntN(3) { // zero, one or two times
			messages = append(messages, m)
		}
		if r.IntN(3) == 0 {
			messages = append(messages, message{beat: m.records[n-1].position})
		}
	}
	for range len(messages) / 4 {
		i, j := r.IntN(len(messages)), r.IntN(len(messages))
		messages[i], messages[j] = messages[j], messages[i]
	}
	return messages
}

// read is what the stream has after a position, as the log's own reading proves it: nothing
// if the position is not in it.
func readAfter(records []record, at hub.Position) ([]record, bool) {
	i := slices.IndexFunc(records, func(r record) bool { return r.position == at })
	if i < 0 {
		return nil, false
	}
	return records[i+1:], true
}

// follows plays messages to a follower that reads the stream when it is told that
// something is odd, and at the end, and returns what it took.
func play(f *follower, messages []message, stream []record) (taken []record, continued bool) {
	read := func() bool {
		more, ok := readAfter(stream, f.at)
		f.read(more)
		taken = append(taken, more...)
		return ok
	}
	for _, m := range messages {
		fresh, well := f.hear(m)
		taken = append(taken, fresh...)
		if !well && !read() {
			return taken, false
		}
	}
	return taken, read()
}

// checkFollower plays one history, over a channel that does all that channels do, and
// wants every record once and in order; or, when the stream was rewritten on the way, to
// be told so, and nothing before that which was in neither history.
func checkFollower(t *testing.T, seed uint64) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	records := history(r, 2+r.IntN(40))
	f := follower{at: records[0].position}
	taken, ok := play(&f, channelOf(r, records[1:]), records)
	if !ok || !slices.Equal(taken, records[1:]) {
		t.Fatalf("seed %d: took %d of %d records, continued %t", seed, len(taken), len(records)-1, ok)
	}

	fork := 1 + r.IntN(len(records)-1)
	other := rewritten(r, records, fork)
	f = follower{at: records[0].position}
	heard := records[1 : 1+r.IntN(len(records)-1)]
	taken, ok = play(&f, channelOf(r, heard), records)
	if !ok {
		t.Fatalf("seed %d: reset without a reason", seed)
	}
	more, ok := play(&f, channelOf(r, other[1:]), other)
	if lost := len(taken)+1 > fork; ok == lost { // it had taken more than both share
		t.Fatalf("seed %d: fork at %d, had %d, continued %t", seed, fork, len(taken)+1, ok)
	}
	if all := append(taken, more...); ok && !slices.Equal(all, other[1:]) {
		t.Fatalf("seed %d: took %d records that are not the %d of the rewritten log", seed, len(all), len(other)-1)
	}
}

func TestFollower(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20000) {
		checkFollower(t, seed)
	}
}

func FuzzFollower(f *testing.F) {
	f.Add([]byte("battles"))
	f.Fuzz(func(t *testing.T, b []byte) {
		checkFollower(t, binary.LittleEndian.Uint64(append(b, make([]byte, 8)...)))
	})
}
