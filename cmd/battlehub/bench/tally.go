package bench

// tally counts what clients saw. That of a run is the sum of its sessions'.
type tally struct {
	Deliveries int // events received that were meant for the session, each once
	Duplicates int // received once more
	Disordered int // received after one that stands behind it in the log
	Strays     int // received by a session that does not follow the event's rooms
	Lost       int // expected, and told neither by an event nor by a snapshot
	Told       int // told by a snapshot in the event's place, after a gap
	Gaps       int // times that the server said it had skipped events
	Frames     int
	Reads      int // read(2) calls that the frames took
	Segments   int // of TCP that they came in: about the server's writes
	Bytes      int
	Resumed    int            // sessions that went on where they had been
	Snapshots  int            // sessions that got a snapshot instead
	Closed     map[string]int // sessions that ended without being told to, by cause
}

func (t *tally) add(o tally) {
	t.Deliveries += o.Deliveries
	t.Duplicates += o.Duplicates
	t.Disordered += o.Disordered
	t.Strays += o.Strays
	t.Lost += o.Lost
	t.Told += o.Told
	t.Gaps += o.Gaps
	t.Frames += o.Frames
	t.Reads += o.Reads
	t.Segments += o.Segments
	t.Bytes += o.Bytes
	t.Resumed += o.Resumed
	t.Snapshots += o.Snapshots
	for cause, n := range o.Closed {
		t.closed(cause, n)
	}
}

func (t *tally) closed(cause string, n int) {
	if t.Closed == nil {
		t.Closed = map[string]int{}
	}
	t.Closed[cause] += n
}
